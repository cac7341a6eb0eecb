/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * Own protection, which is in the kernel while linprov enforces and the
 * configuration doesn't say otherwise. Whatever is refused is refused to all
 * but linprov itself and PID 1.
 *
 *   inode_create, _mkdir, _symlink, _link, _mknod, _unlink, _rmdir, _rename
 *                          entries of the state's and the pins' folders, and the folders themselves
 *   path_truncate, _chmod, _chown, inode_setxattr, inode_removexattr
 *                          the same files, changed otherwise (file_open is in the main programs)
 *   sb_mount, move_mount, sb_umount
 *                          something else is mounted over them, or the pins' filesystem taken away
 *   bpf_map, bpf_prog      somebody gets hold of a map to write to it, or of a program to run it
 *   task_kill              a signal that the daemon doesn't handle
 *   ptrace_access_check    its memory, its registers, its descriptors
 *   task_setrlimit, task_setnice, task_setscheduler
 *
 * Nobody but linprov has a link's pin, and the kernel can't detach a link of
 * these kinds otherwise.
 */
#ifndef LINPROV_SELF_PROGRAMS_H
#define LINPROV_SELF_PROGRAMS_H

#include "self.h"

#define MS_NOT_OVER (32 | 1 << 17 | 1 << 18 | 1 << 19 | 1 << 20) /* MS_REMOUNT, propagation */

/* Signals that the daemon handles, or that change nothing: none (0), HUP, INT, TERM, CHLD, CONT,
 * URG, WINCH. */
#define HARMLESS (1u << 0 | 1u << 1 | 1u << 2 | 1u << 15 | 1u << 17 | 1u << 18 | 1u << 23 | 1u << 28)

/* What a hook answers. The compiler must not work it out of what it knows of the functions above,
 * which the verifier doesn't. */
static __always_inline int refusal(int refused)
{
	barrier_var(refused);
	return refused ? -EPERM : 0;
}

static __always_inline int guard_name(struct inode *dir, struct dentry *dentry, __u32 operation)
{
	if (!may_be_ours(dir->i_ino))
		return 0;
	return refusal(refuse_entry(address(dir), operation, address(dentry)));
}

/* A folder gets another name, goes, or is hidden: one of ours, or one that lies above. */
static __always_inline int guard_folder(struct inode *folder, __u32 operation)
{
	__u32 place;

	if (!folder || (folder->i_mode & S_IFMT) != S_IFDIR)
		return 0;
	place = find_place(address(folder), LP_PLACE_STATE, LP_PLACE_CACHE);
	if (place == LP_PLACES)
		return 0;
	return refusal(refuse_place(place, operation, 0));
}

SEC("?lsm/inode_create")
int BPF_PROG(self_create, struct inode *dir, struct dentry *dentry)
{
	return guard_name(dir, dentry, LP_SELF_CREATE);
}

SEC("?lsm/inode_mkdir")
int BPF_PROG(self_mkdir, struct inode *dir, struct dentry *dentry)
{
	return guard_name(dir, dentry, LP_SELF_MKDIR);
}

SEC("?lsm/inode_symlink")
int BPF_PROG(self_symlink, struct inode *dir, struct dentry *dentry)
{
	return guard_name(dir, dentry, LP_SELF_SYMLINK);
}

SEC("?lsm/inode_mknod")
int BPF_PROG(self_mknod, struct inode *dir, struct dentry *dentry)
{
	return guard_name(dir, dentry, LP_SELF_MKNOD);
}

SEC("?lsm/inode_link")
int BPF_PROG(self_link, struct dentry *old, struct inode *dir, struct dentry *dentry)
{
	int err = refusal(guard_entry(old, LP_SELF_LINK));

	return err ? err : guard_name(dir, dentry, LP_SELF_LINK);
}

SEC("?lsm/inode_unlink")
int BPF_PROG(self_unlink, struct inode *dir, struct dentry *dentry)
{
	return guard_name(dir, dentry, LP_SELF_UNLINK);
}

SEC("?lsm/inode_rmdir")
int BPF_PROG(self_rmdir, struct inode *dir, struct dentry *dentry)
{
	int err = guard_name(dir, dentry, LP_SELF_RMDIR);

	return err ? err : guard_folder(dentry->d_inode, LP_SELF_RMDIR);
}

SEC("?lsm/inode_rename")
int BPF_PROG(self_rename, struct inode *from, struct dentry *old, struct inode *to,
	     struct dentry *dentry)
{
	int err = guard_name(from, old, LP_SELF_RENAME);

	if (!err)
		err = guard_name(to, dentry, LP_SELF_RENAME);
	if (!err)
		err = guard_folder(old->d_inode, LP_SELF_RENAME);
	return err ? err : guard_folder(dentry->d_inode, LP_SELF_RENAME);
}

/* A file of ours, or one of the folders. */
static __always_inline int guard_change(struct dentry *dentry, __u32 operation)
{
	int err = refusal(guard_entry(dentry, operation));
	struct inode *inode = dentry->d_inode;

	if (err || !inode || !may_be_ours(inode->i_ino))
		return err;
	return refusal(refuse_entry(address(inode), operation, 0));
}

SEC("?lsm/path_truncate")
int BPF_PROG(self_truncate, struct path *path)
{
	return guard_change(path->dentry, LP_SELF_TRUNCATE);
}

/* Service managers make sure of the mode of a folder that they know. */
SEC("?lsm/path_chmod")
int BPF_PROG(self_chmod, struct path *path, unsigned short mode)
{
	struct dentry *dentry = path->dentry;
	struct inode *inode = dentry->d_inode;

	if (inode && ((inode->i_mode ^ mode) & 07777) == 0)
		return 0;
	return guard_change(dentry, LP_SELF_CHMOD);
}

SEC("?lsm/path_chown")
int BPF_PROG(self_chown, struct path *path)
{
	return guard_change(path->dentry, LP_SELF_CHOWN);
}

SEC("?lsm/inode_setxattr")
int BPF_PROG(self_setxattr, void *idmap, struct dentry *dentry)
{
	return guard_change(dentry, LP_SELF_SETXATTR);
}

SEC("?lsm/inode_removexattr")
int BPF_PROG(self_removexattr, void *idmap, struct dentry *dentry)
{
	return guard_change(dentry, LP_SELF_REMOVEXATTR);
}

/* What is mounted in another namespace hides nothing here. */
static __always_inline bool mounts_here(void)
{
	struct lp_config *c = get_config();

	return c && BPF_CORE_READ(bpf_get_current_task_btf(), nsproxy, mnt_ns, ns.inum) ==
			    c->host_mnt_ns;
}

SEC("?lsm/sb_mount")
int BPF_PROG(self_mount, const char *source, struct path *path, const char *type,
	     unsigned long flags)
{
	if ((flags & MS_NOT_OVER) || !mounts_here())
		return 0;
	return guard_folder(path->dentry->d_inode, LP_SELF_MOUNT);
}

SEC("?lsm/move_mount")
int BPF_PROG(self_move_mount, struct path *from, struct path *to)
{
	return mounts_here() ? guard_folder(to->dentry->d_inode, LP_SELF_MOUNT) : 0;
}

SEC("?lsm/sb_umount")
int BPF_PROG(self_umount, struct vfsmount *mount)
{
	return mounts_here() ? guard_folder(mount->mnt_root->d_inode, LP_SELF_UMOUNT) : 0;
}

SEC("?lsm/bpf_map")
int BPF_PROG(self_map, struct bpf_map *map, unsigned int mode)
{
	__u64 key = map->id;

	if (!(mode & FMODE_WRITE) || !bpf_map_lookup_elem(&self_objects, &key))
		return 0;
	return refusal(refuse_self(LP_SELF_MAP, LP_SELF_OPEN, LP_PLACES,
				  address(map) + bpf_core_field_offset(struct bpf_map, name), 0));
}

SEC("?lsm/bpf_prog")
int BPF_PROG(self_program, struct bpf_prog *prog)
{
	struct bpf_prog_aux *aux = BPF_CORE_READ(prog, aux);
	__u64 key = SELF_PROGRAM | BPF_CORE_READ(aux, id);

	if (!bpf_map_lookup_elem(&self_objects, &key))
		return 0;
	return refusal(refuse_self(LP_SELF_PROGRAM, LP_SELF_OPEN, LP_PLACES,
				  address(aux) + bpf_core_field_offset(struct bpf_prog_aux, name), 0));
}

static __always_inline int guard_process(struct task_struct *task, __u32 operation, __u32 number)
{
	struct lp_config *c = get_config();

	if (!c || !c->daemon || task->tgid != (int)c->daemon || !leads_daemon(c, task->group_leader))
		return 0;
	return refusal(refuse_self(LP_SELF_PROCESS, operation, LP_PLACES, 0, number));
}

SEC("?lsm/task_kill")
int BPF_PROG(self_kill, struct task_struct *task, void *info, int signal)
{
	__u32 number = signal;

	if (number < 32 && (HARMLESS & (1u << (number & 31))))
		return 0;
	return guard_process(task, LP_SELF_KILL, number);
}

SEC("?lsm/ptrace_access_check")
int BPF_PROG(self_ptrace, struct task_struct *task, unsigned int mode)
{
	return mode & PTRACE_MODE_ATTACH ? guard_process(task, LP_SELF_PTRACE, 0) : 0;
}

SEC("?lsm/task_setrlimit")
int BPF_PROG(self_rlimit, struct task_struct *task)
{
	return guard_process(task, LP_SELF_RLIMIT, 0);
}

SEC("?lsm/task_setnice")
int BPF_PROG(self_nice, struct task_struct *task)
{
	return guard_process(task, LP_SELF_NICE, 0);
}

SEC("?lsm/task_setscheduler")
int BPF_PROG(self_scheduler, struct task_struct *task)
{
	return guard_process(task, LP_SELF_SCHEDULER, 0);
}

#endif

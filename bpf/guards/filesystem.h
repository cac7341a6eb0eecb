/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The guard `filesystem`: the root filesystem is read-only outside listed paths,
 * sysfs is, and there are no new mounts.
 *
 *   sb_remount, sb_mount            the root filesystem is mounted anew with other flags
 *   file_open, path_*               it is written to, or a name in it changes
 *   file_open                       a file of sysfs is opened for writing
 *   sb_mount, move_mount            something is mounted, by the old calls and the new ones
 *   sb_umount
 */
#ifndef LINPROV_GUARDS_FILESYSTEM_H
#define LINPROV_GUARDS_FILESYSTEM_H

#include "ask.h"

#define SYSFS_MAGIC 0x62656572 /* include/uapi/linux/magic.h */
/* include/uapi/linux/mount.h */
#define MS_REMOUNT 32
#define MS_BIND 4096
#define MS_MOVE 8192
#define MS_PROPAGATION (1 << 17 | 1 << 18 | 1 << 19 | 1 << 20)

static __always_inline bool is_root(struct super_block *sb)
{
	struct lp_config *c = get_config();

	return c && c->host_root_dev && BPF_CORE_READ(sb, s_dev) == c->host_root_dev;
}

/* The context of the loop below. */
struct listed {
	struct scratch *s;
	__u32 found;
};

static int find_listed(__u32 i, void *ctx)
{
	struct listed *q = ctx;
	__u64 folder;

	if (i >= q->s->ancestors)
		return 1;
	folder = q->s->ancestor[slot(i)];
	q->found = bpf_map_lookup_elem(&guard_paths, &folder) != NULL;
	return q->found;
}

/* Whether the path in the scratch, or a folder that it lies in, may be written. */
__noinline int is_listed(void)
{
	struct listed q = { .s = get_scratch() };
	__u64 file;

	if (!q.s || (q.s->path_flags & PATH_NOT_LANDING))
		return false;
	file = q.s->file;
	if (bpf_map_lookup_elem(&guard_paths, &file))
		return true;
	bpf_loop(PATH_DEPTH, find_listed, &q, 0);
	return q.found;
}

/* Something in the root filesystem is about to change. */
__noinline int write_root(__u64 mnt, __u64 at)
{
	struct lp_guard *g = guard_of(LP_GUARD_FILESYSTEM, LP_FILESYSTEM_WRITE_ROOT);
	struct dentry *dentry = (struct dentry *)at;
	struct scratch *s;

	if (!g || !is_root(BPF_CORE_READ(dentry, d_sb)))
		return 0;
	s = get_scratch();
	if (s && g->places) {
		resolve(s, mnt, at);
		if (is_listed())
			return 0;
	}
	return ask_path(LP_GUARD_FILESYSTEM, LP_FILESYSTEM_WRITE_ROOT, mnt, at);
}

static __always_inline int write_name(const struct path *folder, struct dentry *dentry)
{
	return answer(write_root((__u64)BPF_CORE_READ(folder, mnt), address(dentry)));
}

static __always_inline int write_path(const struct path *path)
{
	return answer(write_root((__u64)BPF_CORE_READ(path, mnt),
				 (__u64)BPF_CORE_READ(path, dentry)));
}

SEC("?lsm/file_open")
int BPF_PROG(guard_filesystem_write, struct file *file, int ret)
{
	struct dentry *dentry;
	struct inode *inode;

	if (ret || !(file->f_mode & FMODE_WRITE))
		return ret;
	inode = file->f_inode;
	dentry = BPF_CORE_READ(file, f_path.dentry);
	/* The file below an overlay's: who mounted the overlay has written there. */
	if (!is_regular(inode) || BPF_CORE_READ(dentry, d_sb) != inode->i_sb)
		return 0;
	return answer(write_root((__u64)BPF_CORE_READ(file, f_path.mnt), (__u64)dentry));
}

SEC("?lsm/path_truncate")
int BPF_PROG(guard_filesystem_truncate, const struct path *path, int ret)
{
	return ret ? ret : write_path(path);
}

SEC("?lsm/path_chmod")
int BPF_PROG(guard_filesystem_chmod, const struct path *path, unsigned short mode, int ret)
{
	return ret ? ret : write_path(path);
}

SEC("?lsm/path_chown")
int BPF_PROG(guard_filesystem_chown, const struct path *path)
{
	return write_path(path);
}

SEC("?lsm/path_mknod")
int BPF_PROG(guard_filesystem_mknod, const struct path *folder, struct dentry *dentry)
{
	return write_name(folder, dentry);
}

SEC("?lsm/path_mkdir")
int BPF_PROG(guard_filesystem_mkdir, const struct path *folder, struct dentry *dentry)
{
	return write_name(folder, dentry);
}

SEC("?lsm/path_symlink")
int BPF_PROG(guard_filesystem_symlink, const struct path *folder, struct dentry *dentry)
{
	return write_name(folder, dentry);
}

SEC("?lsm/path_unlink")
int BPF_PROG(guard_filesystem_unlink, const struct path *folder, struct dentry *dentry)
{
	return write_name(folder, dentry);
}

SEC("?lsm/path_rmdir")
int BPF_PROG(guard_filesystem_rmdir, const struct path *folder, struct dentry *dentry)
{
	return write_name(folder, dentry);
}

SEC("?lsm/path_link")
int BPF_PROG(guard_filesystem_link, struct dentry *old, const struct path *folder,
	     struct dentry *dentry)
{
	return write_name(folder, dentry);
}

SEC("?lsm/path_rename")
int BPF_PROG(guard_filesystem_rename, const struct path *from, struct dentry *old,
	     const struct path *to, struct dentry *dentry)
{
	int err = write_name(from, old);

	return err ? err : write_name(to, dentry);
}

SEC("?lsm/file_open")
int BPF_PROG(guard_filesystem_sysfs, struct file *file, int ret)
{
	if (ret || !(file->f_mode & FMODE_WRITE) ||
	    file->f_inode->i_sb->s_magic != SYSFS_MAGIC)
		return ret;
	return ask_file(LP_GUARD_FILESYSTEM, LP_FILESYSTEM_SYSFS_WRITE, file);
}

SEC("?lsm/sb_remount")
int BPF_PROG(guard_filesystem_remount, struct super_block *sb, void *options, int ret)
{
	if (ret || !is_root(sb))
		return ret;
	return ask(LP_GUARD_FILESYSTEM, LP_FILESYSTEM_REMOUNT_ROOT);
}

/* The same of one mount, which asks for no sb_remount. */
SEC("?lsm/sb_mount")
int BPF_PROG(guard_filesystem_rebind, const char *source, const struct path *path,
	     const char *type, unsigned long flags, void *data, int ret)
{
	if (ret || (flags & (MS_REMOUNT | MS_BIND)) != (MS_REMOUNT | MS_BIND) ||
	    !is_root(BPF_CORE_READ(path, dentry, d_sb)))
		return ret;
	return ask(LP_GUARD_FILESYSTEM, LP_FILESYSTEM_REMOUNT_ROOT);
}

/* What mount(2) does without a filesystem, as exceptions call it. */
#define KIND_NAMED 0
#define KIND_BIND 1
#define KIND_MOVE 2

/* Whether mounts of this kind, or from this source, are excepted. */
__noinline int is_excepted_mount(__u64 text, __u32 kind)
{
	struct lp_mount_name key = {};

	if (kind == KIND_BIND)
		__builtin_memcpy(key.text, "bind", 4);
	else if (kind == KIND_MOVE)
		__builtin_memcpy(key.text, "move", 4);
	else if (bpf_probe_read_kernel_str(key.text, sizeof(key.text), (const void *)text) <= 1)
		return false;
	return bpf_map_lookup_elem(&guard_mounts, &key) != NULL;
}

/* Something is mounted; the log has its source. */
__noinline int ask_mount(__u64 type, __u64 source, __u32 kind)
{
	struct lp_guard *g = guard_of(LP_GUARD_FILESYSTEM, LP_FILESYSTEM_MOUNT);

	if (!g)
		return 0;
	if (g->places && (is_excepted_mount(type, kind) || is_excepted_mount(source, KIND_NAMED)))
		return 0;
	return ask_text(LP_GUARD_FILESYSTEM, LP_FILESYSTEM_MOUNT,
			(const char *)(source ? source : type));
}

SEC("?lsm/sb_mount")
int BPF_PROG(guard_filesystem_mount, const char *source, const struct path *path,
	     const char *type, unsigned long flags, void *data, int ret)
{
	__u32 kind = flags & MS_BIND ? KIND_BIND : flags & MS_MOVE ? KIND_MOVE : KIND_NAMED;

	if (ret || (flags & (MS_REMOUNT | MS_PROPAGATION)))
		return ret;
	return answer(ask_mount(address(type), address(source), kind));
}

SEC("?lsm/move_mount")
int BPF_PROG(guard_filesystem_move, const struct path *from, const struct path *to, int ret)
{
	struct vfsmount *mnt = BPF_CORE_READ(from, mnt);
	struct mount *m = (void *)mnt - bpf_core_field_offset(struct mount, mnt);

	if (ret)
		return ret;
	return answer(ask_mount((__u64)BPF_CORE_READ(mnt, mnt_root, d_sb, s_type, name),
				(__u64)BPF_CORE_READ(m, mnt_devname), KIND_NAMED));
}

SEC("?lsm/sb_umount")
int BPF_PROG(guard_filesystem_umount, struct vfsmount *mnt, int flags, int ret)
{
	if (ret)
		return ret;
	return answer(ask_path(LP_GUARD_FILESYSTEM, LP_FILESYSTEM_UMOUNT, address(mnt),
			       (__u64)BPF_CORE_READ(mnt, mnt_root)));
}

#endif

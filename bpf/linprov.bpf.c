// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
/*
 * linprov in the kernel: bytes from the network carry that fact with them, and
 * marked bytes run as code only when the policy says so.
 *
 * What is enforced, and by which hook (the parts are in the order in which
 * they include each other: maps, hash, path, origin, process, source, mark,
 * volume, behind, overlay, digest, decide, interp, gate, channel, inject,
 * splice, connected, fork, guard, self, cases, digest_programs, self_programs):
 *
 *   becoming a source
 *     socket_recvmsg         a process receives from a remote address
 *     file_permission        the same by read or splice on a socket
 *     mmap_file              the same by mapping a socket
 *     socket_getsockopt      the same by TCP_ZEROCOPY_RECEIVE
 *     task_alloc             a child inherits what its parent is
 *     task_newtask, sched_process_fork, kprobe wake_up_new_task
 *                            (no decision) the child's id is held or free, as its parent's
 *     task_free, fentry copy_process
 *                            (no decision) what is kept of a task ends with it, and not before
 *     iter/task_file         (once) who was connected before linprov was there
 *   reaching a file
 *     file_open              a source opens a file for writing: it is marked
 *     file_open              a file on a foreign volume is opened: it is marked
 *     fexit backing_file_open, open_with_fake_path
 *                            a file of an overlay is opened: marks show through
 *     file_ioctl, file_ioctl_compat
 *                            a loop device gets a marked file: a foreign volume
 *     sb_alloc_security      (no decision) a volume may be a new one
 *     file_permission        a source writes: it is marked; a pipe: it is tainted
 *     socket_sendmsg         the same for a socketpair
 *     mmap_file              a source maps a file shared and writable: it is marked
 *     inode_free_security    (no decision) a file is gone: its mark ends
 *   passing it on
 *     file_permission        reading marked bytes, or a tainted pipe, taints
 *     socket_recvmsg         so does receiving from a tainted socketpair
 *     fentry, fexit do_splice
 *                            and splicing from a tainted pipe, or from one that bytes come into
 *     mmap_file              so does mapping them
 *     file_ioctl, file_ioctl_compat
 *                            no filesystem moves them to another file unseen
 *     ptrace_access_check    one of two carries something, and gets at the other's memory
 *   becoming code: the gate
 *     bprm_check_security    exec of a marked file, or of a marked #! script
 *     bprm_committed_creds   an unmarked program starts clean, a marked one tainted
 *     mmap_file              PROT_EXEC mapping of a marked file
 *     file_mprotect          the same, and the two above, later
 *     kernel_read_file       a marked kernel module, or kernel for kexec
 *     file_permission        an interpreter reads a marked script, or its program
 *                            from a tainted pipe
 *     file_open              (no decision) by which name it asked for that script
 *   the kernel's other doors: each guard is a set of programs of its own, which
 *   are loaded only when it is on (bpf/guards)
 *   what programs do, observed and never refused: each detector is a set of
 *   programs too (bpf/detect)
 *   what is in a file, when a rule asks for it: sleepable, and decides nothing
 *     bprm_check_security, mmap_file, kernel_read_file, file_post_open
 *     path_truncate          (not sleepable) a digest of before doesn't hold
 *   own protection
 *     inode_setxattr, inode_removexattr   only linprov touches its xattr
 *     inode_copy_up          (no decision) but overlayfs, which takes it along
 *     file_open              only linprov writes to its state
 *     and more, while linprov enforces: see bpf/self_programs.h
 *
 * Every program that decides is non-sleepable: before 6.1.54 a sleeping program
 * could make the kernel skip another on the same CPU, and a skipped gate is open.
 * Those that work out what is in a file sleep; they are last, and only there
 * when a rule asks.
 */
#include "splice.h"
#include "fork.h"
#include "cases.h"
#include "digest_programs.h"

/* What a hook answers, as the verifier wants to see it: 0 or an errno. */
static __always_inline int answer(int err)
{
	return err ? -EPERM : 0;
}

/* An argument of the hook, read from the context again. */
#define AGAIN(number) (((volatile unsigned long long *)ctx)[number])

char LICENSE[] SEC("license") = "Dual MIT/GPL";

/* Keeps the enumerations, and what no map's type names, in the object's BTF, from
 * which user space's are made. */
struct lp_enums {
	struct lp_rule rule;
	enum lp_dim dim;
	enum lp_mode mode;
	enum lp_zone zone;
	enum lp_counter counter;
	enum lp_event_type event_type;
	enum lp_kind kind;
	enum lp_volume volume;
	enum lp_verdict verdict;
	enum lp_state state;
	enum lp_guard_number guard;
	enum lp_permission permission;
	enum lp_kernel_image kernel_image;
	enum lp_kernel_modules kernel_modules;
	enum lp_bpf bpf;
	enum lp_fileless fileless;
	enum lp_filesystem filesystem;
	enum lp_namespaces namespaces;
	enum lp_digests digests;
	enum lp_self self;
	enum lp_self_operation self_operation;
	enum lp_place place;
	enum lp_detector_number detector;
	enum lp_detect_replaced detect_replaced;
	enum lp_detect_proc_mem detect_proc_mem;
	enum lp_detect_mprotect detect_mprotect;
	__u32 zero;
	struct lp_detection detection;
};
const volatile struct lp_enums lp_enums = {};

SEC("lsm/socket_recvmsg")
int BPF_PROG(socket_recvmsg, struct socket *sock, struct msghdr *msg, int size, int flags, int ret)
{
	struct sock *sk = sock->sk;

	if (ret || !sk)
		return ret;
	if (is_unix(sk))
		return answer(receive_pair(sock));
	return answer(on_receive(sock));
}

#define SOL_TCP 6
#define TCP_ZEROCOPY_RECEIVE 35

/* It copies what is less than a page, whether or not the socket is mapped. */
SEC("lsm/socket_getsockopt")
int BPF_PROG(socket_getsockopt, struct socket *sock, int level, int name, int ret)
{
	if (ret || level != SOL_TCP || name != TCP_ZEROCOPY_RECEIVE || !sock->sk)
		return ret;
	return answer(on_receive(sock));
}

SEC("lsm/socket_sendmsg")
int BPF_PROG(socket_sendmsg, struct socket *sock, struct msghdr *msg, int size, int ret)
{
	if (ret || is_clean(current_tgid()))
		return ret;
	return answer(send_pair(sock));
}

/* Busy as well: see file_permission, of what is kept over a call. What a file is, is asked
 * only where it matters. */
SEC("lsm/file_open")
int BPF_PROG(file_open, struct file *file)
{
	unsigned long long *volatile kept;
	struct inode *inode = file->f_inode;

	if (!is_plain(inode->i_sb) && is_regular(inode)) {
		kept = ctx;
		if (enter_volume(inode))
			return -EPERM;
		ctx = kept;
		file = (struct file *)ctx[0];
		inode = file->f_inode;
	}
	if (!(file->f_mode & FMODE_WRITE))
		return filter_has(inode->i_ino) && find_mark(inode) ?
			       note_linked((struct file *)AGAIN(0)) : 0;
	kept = ctx;
	note_write_open(inode);
	if (guard_open(file))
		return -EPERM;
	if (is_clean(current_tgid()))
		return 0;
	file = (struct file *)kept[0];
	inode = file->f_inode;
	return is_regular(inode) ? answer(mark_file(file, inode, false)) : 0;
}

/*
 * The busiest hook: what nearly every call needs comes first, and nothing but
 * the context is kept over a call, in memory, since a register that is kept costs
 * every read and write; an argument that few want is read where they do. Without
 * `ret`: when a program before this one refuses, this one isn't run.
 */
SEC("lsm/file_permission")
int BPF_PROG(file_permission, struct file *file, int mask)
{
	unsigned long long *volatile kept;
	struct inode *inode = file->f_inode;
	__u32 type;

	/* Nothing but regular files has a size here, and one that isn't empty doesn't
	 * become local again. */
	if (mask == MAY_WRITE && inode->i_size) {
		kept = ctx;
		if (is_clean(current_tgid()))
			return 0;
		ctx = kept;
		mask = ctx[1];
		inode = ((struct file *)ctx[0])->f_inode;
	}
	type = inode->i_mode & S_IFMT;
	if (__builtin_expect(type == S_IFREG, 1)) {
		if (mask == MAY_READ && !filter_has(inode->i_ino))
			return 0;
		return answer(use_regular((struct file *)AGAIN(0), inode, mask));
	}
	if (type == S_IFIFO) {
		if (mask & MAY_READ)
			return answer(read_channel((struct file *)AGAIN(0), inode));
		kept = ctx;
		if (!(mask & MAY_WRITE) || is_clean(current_tgid()))
			return 0;
		file = (struct file *)kept[0];
		return answer(write_channel(file->f_inode));
	}
	if (type == S_IFSOCK && (mask & MAY_READ)) {
		/* As splice does, without recvmsg. */
		int err;

		kept = ctx;
		err = receive_from((struct file *)AGAIN(0));
		if (err != SOCKET_CHANNEL)
			return answer(err);
		file = (struct file *)kept[0];
		return answer(read_channel(file, file->f_inode));
	}
	return 0;
}

SEC("lsm/sb_alloc_security")
int BPF_PROG(sb_alloc_security, struct super_block *sb, int ret)
{
	if (!ret)
		forget_plain(sb);
	return ret;
}

SEC("lsm/file_ioctl")
int BPF_PROG(file_ioctl, struct file *file, unsigned int cmd, unsigned long arg, int ret)
{
	return ret ? ret : answer(on_ioctl(file, cmd, arg));
}

/* The same by a 32-bit program, or by int 0x80; older kernels ask the one above. */
SEC("?lsm/file_ioctl_compat")
int BPF_PROG(file_ioctl_compat, struct file *file, unsigned int cmd, unsigned long arg, int ret)
{
	return ret ? ret : answer(on_ioctl(file, cmd, arg));
}

SEC("lsm/mmap_file")
int BPF_PROG(mmap_file, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags, int ret)
{
	struct inode *inode;
	struct lp_mark *m;
	__u32 type = flags & MAP_TYPE;

	if (ret || !file)
		return ret;
	inode = file->f_inode;
	/* A packet ring, or TCP_ZEROCOPY_RECEIVE: what comes then asks nobody. */
	if ((inode->i_mode & S_IFMT) == S_IFSOCK)
		return answer(map_socket(file, inode));
	if (!is_regular(inode))
		return 0;
	m = find_mark(inode);
	if (m) {
		struct task_struct *task = bpf_get_current_task_btf();
		int err = 0;

		if (prot & PROT_EXEC)
			/* exec has logged the program itself already */
			err = may_run(address(file), address(inode), m, LP_KIND_MMAP,
				     BPF_CORE_READ(task, mm, exe_file, f_inode) == inode);
		/* Whatever the protection is: what may be written may be read on most machines,
		 * and /proc/self/mem reads what nobody else may. */
		if (!err)
			err = read_marked(file, inode, m);
		if (err)
			return -EPERM;
	}
	if ((prot & PROT_WRITE) && (type == MAP_SHARED || type == MAP_SHARED_VALIDATE) &&
	    !is_clean(current_tgid()))
		return answer(mark_file(file, inode, false));
	return 0;
}

SEC("lsm/file_mprotect")
int BPF_PROG(file_mprotect, struct vm_area_struct *vma, unsigned long reqprot, unsigned long prot,
	     int ret)
{
	struct inode *inode;
	struct lp_mark *m;
	struct file *file;

	if (ret)
		return ret;
	file = vma->vm_file;
	if (!file)
		return 0;
	inode = file->f_inode;
	if (!is_regular(inode))
		return 0;
	m = find_mark(inode);
	if (m && (prot & PROT_EXEC) &&
	    may_run(address(file), address(inode), m, LP_KIND_MMAP, false))
		return -EPERM;
	/* It may have been mapped before it was marked. A private mapping that may be
	 * written may be read as well. */
	if (m && (prot & (PROT_READ | PROT_WRITE)) && read_marked(file, inode, m))
		return -EPERM;
	if ((prot & PROT_WRITE) && (vma->vm_flags & VM_SHARED) && !is_clean(current_tgid()))
		return answer(mark_file(file, inode, false));
	return 0;
}

SEC("lsm/kernel_read_file")
int BPF_PROG(kernel_read_file, struct file *file, int id, bool contents, int ret)
{
	if (ret || !file)
		return ret;
	if (id != READING_MODULE && id != READING_KEXEC_IMAGE && id != READING_KEXEC_INITRAMFS &&
	    id != READING_MODULE_COMPRESSED)
		return 0;
	return answer(gate(file, file->f_inode, LP_KIND_MMAP, false));
}

SEC("lsm/bprm_check_security")
int BPF_PROG(bprm_check_security, struct linux_binprm *bprm, int ret)
{
	struct file *file = bprm->file;

	if (ret)
		return ret;
	return answer(gate(file, file->f_inode, LP_KIND_EXEC, false));
}

/* A program has just become root because it is setuid: it answers for who may call it. */
static __always_inline bool gains_root(struct inode *inode)
{
	const struct cred *cred = bpf_get_current_task_btf()->cred;

	return (inode->i_mode & S_ISUID) && !inode->i_uid.val && cred->uid.val && !cred->euid.val;
}

SEC("lsm/bprm_committed_creds")
int BPF_PROG(bprm_committed_creds, struct linux_binprm *bprm)
{
	struct file *file = bprm->file;
	struct inode *inode = file->f_inode;
	struct lp_mark *m = is_regular(inode) ? find_mark(inode) : NULL;
	struct task_struct *leader = bpf_get_current_task_btf()->group_leader;
	__u32 tgid = current_tgid();

	/* The memory is gone, and with it what was received or read into it; what
	 * comes in through descriptors from now on counts again. */
	if (!is_clean(tgid)) {
		if (leader)
			bpf_map_delete_elem(&processes, &leader);
		bpf_map_delete_elem(&pending, &tgid);
		clear_state(tgid, PID_HELD);
	}
	clear_state(tgid, PID_READS_PIPE);
	if (m)
		taint_by_file(m, 0, address(inode));
	else if (has_state(tgid, PID_RUNS_MARKED) && gains_root(inode))
		clear_state(tgid, PID_RUNS_MARKED);
	taint_by_tracer();
	note_copy(inode, address(bprm) + bpf_core_field_offset(struct linux_binprm, buf));
	note_stdin();
	return 0;
}

SEC("lsm/ptrace_access_check")
int BPF_PROG(ptrace_access_check, struct task_struct *child, unsigned int mode, int ret)
{
	if (ret || !(mode & PTRACE_MODE_ATTACH))
		return ret;
	return answer(share_memory(child));
}

SEC("lsm/inode_setxattr")
int BPF_PROG(inode_setxattr, void *idmap, struct dentry *dentry, const char *name)
{
	return guard_xattr(dentry, name, true);
}

SEC("lsm/inode_copy_up")
int BPF_PROG(inode_copy_up, struct dentry *source)
{
	struct scratch *s = get_scratch();

	if (s)
		s->copies_up = 1;
	return 0;
}

SEC("lsm/inode_removexattr")
int BPF_PROG(inode_removexattr, void *idmap, struct dentry *dentry, const char *name)
{
	return answer(guard_xattr(dentry, name, false));
}

SEC("lsm/inode_free_security")
int BPF_PROG(inode_free, struct inode *inode)
{
	return filter_has(inode->i_ino) && is_gone(inode) ? forget(inode) : 0;
}

SEC("iter/task_file")
int connected(struct iter_task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;

	if (!task || !file || (file->f_inode->i_mode & S_IFMT) != S_IFSOCK)
		return 0;
	return find_connected(task, file);
}

/* The file that it writes to is asked for next. */
SEC("fentry/do_splice")
int BPF_PROG(do_splice, struct file *in)
{
	take_carried(in);
	return 0;
}

/* What has come into the pipe while it waited. */
SEC("fexit/do_splice")
int BPF_PROG(do_splice_end, struct file *in, void *in_at, struct file *out, void *out_at,
	     unsigned long length, unsigned int flags, long ret)
{
	if (ret > 0 && take_carried(in) && (out->f_inode->i_mode & S_IFMT) == S_IFREG)
		mark_spliced(out, out->f_inode);
	return 0;
}

/* The file below an overlay's is opened; from Linux 6.5 on. */
SEC("?fexit/backing_file_open")
int BPF_PROG(backing_file_open, void *user, int flags, struct path *real, void *cred,
	     struct file *opened)
{
	struct dentry *upper;

	if (bpf_core_field_exists(struct backing_file, security))
		upper = BPF_CORE_READ((struct file *)user, f_path.dentry);
	else
		upper = BPF_CORE_READ((struct path *)user, dentry);
	return show_through(BPF_CORE_READ(upper, d_inode), BPF_CORE_READ(real, dentry, d_inode));
}

/* The same before. */
SEC("?fexit/open_with_fake_path")
int BPF_PROG(open_with_fake_path, struct path *user, int flags, struct inode *real, void *cred,
	     struct file *opened)
{
	return show_through(BPF_CORE_READ(user, dentry, d_inode), real);
}

/* The configuration has changed: no volume is known to be plain, since it says which
 * kinds are, and what busy hooks read without a look-up is taken from it. */
SEC("syscall")
int use_config(struct lp_seed *in)
{
	struct lp_config *c = get_config();

	if (c)
		digests_of_all = c->digest_all;
	__sync_fetch_and_add(&plain_generation, PLAIN_GENERATION);
	return 0;
}

/* Puts one mark or origin of the store into the tables. */
SEC("syscall")
int seed(struct lp_seed *in)
{
	if (in->number) {
		struct lp_origin o = in->origin;
		struct origin_key key = {};
		__u32 zero = 0, number = in->number, *last = bpf_map_lookup_elem(&last_origin, &zero);

		origin_key(&o, &key);
		if (bpf_map_update_elem(&origins, &number, &o, BPF_ANY) ||
		    bpf_map_update_elem(&origin_numbers, &key, &number, BPF_ANY))
			in->result = ENOMEM;
		if (last && *last < number)
			*last = number;
	} else {
		struct lp_file_id id = in->file;
		struct lp_mark m = in->mark, *old = bpf_map_lookup_elem(&known, &id);

		filter_add(id.ino);
		/* The store's marks are settled. One that isn't comes from the tables of
		 * another linprov, and is newer than what the store says. */
		if (old && (!(m.flags & LP_MARK_DIRTY) || (old->flags & LP_MARK_DIRTY)))
			return 0;
		if (bpf_map_update_elem(&known, &id, &m, old ? BPF_ANY : BPF_NOEXIST) &&
		    !bpf_map_lookup_elem(&known, &id)) {
			count(LP_COUNT_KNOWN_FULL);
			in->result = ENOMEM;
		}
	}
	return 0;
}

/* The number of an origin that user space found, in `number`: given by the same counter as all. */
SEC("syscall")
int intern_origin(struct lp_seed *in)
{
	struct scratch *s = get_scratch();

	in->number = 0;
	if (!s)
		return 0;
	s->event.origin = in->origin;
	in->number = intern();
	return 0;
}

/* User space has written a mark, or its end, to the store. */
SEC("syscall")
int settle(struct lp_seed *in)
{
	struct lp_file_id id = in->file;
	struct lp_mark *m = bpf_map_lookup_elem(&known, &id);

	if (!m || m->origin != in->mark.origin || m->time != in->mark.time)
		return 0;
	if ((m->flags ^ in->mark.flags) & LP_MARK_TOMBSTONE)
		return 0;
	if (m->flags & LP_MARK_TOMBSTONE)
		bpf_map_delete_elem(&known, &id);
	else
		__sync_fetch_and_and(&m->flags, ~LP_MARK_DIRTY);
	return 0;
}

/* The folder behind descriptor `number` of the caller is the place `result` from now on; without
 * one there is no such place. */
SEC("syscall")
int set_place(struct lp_seed *in)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file **fds = BPF_CORE_READ(task, files, fdt, fd);
	__u32 max = BPF_CORE_READ(task, files, fdt, max_fds);
	struct file *file = NULL;
	__u32 slot = in->result;
	struct inode *inode;
	struct place *p;

	if (slot >= LP_PLACES)
		return 1;
	p = &places[slot];
	p->ino = 0;
	if (in->number >= max || bpf_probe_read_kernel(&file, sizeof(file), fds + in->number) || !file)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	p->dev = BPF_CORE_READ(inode, i_sb, s_dev);
	p->gen = BPF_CORE_READ(inode, i_generation);
	p->ino = BPF_CORE_READ(inode, i_ino);
	return 0;
}

/* Who is the file behind descriptor `number` of the caller, and is it marked?
 * `result` is 1 when it is. User space has no other way to a filesystem's uuid
 * before 6.9. */
SEC("syscall")
int query(struct lp_seed *in)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file **fds = BPF_CORE_READ(task, files, fdt, fd);
	__u32 max = BPF_CORE_READ(task, files, fdt, max_fds);
	struct lp_file_id id = {};
	struct file *file = NULL;
	struct lp_mark *m;

	in->result = 0;
	if (in->number >= max || bpf_probe_read_kernel(&file, sizeof(file), fds + in->number) || !file)
		return 0;
	identify((__u64)BPF_CORE_READ(file, f_inode), &id);
	in->file = id;
	m = bpf_map_lookup_elem(&known, &id);
	if (m && !(m->flags & LP_MARK_TOMBSTONE)) {
		in->mark = *m;
		in->result = 1;
	}
	return 0;
}

#include "self_programs.h"
#include "guards/bpf.h"
#include "guards/fileless.h"
#include "guards/filesystem.h"
#include "guards/kernel_image.h"
#include "guards/kernel_modules.h"
#include "guards/namespaces.h"
#include "detect/exec.h"
#include "detect/mprotect.h"
#include "detect/proc_mem.h"
#include "detect/replaced.h"

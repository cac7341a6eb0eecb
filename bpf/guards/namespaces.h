/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The guard `namespaces`: making new ones. Joining one that exists (setns) makes
 * none.
 *
 *   userns_create                     a user namespace, in whatever way
 *   task_alloc                        the others by clone and clone3, which show their flags
 *   fentry unshare_nsproxy_namespaces the others by unshare: the kernel has no hook with its flags, but
 *   capable                           asks, right after this, for the right to do it
 *   fentry vfs_open_tree              the same for OPEN_TREE_NAMESPACE, from Linux 7.0 on
 */
#ifndef LINPROV_GUARDS_NAMESPACES_H
#define LINPROV_GUARDS_NAMESPACES_H

#include "ask.h"

/* include/uapi/linux/sched.h, mount.h, capability.h */
#define CLONE_NEWNS 0x00020000
#define CLONE_NEWCGROUP 0x02000000
#define CLONE_NEWUTS 0x04000000
#define CLONE_NEWIPC 0x08000000
#define CLONE_NEWPID 0x20000000
#define CLONE_NEWNET 0x40000000
#define CLONE_ANY                                                                        \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID |    \
	 CLONE_NEWNET)
#define OPEN_TREE_NAMESPACE 2
#define CAP_SYS_ADMIN 21

/* One refusal is enough. */
__noinline int ask_namespaces(__u32 flags)
{
	if ((flags & CLONE_NEWNS) && ask(LP_GUARD_NAMESPACES, LP_NAMESPACES_MOUNT))
		return -EPERM;
	if ((flags & CLONE_NEWNET) && ask(LP_GUARD_NAMESPACES, LP_NAMESPACES_NET))
		return -EPERM;
	if ((flags & CLONE_NEWPID) && ask(LP_GUARD_NAMESPACES, LP_NAMESPACES_PID))
		return -EPERM;
	if ((flags & CLONE_NEWIPC) && ask(LP_GUARD_NAMESPACES, LP_NAMESPACES_IPC))
		return -EPERM;
	if ((flags & CLONE_NEWUTS) && ask(LP_GUARD_NAMESPACES, LP_NAMESPACES_UTS))
		return -EPERM;
	if ((flags & CLONE_NEWCGROUP) && ask(LP_GUARD_NAMESPACES, LP_NAMESPACES_CGROUP))
		return -EPERM;
	return 0;
}

/* What this thread is about to make; taken back when the call ends, since the kernel may have
 * refused it before it asked us. */
static __always_inline int note_namespaces(__u32 flags)
{
	struct scratch *s;

	if (!(flags & CLONE_ANY))
		return 0;
	s = get_scratch();
	if (s)
		s->namespaces = flags & CLONE_ANY;
	return 0;
}

static __always_inline int forget_namespaces(void)
{
	struct scratch *s = bpf_task_storage_get(&scratches, bpf_get_current_task_btf(), 0, 0);

	if (s)
		s->namespaces = 0;
	return 0;
}

SEC("?lsm/userns_create")
int BPF_PROG(guard_namespaces_user, struct cred *cred, int ret)
{
	return ret ? ret : ask(LP_GUARD_NAMESPACES, LP_NAMESPACES_USER);
}

SEC("?lsm/task_alloc")
int BPF_PROG(guard_namespaces_clone, struct task_struct *task, unsigned long flags, int ret)
{
	if (ret || !(flags & CLONE_ANY))
		return ret;
	return answer(ask_namespaces(flags));
}

SEC("?fentry/unshare_nsproxy_namespaces")
int BPF_PROG(guard_namespaces_unshare, unsigned long flags)
{
	return note_namespaces(flags);
}

SEC("?fexit/unshare_nsproxy_namespaces")
int BPF_PROG(guard_namespaces_unshared)
{
	return forget_namespaces();
}

SEC("?fentry/vfs_open_tree")
int BPF_PROG(guard_namespaces_open_tree, int folder, const char *name, unsigned int flags)
{
	return note_namespaces(flags & OPEN_TREE_NAMESPACE ? CLONE_NEWNS : 0);
}

SEC("?fexit/vfs_open_tree")
int BPF_PROG(guard_namespaces_opened_tree)
{
	return forget_namespaces();
}

SEC("?lsm/capable")
int BPF_PROG(guard_namespaces_capable, const struct cred *cred, struct user_namespace *ns, int cap,
	     unsigned int options, int ret)
{
	struct scratch *s;
	__u32 flags;

	if (ret || cap != CAP_SYS_ADMIN)
		return ret;
	s = bpf_task_storage_get(&scratches, bpf_get_current_task_btf(), 0, 0);
	if (!s || !s->namespaces)
		return 0;
	flags = s->namespaces;
	s->namespaces = 0;
	return answer(ask_namespaces(flags));
}

#endif

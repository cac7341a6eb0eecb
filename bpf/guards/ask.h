/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * What all guards have in common: who may do what, counted and told of. A guard
 * asks judge() first; only when that says so is a path worked out for the log.
 */
#ifndef LINPROV_GUARDS_ASK_H
#define LINPROV_GUARDS_ASK_H

#include "../guard.h"

/* The fast answer: is this operation covered at all, and not linprov's own? */
static __always_inline struct lp_guard *guard_of(__u32 guard, __u32 operation)
{
	struct lp_guard *g = bpf_map_lookup_elem(&guards, &guard);

	if (!g || g->permission == LP_PERMISSION_OFF || !(g->operations & (1u << operation)))
		return NULL;
	return is_daemon(current_tgid()) ? NULL : g;
}

/* Whether the current process is one of the host's, and no container's. Who makes namespaces must
 * be in all of the host's. */
__noinline int is_of_host(__u32 guard)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct nsproxy *in = BPF_CORE_READ(task, nsproxy);
	struct lp_config *c = get_config();

	if (!c || !in || BPF_CORE_READ(in, mnt_ns, ns.inum) != c->host_mnt_ns)
		return false;
	if (guard != LP_GUARD_NAMESPACES)
		return true;
	return !BPF_CORE_READ(task, cred, user_ns, level) && !BPF_CORE_READ(task, thread_pid, level) &&
	       BPF_CORE_READ(in, net_ns, ns.inum) == c->host_net_ns &&
	       BPF_CORE_READ(in, ipc_ns, ns.inum) == c->host_ipc_ns &&
	       BPF_CORE_READ(in, uts_ns, ns.inum) == c->host_uts_ns &&
	       BPF_CORE_READ(in, cgroup_ns, ns.inum) == c->host_cgroup_ns;
}

/* Whether the current process runs one of the executables that are excepted. */
__noinline int runs_excepted(__u32 guard)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *exe = BPF_CORE_READ(task, mm, exe_file);
	struct lp_guard_program key = { .guard = guard };
	struct scratch *s = get_scratch();

	if (!s || !exe)
		return false;
	resolve_file(s, exe);
	if (s->path_flags & PATH_NOT_HOST)
		return false;
	key.exe = s->file;
	return bpf_map_lookup_elem(&guard_programs, &key) != NULL;
}

/*
 * What is to become of an operation of the current process: 0, go on, or an enum
 * lp_verdict, which is counted. As everywhere, PID 1 is spared, and nothing is
 * refused unless linprov enforces.
 */
__noinline int judge(__u32 guard, __u32 operation)
{
	struct lp_guard *g = guard_of(guard, operation);
	struct lp_guard_counts *n = bpf_map_lookup_elem(&guard_counts, &guard);
	__u32 permission;

	if (!g || !n)
		return 0;
	permission = g->permission;
	if (permission != LP_PERMISSION_DENY && is_of_host(guard))
		return 0;
	if (g->programs && runs_excepted(guard))
		return 0;
	if (permission != LP_PERMISSION_NONE && current_tgid() == 1) {
		__sync_fetch_and_add(&n->spared, 1);
		return LP_VERDICT_SPARED;
	}
	if (permission != LP_PERMISSION_NONE && enforces(get_config())) {
		__sync_fetch_and_add(&n->blocked, 1);
		return LP_VERDICT_BLOCK;
	}
	__sync_fetch_and_add(&n->would_block, 1);
	return LP_VERDICT_WOULD_BLOCK;
}

/* Tells of a verdict; the text is in the scratch. Returns 0 or -EPERM. */
__noinline int tell_guard(__u32 guard, __u32 operation, __u32 verdict)
{
	struct lp_config *c = get_config();
	struct scratch *s = get_scratch();

	if (s) {
		fill_plain_event(s);
		s->event.kind = guard;
		s->event.rule = operation;
		s->event.verdict = verdict;
		s->event.mode = c ? c->mode : 0;
		emit(s, LP_EVENT_GUARD);
	}
	return verdict == LP_VERDICT_BLOCK ? -EPERM : 0;
}

/* Asks for an operation of the current process on what lies there. */
static __always_inline int ask_path(__u32 guard, __u32 operation, __u64 mnt, __u64 dentry)
{
	int verdict = judge(guard, operation);
	struct scratch *s;

	if (!verdict)
		return 0;
	s = get_scratch();
	if (s)
		resolve(s, mnt, dentry);
	return answer(tell_guard(guard, operation, verdict));
}

/* The same for an open file. */
static __always_inline int ask_file(__u32 guard, __u32 operation, struct file *file)
{
	return ask_path(guard, operation, (__u64)BPF_CORE_READ(file, f_path.mnt),
			(__u64)BPF_CORE_READ(file, f_path.dentry));
}

/* The same for what has a name of its own, or none. */
static __always_inline int ask_text(__u32 guard, __u32 operation, const char *text)
{
	int verdict = judge(guard, operation);
	struct scratch *s;

	if (!verdict)
		return 0;
	s = get_scratch();
	if (s)
		set_text(s, (__u64)text);
	return answer(tell_guard(guard, operation, verdict));
}

static __always_inline int ask(__u32 guard, __u32 operation)
{
	return ask_text(guard, operation, NULL);
}

#endif

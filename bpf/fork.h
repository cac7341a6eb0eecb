/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * What a child gets of its parent, and the end of both.
 *
 * Three programs tell whose child has which id, in the order in which they come, all before the child
 * runs. A program on a tracepoint is skipped (and that counted) while it runs on that CPU already, and
 * on 7.3 it can be preempted there (on 6.12 not): of 200 processes that fork at the same time, some get
 * a child past both of them.
 */
#ifndef LINPROV_FORK_H
#define LINPROV_FORK_H

#include "connected.h"

/* Gives a child, which nobody else sees yet, what its parent `p` is. Returns 0 when it has it. */
static __always_inline int copy_process_to(struct task_struct *child, struct process *p)
{
	struct process *copy;

	bpf_map_update_elem(&processes, &child, p, BPF_ANY);
	copy = bpf_map_lookup_elem(&processes, &child);
	if (!copy) {
		count(LP_COUNT_PROCESS_FAILED);
		return 1;
	}
	copy->owner = OWNER_NEXT;
	return 0;
}

SEC("lsm/task_alloc")
int BPF_PROG(task_alloc, struct task_struct *task, unsigned long clone_flags, int ret)
{
	struct process *p;

	if (ret || (clone_flags & CLONE_THREAD) || is_clean(current_tgid()))
		return ret;
	p = find_process();
	return p && copy_process_to(task, p) ? -ENOMEM : 0;
}

/*
 * The child's bits become its parent's; doing it again changes nothing. Returns whether it is held.
 */
static __always_inline bool inherit_bits(__u32 parent, __u32 tgid)
{
	if (has_state(parent, PID_RUNS_MARKED))
		set_state(tgid, PID_RUNS_MARKED);
	else
		clear_state(tgid, PID_RUNS_MARKED);
	/* The id may have been another process's. */
	if (has_state(tgid, PID_READS_PIPE | PID_PENDING)) {
		clear_state(tgid, PID_READS_PIPE | PID_PENDING);
		bpf_map_delete_elem(&pending, &tgid);
	}
	if (is_clean(parent)) {
		clear_state(tgid, PID_HELD);
		return false;
	}
	set_state(tgid, PID_HELD);
	return true;
}

static __always_inline int inherit(struct task_struct *child)
{
	struct process *p;

	if (child->pid != child->tgid || !inherit_bits(current_tgid(), child->tgid))
		return 0;
	/* The parent may have become a source since task_alloc. */
	p = find_process();
	if (p && !bpf_map_lookup_elem(&processes, &child))
		copy_process_to(child, p);
	return 0;
}

SEC("tp_btf/task_newtask")
int BPF_PROG(task_newtask, struct task_struct *child)
{
	return inherit(child);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(sched_process_fork, struct task_struct *parent, struct task_struct *child)
{
	return inherit(child);
}

/*
 * Loaded where those can be preempted. This one can't be, so nobody's is in its way but a call of
 * bpf(2) that was preempted while it changes a map, which only root makes. What task_alloc has copied
 * needs no more than the bits.
 */
SEC("?kprobe/wake_up_new_task")
int wake_up_new_task(struct pt_regs___function *registers)
{
#if defined(__TARGET_ARCH_arm64)
	struct task_struct *child = (void *)registers->regs[0];
#else
	struct task_struct *child = (void *)registers->di;
#endif
	int tgid = BPF_CORE_READ(child, tgid);

	if (BPF_CORE_READ(child, pid) == tgid)
		inherit_bits(bpf_get_current_pid_tgid() >> 32, tgid);
	return 0;
}

/* A thread is gone, or was never started. One that leads no process now may have a state all the same:
 * it led until another thread of its process executed something, and took its place. */
SEC("lsm/task_free")
int BPF_PROG(task_free, struct task_struct *task)
{
	if (bpf_map_lookup_elem(&processes, &task))
		bpf_map_delete_elem(&processes, &task);
	return 0;
}

/*
 * A fork starts with a copy of the task, which has the same pointer to its task storage until the
 * kernel sets it to none. When the fork fails before (a limit of processes, a user namespace that may
 * not be made), that storage is ended with the copy, under the hands of who forked: at any time later,
 * since RCU frees the copy. Seen on 6.1.176, not on 6.12.107 and 7.3.4. So the thread that forks keeps
 * none: it is for working memory alone, which is made anew when it is needed.
 */
SEC("?fentry/copy_process")
int BPF_PROG(copy_process)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (!task->bpf_storage)
		return 0;
	bpf_task_storage_delete(&scratches, task);
	bpf_task_storage_delete(&digests, task);
	return 0;
}

#endif

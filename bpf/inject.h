/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * A process that gets at another's memory (ptrace, process_vm_readv and writev, /proc/PID/mem)
 * hands on what it carries, and takes over what that one does. Nothing is refused: who may trace
 * whom is for others to say.
 */
#ifndef LINPROV_INJECT_H
#define LINPROV_INJECT_H

#include "channel.h"

/* The current process, which carries something, gets hold of `child`. */
static __noinline int taint_traced(struct task_struct *child)
{
	struct dirt d = {};

	if (!child)
		return 0;
	own_dirt(&d);
	if (!d.dirty)
		return 0;
	if (push_taint(child->tgid, d.origin, 0, NULL) && enforces(get_config()))
		return -EPERM;
	return 0;
}

/* What `task`, which holds state, carries comes to the current process. */
static __always_inline int taint_by(struct task_struct *task)
{
	struct process *p = process_led_by(task->group_leader);
	__u32 origin = 0;

	if (p && is_tainted(p))
		origin = p->taint;
	else if (p && (p->flags & PROCESS_SOURCE))
		origin = p->source_origin;
	else if (p)
		return 0;
	return add_taint(make_process(), origin, 0, NULL);
}

/* The current process gets at the memory of `child`. */
static __always_inline int share_memory(struct task_struct *child)
{
	if (!child || is_exempt(current_tgid()))
		return 0;
	if (!is_clean(child->tgid))
		taint_by(child);
	return is_clean(current_tgid()) ? 0 : taint_traced(child);
}

/* A program starts under a tracer: what the tracer carries may be written into
 * it without another question, as after PTRACE_TRACEME. */
static __noinline int taint_by_tracer(void)
{
	struct task_struct *task = bpf_get_current_task_btf(), *tracer;

	if (!task->ptrace)
		return 0;
	tracer = task->parent;
	return tracer && !is_clean(tracer->tgid) ? taint_by(tracer) : 0;
}

#endif

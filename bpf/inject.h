/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * A process that writes into another's memory (ptrace, process_vm_writev,
 * /proc/PID/mem) hands on what it carries. Nothing is refused: who may trace
 * whom is for others to say.
 */
#ifndef LINPROV_INJECT_H
#define LINPROV_INJECT_H

#include "channel.h"

/* The current process, which carries something, gets hold of `child`. */
static __noinline int taint_traced(struct task_struct *child)
{
	struct dirt d = {};

	if (!child || is_exempt(current_tgid()))
		return 0;
	own_dirt(&d);
	if (!d.dirty)
		return 0;
	return push_taint(child->tgid, d.origin, 0, NULL);
}

/* A program starts under a tracer: what the tracer carries may be written into
 * it without another question, as after PTRACE_TRACEME. */
static __noinline int taint_by_tracer(void)
{
	struct task_struct *task = bpf_get_current_task_btf(), *tracer;
	struct process *p;
	__u32 origin = 0;

	if (!task->ptrace)
		return 0;
	tracer = task->parent;
	if (!tracer || is_clean(tracer->tgid))
		return 0;
	p = process_led_by(tracer->group_leader);
	if (p && is_tainted(p))
		origin = p->taint;
	else if (p && (p->flags & PROCESS_SOURCE))
		origin = p->source_origin;
	else if (p)
		return 0;
	return add_taint(make_process(), origin, 0, NULL);
}

#endif

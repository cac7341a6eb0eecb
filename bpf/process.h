/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The state of a process: source, taint, what its stdin was. It belongs to the
 * group leader, so threads share it and it ends with the last of them.
 */
#ifndef LINPROV_PROCESS_H
#define LINPROV_PROCESS_H

#include "origin.h"

/* A clock tick as /proc shows time in: USER_HZ is 100 on every architecture
 * but alpha. */
#define TICK_NS 10000000ull

static __always_inline __u32 current_tgid(void)
{
	return bpf_get_current_task_btf()->tgid;
}

/* All that is known of a process: PID_*. */
static __always_inline __u32 states_of(__u32 tgid)
{
	return ((volatile __u8 *)pid_states)[tgid & (PID_SLOTS - 1)];
}

/* The word in which they stand, and how far up. */
static __always_inline __u32 *states_word(__u32 tgid)
{
	return &pid_states[(tgid & (PID_SLOTS - 1)) / 4];
}

static __always_inline __u32 states_shift(__u32 tgid)
{
	return tgid % 4 * 8;
}

/* `state` is one PID_*. */
static __always_inline bool has_state(__u32 tgid, __u32 state)
{
	return states_of(tgid) & state;
}

static __always_inline void set_state(__u32 tgid, __u32 state)
{
	/* Sixteen words share a line of the cache: write only what changes. */
	if (!has_state(tgid, state))
		__sync_fetch_and_or(states_word(tgid), state << states_shift(tgid));
}

static __always_inline void clear_state(__u32 tgid, __u32 state)
{
	if (has_state(tgid, state))
		__sync_fetch_and_and(states_word(tgid), ~(state << states_shift(tgid)));
}

/* The fast answer: true is certain, false means "ask". */
static __always_inline bool is_clean(__u32 tgid)
{
	__u32 states = states_of(tgid);

	/* Most are nothing of it all: two questions, not one. */
	if (__builtin_expect(!states, 1))
		return true;
	barrier_var(states);
	return !(states & PID_HELD);
}

/* The state is not that of the leader who `started` then: it is its own now. Or it was somebody's whose
 * end was missed: its own, if it had one, is lost. Returns 0 when it can be used. */
__noinline int take_process(struct process *p, __u64 started)
{
	__u64 owner;

	if (!p)
		return 1;
	owner = p->owner;
	if (owner == OWNER_NEXT) {
		p->owner = started;
		return 0;
	}
	/* Another thread clears it: this once, it can't be had. */
	if (owner == OWNER_NONE || __sync_val_compare_and_swap(&p->owner, owner, OWNER_NONE) != owner)
		return 1;
	__builtin_memset((void *)p + sizeof(p->owner), 0, sizeof(*p) - sizeof(p->owner));
	p->flags = PROCESS_LOST | PROCESS_TAINT;
	__sync_lock_test_and_set(&p->owner, started);
	return 0;
}

/* NULL: there is none, or it can't be had. */
static __always_inline struct process *process_led_by(struct task_struct *leader)
{
	/* Of its own: who has called a helper takes what the helper was shown for a number. */
	struct task_struct *key = leader;
	struct process *p;

	if (!leader)
		return NULL;
	p = bpf_map_lookup_elem(&processes, &key);
	if (p && p->owner != leader->start_boottime && take_process(p, leader->start_boottime))
		return NULL;
	return p;
}

/*
 * The same, made when there is none. Who is held and has none has lost what it was, or never
 * had room for it, and is tainted with an unknown origin; but not who is merely told of a taint.
 */
static __always_inline struct process *make_process_led_by(struct task_struct *leader)
{
	struct task_struct *key = leader;
	struct process *p;
	__u32 tgid;
	bool held;
	long err;

	if (!leader)
		return NULL;
	tgid = leader->tgid;
	/* In this order: another thread that makes it has not set the bit when nothing is found. */
	held = has_state(tgid, PID_HELD);
	p = process_led_by(leader);
	if (!p) {
		err = bpf_map_update_elem(&processes, &key, &no_process, BPF_NOEXIST);
		p = process_led_by(leader);
		if (!p)
			count(LP_COUNT_PROCESS_FAILED);
		else if (!err && held && !bpf_map_lookup_elem(&pending, &tgid))
			__sync_fetch_and_or(&p->flags, PROCESS_LOST | PROCESS_TAINT);
	}
	/* Also when there was one: it may be somebody's whose end was missed. */
	set_state(tgid, PID_HELD);
	return p;
}

/* The leader of a process with the daemon's id is linprov itself: not another one
 * that got its id after it was gone. */
static __always_inline bool leads_daemon(struct lp_config *c, struct task_struct *leader)
{
	return leader && leader->start_boottime / TICK_NS == c->daemon_started;
}

/*
 * The same of the current process. A function of its own for the verifier: on each
 * way to where a pointer is taken out of a task, 6.12 goes through all of the
 * kernel's types two or three times, which takes longer than all else it does.
 */
__noinline int current_leads_daemon(void)
{
	struct lp_config *c = get_config();

	return c && leads_daemon(c, bpf_get_current_task_btf()->group_leader);
}

/* The current process, whose id is `tgid`, is linprov itself. */
static __always_inline bool is_daemon(__u32 tgid)
{
	struct lp_config *c = get_config();

	return c && c->daemon && c->daemon == tgid && current_leads_daemon();
}

/* PID 1, linprov itself: their reads and writes carry nothing. */
static __always_inline bool is_exempt(__u32 tgid)
{
	return tgid == 1 || is_daemon(tgid);
}

/* A taint that has run out is none (only taints of shells from pipes do). */
static __always_inline bool is_tainted(struct process *p)
{
	return (p->flags & PROCESS_TAINT) &&
	       (!p->taint_until || bpf_ktime_get_boot_ns() < p->taint_until);
}

/* Process `p` has read bytes of `origin`, which came out of file `from`. */
__noinline int add_taint(struct process *p, __u32 origin, __u64 until,
			 const struct lp_file_id *from)
{
	if (!p)
		return 0;
	if (from)
		p->taint_from = *from;
	if (is_tainted(p)) {
		if (p->taint != origin)
			p->taint = merge_origins(p->taint, origin);
		if (!until || (p->taint_until && p->taint_until < until))
			p->taint_until = until;
		return 0;
	}
	p->taint = origin;
	p->taint_until = until;
	__sync_fetch_and_or(&p->flags, PROCESS_TAINT);
	return 0;
}

/* Where what a process writes comes from. */
struct dirt {
	__u32 origin;
	__u32 dirty;
	__u32 derived; /* read from marked bytes, not received */
	__u32 zero;
	struct lp_file_id from; /* those bytes' file */
	__u64 writer; /* hash of the running executable's path */
};

__noinline int dirt_of(struct process *p, struct dirt *d)
{
	if (!d)
		return 0;
	__builtin_memset(d, 0, sizeof(*d));
	if (!p) {
		/* It holds state, but that can't be had: tainted, origin unknown. */
		if (!is_clean(current_tgid()))
			d->dirty = 1;
		return 0;
	}
	if (is_tainted(p)) {
		d->origin = p->taint;
		d->from = p->taint_from;
		d->dirty = d->derived = 1;
	} else if (!(p->flags & PROCESS_SOURCE)) {
		return 0;
	}
	/* Here, not below: the verifier allows eight frames. */
	if (!p->exe_known)
		own_exe(get_scratch(), p);
	d->writer = p->exe;
	if (p->flags & PROCESS_SOURCE) {
		__u32 number = intern_source(get_scratch(), p);

		d->origin = d->dirty ? merge_origins(d->origin, number) : number;
		d->dirty = 1;
	}
	return 0;
}

/*
 * The state of the current process, with a taint that a pipe's writer pushed to
 * it. NULL: it holds none, or (counted) it can't be had; dirt_of() tells apart.
 */
static __noinline struct process *find_process(void)
{
	__u32 tgid = current_tgid();
	/* Once: see current_leads_daemon(). */
	struct task_struct *leader = bpf_get_current_task_btf()->group_leader;
	struct process *p = process_led_by(leader);
	struct pending *waiting = bpf_map_lookup_elem(&pending, &tgid);

	if (waiting) {
		__u32 origin = waiting->origin;
		__u64 until = waiting->until;

		if (!p)
			p = make_process_led_by(leader);
		if (p) {
			add_taint(p, origin, until, &waiting->from);
			bpf_map_delete_elem(&pending, &tgid);
		}
	}
	if (!p && !is_clean(tgid))
		count(LP_COUNT_PROCESS_FAILED);
	return p;
}

/* What the current process writes comes from here. */
__noinline int own_dirt(struct dirt *d)
{
	return dirt_of(find_process(), d);
}

/* The state of the current process, made when there is none. */
static __noinline struct process *make_process(void)
{
	return make_process_led_by(bpf_get_current_task_btf()->group_leader);
}

#endif

/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * Two programs for the test that holds this decision against the one in
 * TypeScript: tests/kernel/decide_check.ts. They run the code above over facts
 * that are handed to them. linprov itself never loads them.
 */
#ifndef LINPROV_CASES_H
#define LINPROV_CASES_H

#include "self.h"

/* The number under which the origin of the case at hand is kept. */
#define CASE_ORIGIN 1u

/* Hashes a component as a path's is, or a comm. */
SEC("?syscall")
int hash_case(struct lp_hash_case *in)
{
	struct scratch *s = get_scratch();
	struct text16 comm;

	if (!s)
		return 1;
	if (in->parent == LP_HASH_COMM) {
		__builtin_memcpy(&comm, in->name, sizeof(comm));
		in->hash = hash_comm(s, &comm);
		return 0;
	}
	__builtin_memcpy(s->name, in->name, sizeof(in->name));
	end_name(s, in->len, in->end);
	in->hash = hash_name(s, in->parent);
	return 0;
}

static __always_inline int decide_one(struct lp_config *c, struct scratch *s, struct lp_case *in)
{
	__u32 number = CASE_ORIGIN;
	struct lp_origin o = in->origin;

	s->event.mark = in->mark;
	s->event.mark.origin = 0;
	if (in->has_origin) {
		if (bpf_map_update_elem(&origins, &number, &o, BPF_ANY))
			return 1;
		s->event.mark.origin = number;
	}
	s->file = in->file;
	s->folder = in->folder;
	s->digest = in->digest;
	s->path_flags = in->path_flags;
	s->ancestors = in->ancestors;
	__builtin_memcpy(s->ancestor, in->ancestor, sizeof(in->ancestor));
	c->boot_epoch = in->now - bpf_ktime_get_boot_ns() / 1000000000;

	gather(s, &s->event.mark, in->has_path);
	in->allowed = evaluate();
	in->denied = s->deny_found;
	in->rule = s->deny_found ? s->denied_by : s->allowed_by;
	in->now = s->now;
	return 0;
}

/* Decides over the facts of each case, at its time, and says which rule did. */
SEC("?syscall")
int decide_cases(struct lp_cases *in)
{
	struct lp_config *c = get_config();
	struct scratch *s = get_scratch();

	if (!c || !s)
		return 1;
	/* Unrolled: the context may be read at constant offsets only. */
#pragma clang loop unroll(full)
	for (int i = 0; i < LP_CASES; i++) {
		if (decide_one(c, s, &in->cases[i]))
			return 1;
	}
	return 0;
}

#endif

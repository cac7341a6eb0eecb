/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The decision: may these marked bytes run as code? Tuple-space search: each
 * set of dimensions in use is a shape, and a hash table holds (shape, values)
 * -> rule. The cost is shapes x ancestors look-ups, whatever the number of
 * rules. src/policy/evaluate.ts is the same in TypeScript.
 */
#ifndef LINPROV_DECIDE_H
#define LINPROV_DECIDE_H

#include "digest.h"

#define SHAPE_DIMS ((1u << LP_DIMS) - 1)

/* What a rule may ask for to make its bytes trusted, and what it must. */
#define TRUST_DIMS (1u << LP_DIM_CREATOR_PROCESS | 1u << LP_DIM_CREATOR_COMM | \
		    1u << LP_DIM_CREATOR_UID | 1u << LP_DIM_WRITER_PROCESS | \
		    1u << LP_DIM_WRITER_UID | 1u << LP_DIM_ORIGIN_ZONE)
#define TRUST_NEEDS (1u << LP_DIM_WRITER_PROCESS)

/* The context of the loops below. Rules are looked up by the scratch's key. */
struct search {
	struct scratch *s;
	void *rules;
	const struct lp_shapes *shapes;
	__u32 recursive; /* LP_SHAPE_* of the shape at hand */
};

static __always_inline void try_key(struct scratch *s, void *rules)
{
	struct lp_rule *r = bpf_map_lookup_elem(rules, &s->key);

	if (!r || (r->expires && r->expires <= s->now))
		return;
	if (!s->asks_trust)
		__sync_fetch_and_add(&r->hits, 1);
	else if (!(r->flags & LP_RULE_DENY) && (r->expires || !(s->key.shape & TRUST_NEEDS)))
		return; /* the answer is kept, so a rule that ends trusts nothing */
	if (r->flags & LP_RULE_DENY) {
		if (!s->deny_found || r->number < s->denied_by)
			s->denied_by = r->number;
		s->deny_found = 1;
	} else {
		if (!s->allow_found || r->number < s->allowed_by)
			s->allowed_by = r->number;
		s->allow_found = 1;
	}
}

static int try_ancestor(__u32 i, void *ctx)
{
	struct search *q = ctx;
	struct scratch *s = q->s;
	__u32 landings = (q->recursive & LP_SHAPE_LANDING_RECURSIVE) ? s->landings : 1;

	if (!landings)
		return 1;
	if (q->recursive & LP_SHAPE_TARGET_RECURSIVE)
		s->key.v[LP_DIM_TARGET_FOLDER] = s->ancestor[slot(i / landings)];
	if (q->recursive & LP_SHAPE_LANDING_RECURSIVE)
		s->key.v[LP_DIM_LANDING_FOLDER] = s->landing[slot(i % landings)];
	try_key(s, q->rules);
	return 0;
}

static int try_shape(__u32 i, void *ctx)
{
	struct search *q = ctx;
	struct scratch *s = q->s;
	__u32 shape, rounds = 1;

	if (i >= LP_MAX_SHAPES)
		return 1;
	shape = q->shapes->shape[i & (LP_MAX_SHAPES - 1)];
	if (shape & SHAPE_DIMS & ~s->known)
		return 0;
	s->key.shape = shape;
	s->key.zero = 0;
	for (int d = 0; d < LP_DIMS; d++)
		s->key.v[d] = (shape & (1u << d)) ? s->facts[d] : 0;
	q->recursive = shape & (LP_SHAPE_TARGET_RECURSIVE | LP_SHAPE_LANDING_RECURSIVE);
	if (!q->recursive) {
		try_key(s, q->rules);
		return 0;
	}
	if (shape & LP_SHAPE_TARGET_RECURSIVE)
		rounds = s->ancestors;
	if (shape & LP_SHAPE_LANDING_RECURSIVE)
		rounds *= s->landings;
	if (rounds > PATH_DEPTH * PATH_DEPTH)
		rounds = PATH_DEPTH * PATH_DEPTH;
	bpf_loop(rounds, try_ancestor, q, 0);
	return 0;
}

/* landing[]: the landing folder and every folder above it that is known. */
static int climb_landing(__u32 i, void *ctx)
{
	struct scratch *s = *(struct scratch **)ctx;
	__u64 folder = s->landing[slot(i)];
	__u64 *parent = bpf_map_lookup_elem(&folders, &folder);

	if (!parent || !*parent || i + 1 >= PATH_DEPTH)
		return 1;
	s->landing[slot(i + 1)] = *parent;
	s->landings = i + 2;
	return 0;
}

/*
 * Evaluates the active policy over the scratch's facts, s->known, s->ancestor[] and
 * s->landing[]. Leaves the winning rule in s->allowed_by / s->denied_by;
 * returns true when the bytes may run.
 */
__noinline int evaluate(void)
{
	struct scratch *s = get_scratch();
	struct lp_config *c = get_config();
	struct search q = { .s = s };
	__u32 set;

	if (!s)
		return false;
	s->allowed_by = s->denied_by = 0;
	s->allow_found = s->deny_found = 0;
	if (!c)
		return false;
	set = c->active & 1;
	s->now = now_seconds();
	q.shapes = bpf_map_lookup_elem(&shapes, &set);
	q.rules = bpf_map_lookup_elem(&rule_sets, &set);
	if (!q.shapes || !q.rules)
		return false;
	bpf_loop(q.shapes->count < LP_MAX_SHAPES ? q.shapes->count : LP_MAX_SHAPES, try_shape, &q, 0);
	return s->allow_found && !s->deny_found;
}

static __always_inline void fact(struct scratch *s, __u32 dim, __u64 value, bool is_known)
{
	s->facts[dim] = value;
	if (is_known)
		s->known |= 1u << dim;
}

/* Fills the facts from a mark; the path facts come from the last resolve(), the
 * digest from find_digest().
 * Where the path is none of the host's, no program's path counts either. */
__noinline int gather(struct scratch *s, struct lp_mark *m, bool has_path)
{
	struct lp_origin *o;
	__u32 number;
	bool host;

	if (!s || !m)
		return 0;
	number = m->origin;
	o = bpf_map_lookup_elem(&origins, &number);
	host = has_path && !(s->path_flags & PATH_NOT_HOST);

	s->known = 0;
	for (int d = 0; d < LP_DIMS; d++)
		s->facts[d] = 0;
	fact(s, LP_DIM_TARGET_FILENAME, s->file, host);
	fact(s, LP_DIM_TARGET_FOLDER, s->folder, host);
	fact(s, LP_DIM_LANDING_FILENAME, m->landing_name, m->landing_name != 0);
	fact(s, LP_DIM_LANDING_FOLDER, m->landing_folder, m->landing_folder != 0);
	/* Who wrote a file was a program of the host, wherever it runs now: the services that
	 * systemd locks up have mount namespaces, and need libc after its upgrade. */
	fact(s, LP_DIM_WRITER_PROCESS, m->writer_exe, has_path && m->writer_exe);
	fact(s, LP_DIM_WRITER_UID, m->writer_uid, m->writer_uid != UNKNOWN_UID);
	fact(s, LP_DIM_SHA256, s->digest, s->digest != 0);
	fact(s, LP_DIM_EXECUTION_UID, (__u32)bpf_get_current_uid_gid(), true);
	if (o) {
		fact(s, LP_DIM_CREATOR_PROCESS, o->creator_exe, host && o->creator_exe);
		fact(s, LP_DIM_CREATOR_COMM, o->creator_comm, o->creator_comm != 0);
		fact(s, LP_DIM_CREATOR_UID, o->uid, o->uid != UNKNOWN_UID);
		fact(s, LP_DIM_ORIGIN_ZONE, o->zone, true);
	}
	if (!host)
		s->ancestors = 0;
	s->landings = 0;
	if (m->landing_folder) {
		s->landing[0] = m->landing_folder;
		s->landings = 1;
		bpf_loop(PATH_DEPTH, climb_landing, &s, 0);
	}
	return 0;
}

/*
 * Are these bytes trusted whatever is done with them? They are when a rule over
 * the program that wrote the file permits them, and asks for nothing that lies
 * outside the mark: what a package manager installed. Who reads them carries
 * nothing on, or the libraries of one upgrade would mark all that every program
 * writes afterwards. The answer is remembered until the policy changes.
 */
__noinline int is_trusted(struct lp_mark *mark)
{
	struct lp_config *c = get_config();
	struct trust_key key = {};
	struct trust answer, *old;
	struct scratch *s;

	if (!c || !mark || !mark->writer_exe || !c->trusts)
		return false;
	key.writer_exe = mark->writer_exe;
	key.writer_uid = mark->writer_uid;
	key.origin = mark->origin;
	old = bpf_map_lookup_elem(&trusts, &key);
	if (old && old->policy == c->policy)
		return old->trusted;
	s = get_scratch();
	if (!s)
		return false;
	s->path_flags = 0;
	gather(s, mark, true);
	s->known &= TRUST_DIMS;
	s->asks_trust = 1;
	answer.policy = c->policy;
	answer.trusted = evaluate();
	s->asks_trust = 0;
	bpf_map_update_elem(&trusts, &key, &answer, BPF_ANY);
	return answer.trusted;
}

/*
 * Decides about marked bytes that are about to run, counts, and only then
 * writes the event. `file` is NULL for a program that comes through a pipe.
 * Returns the enum lp_verdict, 0 where there is nothing to decide.
 */
__noinline int decide(__u64 file, __u64 inode, struct lp_mark *mark, __u32 kind, bool quiet)
{
	struct lp_config *c = get_config();
	struct scratch *s = get_scratch();
	__u32 tgid = current_tgid(), verdict;
	struct process *p;
	bool allowed = false, spared = is_exempt(tgid);

	if (!c || !mark || !inode)
		return 0;
	if (s) {
		s->event.mark = *mark;
		identify(inode, &s->event.file);
		if (file) {
			resolve_file(s, (struct file *)file);
		} else {
			s->event.text_len = 0;
			s->path_flags = 0;
			s->file = s->folder = 0;
		}
		find_digest(s, file ? inode : 0);
		gather(s, &s->event.mark, file != 0);
		allowed = evaluate();
		if (!allowed && !s->deny_found && (s->known & (1u << LP_DIM_TARGET_FILENAME))) {
			__u64 path = s->file;

			spared |= bpf_map_lookup_elem(&survivors, &path) != NULL;
		}
	}
	if (allowed)
		verdict = LP_VERDICT_ALLOW;
	else if (spared)
		verdict = LP_VERDICT_SPARED;
	else if (enforces(c))
		verdict = LP_VERDICT_BLOCK;
	else
		verdict = LP_VERDICT_WOULD_BLOCK;

	if (verdict == LP_VERDICT_ALLOW)
		count(LP_COUNT_ALLOWED);
	else if (verdict == LP_VERDICT_SPARED)
		count(LP_COUNT_SPARED);
	else if (verdict == LP_VERDICT_BLOCK)
		count(LP_COUNT_BLOCKED);
	else
		count(LP_COUNT_WOULD_BLOCK);

	if (s && !(quiet && verdict == LP_VERDICT_ALLOW)) {
		fill_event(s);
		s->event.kind = kind;
		s->event.verdict = verdict;
		s->event.mode = c->mode;
		s->event.rule = s->deny_found ? s->denied_by : s->allowed_by;
		if (s->deny_found)
			s->event.flags |= LP_EVENT_DENIED;
		if (s->known & (1u << LP_DIM_TARGET_FILENAME)) {
			s->event.target_file = s->file;
			s->event.target_folder = s->folder;
		}
		emit(s, LP_EVENT_VERDICT);
	}
	if (s && verdict == LP_VERDICT_BLOCK && kind == LP_KIND_EXEC) {
		/* A shell looks into what it couldn't execute: no second line for it. */
		p = make_process();
		if (p) {
			p->approved = s->event.file;
			__sync_fetch_and_or(&p->flags, PROCESS_REFUSED);
		}
	}
	return verdict;
}

/* Decides, and notes who runs marked code. Returns 0 or -EPERM. */
static __always_inline int may_run(__u64 file, __u64 inode, struct lp_mark *mark, __u32 kind,
				   bool quiet)
{
	__u32 tgid = current_tgid();
	int verdict = decide(file, inode, mark, kind, quiet);

	if (verdict == LP_VERDICT_BLOCK)
		return -EPERM;
	/* What is spared is the system's own, and PID 1 is everybody's ancestor. */
	if (verdict && verdict != LP_VERDICT_SPARED && tgid != 1 && !has_state(tgid, PID_RUNS_MARKED) &&
	    !is_trusted(mark))
		set_state(tgid, PID_RUNS_MARKED);
	return 0;
}

#endif

/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * Splicing out of a pipe: splice(2) asks nobody about the pipe that it takes from, and about the file
 * that it writes to only before it waits for bytes. These programs can't reach an inode's storage.
 */
#ifndef LINPROV_SPLICE_H
#define LINPROV_SPLICE_H

#include "channel.h"

/* What pipe `in` carries that the current process is to be held for; NULL: nothing, or it is no pipe. */
static __always_inline struct spliced *carried_by(struct file *in)
{
	struct inode *inode = in->f_inode;
	struct pipe_key key = { .ino = inode->i_ino, .dev = inode->i_sb->s_dev };

	if ((inode->i_mode & S_IFMT) != S_IFIFO || is_exempt(current_tgid()))
		return NULL;
	return bpf_map_lookup_elem(&spliced, &key);
}

/*
 * What the current process carries went into `file`, whose mark stands in `known` alone: hooks take
 * it from there. What was there already (bytes that were in the pipe before the splice) is left.
 */
static __noinline int mark_spliced(struct file *file, struct inode *inode)
{
	__u32 uid = bpf_get_current_uid_gid();
	/* Whether the program itself is marked can't be told here. */
	bool called = !uid && has_state(current_tgid(), PID_RUNS_MARKED);
	struct lp_file_id id = {};
	struct lp_mark m = {}, *old;
	struct scratch *s = get_scratch();
	struct dirt d = {};
	int merged;

	if (!file || !inode || !carries_marks(BPF_CORE_READ(inode, i_sb, s_magic)))
		return 0;
	own_dirt(&d);
	if (!d.dirty)
		return 0;
	identify(address(inode), &id);
	old = bpf_map_lookup_elem(&known, &id);
	if (old && (old->flags & LP_MARK_TOMBSTONE))
		old = NULL;
	m.origin = d.origin;
	m.flags = LP_MARK_DIRTY | LP_MARK_DERIVED;
	m.time = now_seconds();
	m.writer_exe = called ? 0 : d.writer;
	m.writer_uid = called ? UNKNOWN_UID : uid;
	merged = merge_mark(&m, old);
	if (merged == MERGED_NOTHING)
		return 0;
	if (s) {
		resolve_file(s, file);
		if (merged == MERGED_FIRST && !(s->path_flags & PATH_NOT_LANDING)) {
			m.landing_folder = s->folder;
			m.landing_name = s->base;
			bpf_loop(s->ancestors - 1, learn_folder, &s, 0);
		}
	}
	filter_add(id.ino);
	if (bpf_map_update_elem(&known, &id, &m, BPF_ANY)) {
		count(LP_COUNT_KNOWN_FULL);
		count(LP_COUNT_MARK_LOST);
		return 0;
	}
	count(LP_COUNT_MARKS);
	if (called)
		count(LP_COUNT_WRITERS_UNKNOWN);
	if (s) {
		s->event.mark = m;
		s->event.file = id;
		fill_event(s);
		s->event.from = d.from;
		s->event.folder = s->folder;
		emit(s, LP_EVENT_MARK);
	}
	return 0;
}

/* `ret` bytes were taken. */
static __always_inline int end_splice(struct file *in, struct file *out, long ret)
{
	struct spliced *found = ret > 0 ? carried_by(in) : NULL;

	if (!found)
		return 0;
	push_taint(current_tgid(), found->origin, 0, &found->from);
	if ((out->f_inode->i_mode & S_IFMT) == S_IFREG)
		mark_spliced(out, out->f_inode);
	return 0;
}

#endif

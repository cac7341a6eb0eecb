/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * Splicing out of a pipe: splice(2) asks nobody about the pipe that it takes from, and about the file
 * that it writes to only before it waits for bytes. These programs can't reach an inode's storage.
 */
#ifndef LINPROV_SPLICE_H
#define LINPROV_SPLICE_H

#include "channel.h"

/* Pushes to the current process what pipe `in` carries by now; false: nothing, or it is no pipe. */
static __always_inline bool take_carried(struct file *in)
{
	struct inode *inode = in->f_inode;
	struct pipe_key key = { .ino = inode->i_ino, .dev = inode->i_sb->s_dev };
	struct spliced *found;

	if ((inode->i_mode & S_IFMT) != S_IFIFO)
		return false;
	found = bpf_map_lookup_elem(&spliced, &key);
	if (!found || is_exempt(current_tgid()))
		return false;
	push_taint(current_tgid(), found->origin, 0, &found->from);
	return true;
}

/*
 * As mark_file(), of what the current process carries, in `known` alone: hooks take it from there for
 * an inode that has no mark yet. One that hangs on the inode already goes on being found first.
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
	fill_mark(&m, &d, called, uid);
	merged = merge_mark(&m, old);
	if (merged == MERGED_NOTHING)
		return 0;
	fill_landing(s, file, &m, merged);
	filter_add(id.ino);
	if (bpf_map_update_elem(&known, &id, &m, BPF_ANY)) {
		count(LP_COUNT_KNOWN_FULL);
		count(LP_COUNT_MARK_LOST);
		return 0;
	}
	tell_mark(s, &id, &m, &d, called);
	return 0;
}

#endif

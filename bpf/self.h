/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * Own protection: who linprov is, and what belongs to it. Unlinking, renaming
 * and creating are frequent, so what nearly everybody pays is a comparison of
 * an inode number with three others.
 */
#ifndef LINPROV_SELF_H
#define LINPROV_SELF_H

#include "guard.h"

#define SELF_LINES 16 /* log lines about attempts in one second */

/* Whether an inode is the folder in this slot. Inode numbers alone don't tell: those of a btrfs
 * subvolume come again in another one, nearly never with the same generation. */
static __always_inline bool is_place(struct inode *inode, __u32 slot)
{
	struct place *p;

	barrier_var(slot);
	if (slot >= LP_PLACES)
		return false;
	p = &places[slot];
	return p->ino && BPF_CORE_READ(inode, i_ino) == p->ino &&
	       BPF_CORE_READ(inode, i_sb, s_dev) == p->dev &&
	       BPF_CORE_READ(inode, i_generation) == p->gen;
}

struct place_search {
	struct inode *inode;
	__u32 first;
	__u32 found;
};

static int try_place(__u32 i, void *ctx)
{
	struct place_search *q = ctx;

	if (!is_place(q->inode, q->first + i))
		return 0;
	q->found = q->first + i;
	return 1;
}

/* Which of the places from `first` up to `end` an inode is; LP_PLACES: none. A loop that the verifier
 * goes through once: two dozen programs have it. */
__noinline __u32 find_place(__u64 at, __u32 first, __u32 end)
{
	struct place_search q = { (struct inode *)at, first, LP_PLACES };

	if (first < end)
		bpf_loop(end - first, try_place, &q, 0);
	return q.found;
}

/* Whether this may be one of the folders whose entries are guarded. */
static __always_inline bool may_be_ours(__u64 ino)
{
	return ino == places[LP_PLACE_STATE].ino || ino == places[LP_PLACE_PINS].ino ||
	       ino == places[LP_PLACE_PINNED].ino;
}

/*
 * Whether the current process is root running linprov's program: unmarked, and
 * called linprov, where the running daemon lies or another version of it may.
 * By inodes, because a service sees its files in a mount namespace of its own.
 */
__noinline int runs_linprov(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *exe = BPF_CORE_READ(task, mm, exe_file);
	struct dentry *dentry = BPF_CORE_READ(exe, f_path.dentry);
	struct dentry *folder = BPF_CORE_READ(dentry, d_parent);
	struct inode *inode = BPF_CORE_READ(folder, d_inode);
	struct inode *above = BPF_CORE_READ(folder, d_parent, d_inode);
	struct lp_file_id id = {};
	char own[8] = "linprov";
	char name[8] = {};
	struct lp_mark *m;

	if (!exe || BPF_CORE_READ(task, cred, euid.val) || BPF_CORE_READ(task, cred, user_ns, level))
		return false;
	if (BPF_CORE_READ(dentry, d_name.len) != 7 ||
	    bpf_probe_read_kernel(name, 7, BPF_CORE_READ(dentry, d_name.name)) ||
	    *(__u64 *)name != *(__u64 *)own)
		return false;
	if (!is_place(inode, LP_PLACE_PROGRAM) && !is_place(inode, LP_PLACE_INSTALLED) &&
	    !is_place(above, LP_PLACE_CACHE))
		return false;
	identify((__u64)BPF_CORE_READ(exe, f_inode), &id);
	m = bpf_map_lookup_elem(&known, &id);
	return !m || (m->flags & LP_MARK_TOMBSTONE);
}

/* Who attempts something all the time fills no log. */
static __always_inline bool may_log(void)
{
	if (within_rate(&self_second, &self_attempts, SELF_LINES))
		return true;
	__sync_fetch_and_add(&self_untold, 1);
	return false;
}

/* Somebody attempts something with what is linprov's: counted, told of by the text at `text`, and
 * refused, unless it is linprov itself or PID 1, which has to stop and start it. Returns whether it
 * is refused. */
__noinline int refuse_self(__u32 what, __u32 operation, __u32 place, __u64 text, __u32 number)
{
	struct lp_config *c = get_config();
	struct scratch *s;

	if (!enforces(c) || current_tgid() == 1 || is_daemon(current_tgid()) || runs_linprov())
		return false;
	count(LP_COUNT_SELF_STATE + what);
	s = may_log() ? get_scratch() : NULL;
	if (s) {
		set_text(s, text);
		fill_plain_event(s);
		s->event.kind = what;
		s->event.rule = operation;
		s->event.mode = place;
		s->event.verdict = LP_VERDICT_BLOCK;
		s->event.target_file = number;
		s->event.target_folder = self_untold;
		self_untold = 0;
		emit(s, LP_EVENT_SELF);
	}
	return true;
}

/* Somebody attempts something with one of our folders, or with an entry of it: `dentry`, or 0. */
__noinline int refuse_place(__u32 place, __u32 operation, __u64 dentry)
{
	__u64 text = dentry ? (__u64)BPF_CORE_READ((struct dentry *)dentry, d_name.name) : 0;
	__u32 what = LP_SELF_PIN;

	if (place == LP_PLACE_STATE ||
	    (place >= LP_PLACE_ABOVE_STATE && place < LP_PLACE_ABOVE_PINS))
		what = LP_SELF_STATE;
	return refuse_self(what, operation, place, text, 0);
}

/* The same, if that is one of our folders. */
__noinline int refuse_entry(__u64 folder, __u32 operation, __u64 dentry)
{
	__u32 place = find_place(folder, LP_PLACE_STATE, LP_PLACE_ABOVE_STATE);

	return place < LP_PLACES && refuse_place(place, operation, dentry);
}

/* A file is about to be written to, or changed: it may lie in one of our folders. */
static __always_inline int guard_entry(struct dentry *dentry, __u32 operation)
{
	struct inode *folder = dentry->d_parent->d_inode;

	if (!folder || !may_be_ours(folder->i_ino))
		return 0;
	return refuse_entry(address(folder), operation, address(dentry));
}

static __noinline int refuse_open(struct file *file)
{
	return guard_entry(file->f_path.dentry, LP_SELF_OPEN);
}

/* The same of a file that is opened for writing. Every such open comes here, so no more than the
 * question stands in its hook. */
static __always_inline int guard_open(struct file *file)
{
	struct inode *folder = file->f_path.dentry->d_parent->d_inode;

	return folder && may_be_ours(folder->i_ino) ? refuse_open(file) : 0;
}

#endif

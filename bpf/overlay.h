/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * Overlay filesystems: their files have inodes of their own, and what is marked
 * below shows through. Whenever one is opened, the kernel opens the file below it
 * itself, before anything of it is read, mapped or executed.
 */
#ifndef LINPROV_OVERLAY_H
#define LINPROV_OVERLAY_H

#include "behind.h"

/* The file `lower` was opened for that of `upper`. No inode storage here: these
 * programs may only use it in LSM hooks (6.1). */
static __noinline int show_through(struct inode *upper, struct inode *lower)
{
	struct lp_file_id id = {}, over = {};
	struct lp_mark *m, shown;
	__u64 number;

	if (!upper || !lower)
		return 0;
	number = BPF_CORE_READ(upper, i_ino);
	if (!filter_has(BPF_CORE_READ(lower, i_ino)) && !filter_has(number))
		return 0;
	identify(address(upper), &over);
	identify(address(lower), &id);
	m = bpf_map_lookup_elem(&known, &id);
	/* An overlay may lie over another one. */
	if (!m)
		m = bpf_map_lookup_elem(&below, &id);
	if (!m || (m->flags & LP_MARK_TOMBSTONE)) {
		bpf_map_delete_elem(&below, &over);
		return 0;
	}
	shown = *m;
	shown.flags = LP_MARK_VOLUME;
	filter_add(number);
	if (bpf_map_update_elem(&below, &over, &shown, BPF_ANY))
		count(LP_COUNT_MARK_LOST);
	return 0;
}

#endif

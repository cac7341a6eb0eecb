/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* Own protection: only linprov itself sets or removes its xattr. */
#ifndef LINPROV_GUARD_H
#define LINPROV_GUARD_H

#include "connected.h"

/* security.bpf.linprov., compared as three words and the dot. */
static __noinline int guard_xattr(struct dentry *dentry, const char *name, bool sets)
{
	struct lp_file_id id = {};
	char own[] = "security.bpf.linprov.";
	char text[sizeof(own)] = {};
	struct scratch *s;

	if (is_daemon(current_tgid()))
		return 0;
	if (bpf_probe_read_kernel_str(text, sizeof(text), name) < 0)
		return 0;
	for (int i = 0; i < (int)sizeof(own) - 2; i++) {
		if (text[i] != own[i])
			return 0;
	}
	/* Once for each copy: overlayfs fails when it can't take the attribute along, and to set
	 * one can only add suspicion. */
	s = sets ? get_scratch() : NULL;
	if (s && s->copies_up) {
		s->copies_up = 0;
		return 0;
	}
	/* cp -a and mv copy attributes along. The copy has its own mark by now:
	 * they get the answer that they pass over in silence. */
	identify((__u64)BPF_CORE_READ(dentry, d_inode), &id);
	if (bpf_map_lookup_elem(&known, &id))
		return -EOPNOTSUPP;
	count(LP_COUNT_GUARDED);
	return -EPERM;
}

#endif

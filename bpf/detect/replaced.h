/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The detector `replaced`: a file that some process executes is deleted, loses
 * its name to another file, or gets another name. Nobody can write to it: the
 * kernel marks what is executed by a negative count of writers, which is how
 * this detector knows it.
 *
 *   inode_unlink, inode_rename   the act, when the filesystem has permitted it
 *   path_unlink, path_rename     (before) where that is: those don't say
 */
#ifndef LINPROV_DETECT_REPLACED_H
#define LINPROV_DETECT_REPLACED_H

#include "tell.h"

static __always_inline bool is_executed(struct inode *inode)
{
	return inode && (inode->i_mode & S_IFMT) == S_IFREG && inode->i_writecount.counter < 0;
}

/* A name of a running executable may be about to change: the first or the second that a call names. */
static __always_inline void note_place(const struct path *folder, struct dentry *dentry, __u32 which)
{
	struct detection *d;

	if (!is_executed(dentry->d_inode) || !detector_of(LP_DETECT_REPLACED))
		return;
	d = bpf_task_storage_get(&detections, bpf_get_current_task_btf(), 0,
				 BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!d)
		return;
	d->mount = (__u64)BPF_CORE_READ(folder, mnt);
	d->dentry[which] = address(dentry);
}

static __always_inline int detect_replaced(__u32 reason, struct dentry *dentry)
{
	struct scratch *s;
	struct detection *d;

	if (!detector_of(LP_DETECT_REPLACED))
		return 0;
	s = get_scratch();
	d = detect(LP_DETECT_REPLACED, reason, s);
	if (!d)
		return 0;
	/* Of what a filesystem does by itself, as an overlay does below, nobody knows the place. */
	if (d->dentry[0] == address(dentry) || d->dentry[1] == address(dentry))
		add_target(d, s, d->mount, address(dentry));
	add_origin(d, dentry->d_inode);
	add_ancestors(d, s);
	return send_detection(d);
}

SEC("?lsm/path_unlink")
int BPF_PROG(detect_replaced_unlink_place, const struct path *folder, struct dentry *dentry)
{
	note_place(folder, dentry, 0);
	return 0;
}

SEC("?lsm/path_rename")
int BPF_PROG(detect_replaced_rename_place, const struct path *from, struct dentry *old,
	     const struct path *to, struct dentry *dentry)
{
	note_place(from, old, 0);
	note_place(to, dentry, 1);
	return 0;
}

SEC("?lsm/inode_unlink")
int BPF_PROG(detect_replaced_unlink, struct inode *folder, struct dentry *dentry, int ret)
{
	struct inode *inode = dentry->d_inode;

	if (!ret && is_executed(inode) && inode->i_nlink == 1)
		detect_replaced(LP_REPLACED_DELETED, dentry);
	return ret;
}

SEC("?lsm/inode_rename")
int BPF_PROG(detect_replaced_rename, struct inode *from, struct dentry *old, struct inode *to,
	     struct dentry *dentry)
{
	/* Two names of one file: nothing happens. */
	if (old->d_inode == dentry->d_inode)
		return 0;
	if (is_executed(dentry->d_inode))
		detect_replaced(LP_REPLACED_REPLACED, dentry);
	if (is_executed(old->d_inode))
		detect_replaced(LP_REPLACED_MOVED, old);
	return 0;
}

#endif

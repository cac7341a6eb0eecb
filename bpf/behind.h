/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * Calls behind the hooks' backs: ioctl(2)s of single filesystems that make a file another one, or move
 * bytes from file to file, while nobody is asked about a read or a write.
 */
#ifndef LINPROV_BEHIND_H
#define LINPROV_BEHIND_H

#include "volume.h"

/* Type and number; the size of the argument, which stands above them, differs between architectures. */
#define IOCTL(type, number) ((__u32)(type) << 8 | (number))

static __noinline int guard_ioctl(struct inode *inode, __u32 cmd)
{
	if (!inode)
		return 0;
	switch (cmd & 0xffff) {
	/* FS_IOC_SETVERSION of ext2, and of ext4 without checksums of its metadata: by
	 * another generation it would be another file, whose mark nobody knows. */
	case IOCTL('v', 2):
	case IOCTL('f', 4): /* EXT4_IOC_SETVERSION_OLD */
	case IOCTL(0xf5, 9): /* F2FS_IOC_MOVE_RANGE: what is in it is in another file then */
		if (!find_mark(inode))
			return 0;
		break;
	/* XFS exchanges what is in two files, which are named in memory that may change
	 * after a look: not for ordinary users. xfs_fsr reads the file itself. */
	case IOCTL('X', 109): /* XFS_IOC_SWAPEXT */
	case IOCTL('X', 129): /* XFS_IOC_EXCHANGE_RANGE, since Linux 6.10 */
	case IOCTL('X', 131): /* XFS_IOC_COMMIT_RANGE, since Linux 6.12 */
		if (!(__u32)bpf_get_current_uid_gid() || !enforces(get_config()))
			return 0;
		break;
	default:
		return 0;
	}
	count(LP_COUNT_GUARDED);
	return -EPERM;
}

static __always_inline int on_ioctl(struct file *file, __u32 cmd, unsigned long arg)
{
	struct inode *inode = file->f_inode;

	switch (inode->i_mode & S_IFMT) {
	case S_IFREG:
		return guard_ioctl(inode, cmd);
	case S_IFBLK:
		return (cmd >> 8) == LOOP_IOCTLS ? loop_ioctl(inode, cmd, arg) : 0;
	}
	return 0;
}

#endif

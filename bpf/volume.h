/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * Volumes whose files somebody else may have written without this kernel
 * seeing it: network filesystems, FUSE, removable media, mounts of a user
 * namespace, and loop devices over a marked image. A file on them is marked
 * when it is opened, in memory only: zone `foreign`, or the image's own origin.
 */
#ifndef LINPROV_VOLUME_H
#define LINPROV_VOLUME_H

#include "mark.h"

/* The kinds of a filesystem with this magic: include/uapi/linux/magic.h, and
 * fs/9p, fs/ceph, fs/smb of 6.1. virtiofs and fuseblk are FUSE. */
static __always_inline __u32 volume_by_magic(__u64 magic)
{
	switch (magic) {
	case 0x65735546: /* FUSE */
		return LP_VOLUME_FUSE;
	case 0x6969: /* NFS */
	case 0xff534d42: /* CIFS */
	case 0xfe534d42: /* SMB 2 and later */
	case 0x517b: /* SMB 1 */
	case 0x01021997: /* 9p */
	case 0x00c36400: /* Ceph */
	case 0x5346414f: /* AFS */
	case 0x6b414653: /* kAFS */
	case 0x73757245: /* Coda */
		return LP_VOLUME_NETWORK;
	}
	return 0;
}

/* The device number of a disk, partitions included. */
static __always_inline __u32 disk_number(__u32 major, __u32 minor)
{
	return major << 20 | minor;
}

/* What the volume of an inode is to be taken for: one bit of lp_volume, 0 for a
 * volume of this machine. `image` gets the origin of an image. */
__noinline __u32 volume_at(__u64 at, __u32 *image)
{
	struct inode *inode = (struct inode *)at;
	struct lp_config *c = get_config();
	struct super_block *sb = BPF_CORE_READ(inode, i_sb);
	struct gendisk *disk = BPF_CORE_READ(sb, s_bdev, bd_disk);
	__u32 kind, dev, *found;

	if (!c || !image)
		return 0;
	kind = volume_by_magic(BPF_CORE_READ(sb, s_magic)) & c->volumes;
	if (kind)
		return kind;
	if ((c->volumes & LP_VOLUME_USERNS) && BPF_CORE_READ(sb, s_user_ns, level))
		return LP_VOLUME_USERNS;
	if (!disk)
		return 0;
	if ((c->volumes & LP_VOLUME_REMOVABLE) && (BPF_CORE_READ(disk, flags) & GENHD_FL_REMOVABLE))
		return LP_VOLUME_REMOVABLE;
	dev = disk_number(BPF_CORE_READ(disk, major), BPF_CORE_READ(disk, first_minor));
	found = bpf_map_lookup_elem(&images, &dev);
	if (!found)
		return 0;
	*image = *found;
	return LP_VOLUME_IMAGE;
}

/* A superblock's address, as a number. The verifier lets nothing be done with a pointer
 * but to subtract another. */
static __always_inline __u64 plain_distance(struct super_block *sb)
{
	return (__u64)sb - (__u64)plain;
}

/* Where it stands. It has more than 1 KiB in 6.1 to 7.3, so one is 2 KiB at least from
 * the next. */
static __always_inline volatile __u64 *plain_slot(__u64 distance)
{
	return &plain[(distance >> 11) & (PLAIN_SLOTS - 1)];
}

/* Is this one of the machine's own volumes, as far as it has been looked at? */
static __always_inline bool is_plain(struct super_block *sb)
{
	__u64 distance = plain_distance(sb);

	return (*plain_slot(distance) ^ distance) == plain_generation;
}

/* A new superblock may lie where an old one was. */
static __always_inline void forget_plain(struct super_block *sb)
{
	*plain_slot(plain_distance(sb)) = 0;
}

/* The origin of all files on volumes of one kind. */
static __noinline __u32 volume_origin(__u32 kind)
{
	struct scratch *s = get_scratch();
	struct lp_origin *o;

	if (!s)
		return 0;
	o = &s->event.origin;
	__builtin_memset(o, 0, sizeof(*o));
	o->uid = UNKNOWN_UID;
	o->zone = LP_ZONE_FOREIGN;
	o->flags = kind;
	o->remote = kind; /* no address: it tells the kinds apart */
	o->time = now_seconds();
	return intern();
}

/* A file is opened on a volume that isn't known to be plain. Fails only while
 * enforcing, when the mark of a foreign file could not be kept. */
static __noinline int enter_volume(struct inode *inode)
{
	struct lp_config *c = get_config();
	struct lp_mark m = { .writer_uid = UNKNOWN_UID };
	__u64 generation = plain_generation;
	__u64 distance;
	__u32 image = 0, kind;

	if (!inode)
		return 0;
	kind = volume_at(address(inode), &image);
	if (!kind) {
		distance = plain_distance(inode->i_sb);
		*plain_slot(distance) = distance ^ generation;
		return 0;
	}
	if (filter_has(inode->i_ino) && find_mark_slow(inode))
		return 0;
	m.origin = kind == LP_VOLUME_IMAGE ? image : volume_origin(kind);
	m.time = now_seconds();
	m.flags = LP_MARK_VOLUME;
	filter_add(inode->i_ino);
	if (bpf_inode_storage_get(&marks, inode, &m, BPF_LOCAL_STORAGE_GET_F_CREATE))
		return 0;
	count(LP_COUNT_STORAGE_FAILED);
	return enforces(c) ? -EPERM : 0;
}

/* A loop device gets a file, or loses it: what is mounted from it has the
 * file's origin. `number` is the descriptor of the file. */
static __noinline int set_image(struct inode *device, __u32 number)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file **fds = BPF_CORE_READ(task, files, fdt, fd);
	__u32 max = BPF_CORE_READ(task, files, fdt, max_fds);
	__u32 dev, origin;
	struct lp_file_id id = {};
	struct file *file = NULL;
	struct lp_mark *m;

	if (!device)
		return 0;
	dev = device->i_rdev;
	if (number >= max || bpf_probe_read_kernel(&file, sizeof(file), fds + number) || !file)
		return 0;
	identify((__u64)BPF_CORE_READ(file, f_inode), &id);
	m = bpf_map_lookup_elem(&known, &id);
	if (!m || (m->flags & LP_MARK_TOMBSTONE)) {
		bpf_map_delete_elem(&images, &dev);
		return 0;
	}
	origin = m->origin;
	__sync_fetch_and_add(&plain_generation, PLAIN_GENERATION);
	if (bpf_map_update_elem(&images, &dev, &origin, BPF_ANY))
		count(LP_COUNT_IMAGES_FULL);
	return 0;
}

#define LOOP_IOCTLS 0x4C /* the second byte of their numbers */

/* ioctl(2) on a loop device: include/uapi/linux/loop.h. */
static __always_inline int loop_ioctl(struct inode *device, __u32 cmd, unsigned long arg)
{
	__u32 number;

	switch (cmd) {
	case 0x4C00: /* LOOP_SET_FD */
	case 0x4C06: /* LOOP_CHANGE_FD */
		return set_image(device, arg);
	case 0x4C0A: /* LOOP_CONFIGURE, whose structure starts with the descriptor */
		if (!bpf_probe_read_user(&number, sizeof(number), (void *)arg))
			return set_image(device, number);
	}
	return 0;
}

#endif

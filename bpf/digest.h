/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * What is in a file, so that a rule may name it: its SHA-256. Working it out
 * sleeps, and what decides must not. So a sleepable program on the same hook,
 * which runs first, leaves it in the storage of the thread, with a stamp that
 * tells the file and its bytes; what decides takes it when the stamp still
 * holds. Without a digest no sha256 condition holds.
 */
#ifndef LINPROV_DIGEST_H
#define LINPROV_DIGEST_H

#include "overlay.h"

/* Larger files have no digest: whoever starts one would wait. */
#define DIGEST_MAX (512ull << 20)
#define DIGEST_MAX_SCRIPT (64ull << 20) /* an interpreter's data is hashed too */

#define HASH_ALGO_SHA256 4 /* include/uapi/linux/hash_info.h */

/* The counter for files whose inode number has these low bits. */
static __always_inline __u32 *write_opens_of(__u64 ino)
{
	return &write_opens[ino & (WRITE_OPENS - 1)];
}

/* A file is opened for writing, or cut. */
static __always_inline void note_write_open(struct inode *inode)
{
	__u64 ino = inode->i_ino;

	if (filter_has(ino) || *(volatile __u32 *)&digests_of_all)
		__sync_fetch_and_add(write_opens_of(ino), 1);
}

/*
 * Tells a file and its bytes: as long as the stamp stays the same, so do they.
 * Who writes has the file open for it: now, which is no stamp, or later, which
 * is counted, as is a truncate(2). Times tell less: linprov's own attribute
 * changes one, and anybody may set the other. A file without a name may be a
 * memfd, whose writers nobody counts. Bytes of network filesystems, FUSE and
 * mounts of a user namespace may change without this kernel. Returns 0 when
 * there is a stamp.
 */
__noinline int take_stamp(__u64 at, struct stamp *out)
{
	struct inode *inode = (struct inode *)at;
	struct super_block *sb = BPF_CORE_READ(inode, i_sb);

	if (!out || !BPF_CORE_READ(inode, i_nlink) || volume_by_magic(BPF_CORE_READ(sb, s_magic)) ||
	    BPF_CORE_READ(sb, s_user_ns, level))
		return 1;
	out->inode = at;
	out->ino = BPF_CORE_READ(inode, i_ino);
	out->gen = BPF_CORE_READ(inode, i_generation);
	out->dev = BPF_CORE_READ(sb, s_dev);
	/* Before i_writecount, which who opens the file has raised by then. */
	out->opens = __sync_fetch_and_add(write_opens_of(out->ino), 0);
	if (BPF_CORE_READ(inode, i_writecount.counter) > 0)
		return 1;
	out->size = BPF_CORE_READ(inode, i_size);
	return 0;
}

static __always_inline bool same_stamp(struct stamp *a, struct stamp *b)
{
	return a->inode == b->inode && a->ino == b->ino && a->size == b->size &&
	       a->gen == b->gen && a->dev == b->dev && a->opens == b->opens;
}

/* What this thread knows of the bytes that a stamp stands for. */
static __always_inline struct digest *recall(struct stamp *stamp)
{
	struct digests *d = bpf_task_storage_get(&digests, bpf_get_current_task_btf(), 0, 0);

	if (!d)
		return NULL;
	for (int i = 0; i < DIGESTS; i++) {
		if (d->last[i].hash && same_stamp(&d->last[i].stamp, stamp))
			return &d->last[i];
	}
	return NULL;
}

/* The digest of a file as this thread has it, into s->digest and the event; of
 * no file (0) there is none. */
__noinline int find_digest(struct scratch *s, __u64 inode)
{
	struct lp_config *c = get_config();
	struct digest *found = NULL;
	struct stamp now = {};

	if (!s)
		return 0;
	s->digest = 0;
	__builtin_memset(s->event.digest, 0, sizeof(s->event.digest));
	if (!c || !c->digests || !inode)
		return 0;
	if (!take_stamp(inode, &now))
		found = recall(&now);
	if (found) {
		s->digest = found->hash;
		s->stamp = now;
		__builtin_memcpy(s->event.digest, found->bytes, 32);
	} else if (c->digests == LP_DIGESTS_RULES) {
		count(LP_COUNT_NO_DIGEST);
	}
	return 0;
}

/* Notes with an approval of what bytes it was, after decide(). */
static __always_inline void stamp_approval(struct scratch *s, struct process *p)
{
	if (s->digest)
		p->approved_stamp = s->stamp;
	else
		p->approved_stamp.inode = 0;
}

/* Whether the bytes are those of the approval, if it was for bytes. */
static __always_inline bool approves_bytes(struct process *p, __u64 inode)
{
	struct stamp now = {};

	return !p->approved_stamp.inode ||
	       (!take_stamp(inode, &now) && same_stamp(&p->approved_stamp, &now));
}

/* Makes room for what a thread keeps, where nothing sleeps: what sleeps would wait for
 * memory, and before 6.2 no program on that CPU finds its storage meanwhile. */
static __always_inline void make_room_for_digests(void)
{
	get_scratch();
	bpf_task_storage_get(&digests, bpf_get_current_task_btf(), 0,
			     BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/* Keeps the digest for what decides. */
__noinline int keep_digest(struct stamp *stamp, const struct bytes32 *bytes)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct scratch *s = bpf_task_storage_get(&scratches, task, 0, 0);
	struct digests *d = bpf_task_storage_get(&digests, task, 0, 0);
	struct digest *to;

	if (!s || !d || !stamp || !bytes)
		return 0;
	__builtin_memcpy(s->name, bytes, 32);
	s->name[4] = 0;
	s->name_len = 32;
	to = &d->last[d->next++ & (DIGESTS - 1)];
	to->hash = 0;
	to->stamp = *stamp;
	__builtin_memcpy(to->bytes, bytes, 32);
	to->hash = hash_name(s, LP_HASH_DIGEST);
	return 0;
}

/* Works out the digest of a marked file of up to `max` bytes, unless it `may_recall`
 * one. Sleeps. */
static __always_inline void digest_file(struct file *file, __u64 max, bool may_recall)
{
	struct inode *inode = file->f_inode;
	struct bytes32 bytes = {};
	struct stamp stamp = {};
	__u32 key = 0;
	__u64 *sleeping = bpf_map_lookup_elem(&sleepers, &key);
	long algorithm;

	if (!sleeping || take_stamp(address(inode), &stamp) || stamp.size > max)
		return;
	if (may_recall && recall(&stamp))
		return;
	__sync_fetch_and_add(sleeping, 1);
	algorithm = bpf_ima_file_hash(file, &bytes, sizeof(bytes));
	__sync_fetch_and_sub(sleeping, 1);
	if (algorithm == HASH_ALGO_SHA256)
		keep_digest(&stamp, &bytes);
}

/* Whether digests are wanted of this file. */
static __always_inline bool wants_digest(struct inode *inode)
{
	struct lp_config *c = get_config();

	return c && c->digests && (inode->i_mode & S_IFMT) == S_IFREG && find_mark(inode);
}

/* The same of a file that is executed: a detector may tell it. */
static __always_inline bool wants_digest_of_program(struct inode *inode)
{
	return wants_digest(inode) ||
	       (digests_of_all && (inode->i_mode & S_IFMT) == S_IFREG);
}

#endif

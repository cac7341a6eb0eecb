/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* Marks on inodes: look up, set at a write, take away at a clean rewrite. */
#ifndef LINPROV_MARK_H
#define LINPROV_MARK_H

#include "source.h"

/* Filesystems whose files are not files: include/uapi/linux/magic.h. By
 * superblock, never by path; tmpfs, hugetlbfs and FUSE do carry marks. */
__noinline int carries_marks(__u64 magic)
{
	switch (magic) {
	case 0x9fa0: /* proc */
	case 0x62656572: /* sysfs */
	case 0x27e0eb: /* cgroup */
	case 0x63677270: /* cgroup2 */
	case 0x64626720: /* debugfs */
	case 0x74726163: /* tracefs */
	case 0xcafe4a11: /* bpf */
	case 0x73636673: /* securityfs */
	case 0xf97cff8c: /* selinuxfs */
	case 0x43415d53: /* smackfs */
	case 0x5a3c69f0: /* apparmorfs */
	case 0x62656570: /* configfs */
	case 0x6165676c: /* pstore */
	case 0xde5e81e4: /* efivarfs */
	case 0x42494e4d: /* binfmt_misc */
	case 0x1cd1: /* devpts */
	case 0x65735543: /* fusectl */
	case 0x6e736673: /* nsfs */
	case 0x50494446: /* pidfs */
	case 0x09041934: /* anonymous inodes */
	case 0x19800202: /* mqueue */
	case 0x67596969: /* rpc_pipefs */
		return false;
	}
	return true;
}

/* By the inode number alone: the owner of an ext2 file may change its
 * generation (chattr -v). */
static __always_inline bool filter_has(__u64 ino)
{
	return ((volatile __u8 *)filter)[ino & (FILTER_SLOTS - 1)];
}

static __always_inline void filter_add(__u64 ino)
{
	((volatile __u8 *)filter)[ino & (FILTER_SLOTS - 1)] = 1;
}

__noinline int identify(__u64 at, struct lp_file_id *id)
{
	struct inode *inode = (struct inode *)at;
	struct super_block *sb = BPF_CORE_READ(inode, i_sb);
	uuid_t uuid = BPF_CORE_READ(sb, s_uuid);
	__u64 words[2];

	if (!id)
		return 0;
	__builtin_memcpy(words, &uuid, 16);
	id->dev = 0;
	if (!words[0] && !words[1])
		id->dev = BPF_CORE_READ(sb, s_dev);
	__builtin_memcpy(id->fs, words, 16);
	id->ino = BPF_CORE_READ(inode, i_ino);
	id->gen = BPF_CORE_READ(inode, i_generation);
	return 0;
}

/* Behind the filter: inode storage, then the table by identity, which refills
 * the storage of an inode that had been evicted. */
static __noinline struct lp_mark *find_mark_slow(struct inode *inode)
{
	struct lp_file_id id = {};
	struct lp_mark *m, *stored;

	if (!inode)
		return NULL;
	m = bpf_inode_storage_get(&marks, inode, 0, 0);
	if (m)
		return (m->flags & LP_MARK_TOMBSTONE) ? NULL : m;
	identify(address(inode), &id);
	m = bpf_map_lookup_elem(&known, &id);
	if (!m)
		return bpf_map_lookup_elem(&below, &id);
	if (m->flags & LP_MARK_TOMBSTONE)
		return NULL;
	stored = bpf_inode_storage_get(&marks, inode, m, BPF_LOCAL_STORAGE_GET_F_CREATE);
	return stored ? stored : m;
}

/* The mark of a regular file, or NULL: a few instructions for the unmarked. */
static __always_inline struct lp_mark *find_mark(struct inode *inode)
{
	if (!filter_has(inode->i_ino))
		return NULL;
	return find_mark_slow(inode);
}

/* Remembers every folder of the path just resolved, for recursive rules. */
static int learn_folder(__u32 i, void *ctx)
{
	struct scratch *s = *(struct scratch **)ctx;
	__u64 folder = s->ancestor[slot(i + 1)];
	__u64 parent = s->ancestor[slot(i)];

	if (!bpf_map_lookup_elem(&folders, &folder) &&
	    bpf_map_update_elem(&folders, &folder, &parent, BPF_ANY))
		count(LP_COUNT_FOLDERS_FULL);
	return 0;
}

/* Completes an event whose mark and file are set, after resolve(). */
static __always_inline void fill_event(struct scratch *s)
{
	__u32 number = s->event.mark.origin;
	struct lp_origin *o = bpf_map_lookup_elem(&origins, &number);

	if (o)
		s->event.origin = *o;
	else
		__builtin_memset(&s->event.origin, 0, sizeof(s->event.origin));
	s->event.rule = 0;
	s->event.kind = s->event.verdict = s->event.mode = 0;
	s->event.target_file = s->event.target_folder = s->event.folder = 0;
	s->event.flags = 0;
	__builtin_memset(&s->event.from, 0, sizeof(s->event.from));
	if (s->path_flags & PATH_FOREIGN)
		s->event.flags |= LP_EVENT_OTHER_NS;
	if (s->path_flags & PATH_DELETED)
		s->event.flags |= LP_EVENT_DELETED;
	if (s->path_flags & PATH_TRUNCATED)
		s->event.flags |= LP_EVENT_TRUNCATED;
}

/* The same for an event that is about no marked file. */
static __always_inline void fill_plain_event(struct scratch *s)
{
	__builtin_memset(&s->event.mark, 0, sizeof(s->event.mark));
	__builtin_memset(&s->event.file, 0, sizeof(s->event.file));
	fill_event(s);
}

/* Stores mark `m` in both places; fails only when neither took it. */
static __noinline int store_mark(struct inode *inode, struct lp_file_id *id, struct lp_mark *m)
{
	struct lp_mark *stored;
	int full;

	if (!inode)
		return 0;
	filter_add(id->ino);
	full = bpf_map_update_elem(&known, id, m, BPF_ANY) != 0;
	if (full)
		count(LP_COUNT_KNOWN_FULL);
	stored = bpf_inode_storage_get(&marks, inode, m, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (stored) {
		*stored = *m;
	} else {
		count(LP_COUNT_STORAGE_FAILED);
		if (full) {
			count(LP_COUNT_MARK_LOST);
			return -ENOMEM;
		}
	}
	return 0;
}

/*
 * A clean process writes to a marked file. When the file is empty and nobody
 * else holds it open for writing, everything in it is local from here on.
 */
static __noinline int write_local(struct file *file, struct inode *inode)
{
	struct lp_file_id id = {};
	struct lp_mark m, *old;
	struct scratch *s;

	if (!file || !inode || BPF_CORE_READ(inode, i_size) ||
	    BPF_CORE_READ(inode, i_writecount.counter) != 1)
		return 0;
	old = find_mark_slow(inode);
	if (!old || (old->flags & LP_MARK_VOLUME))
		return 0;
	identify(address(inode), &id);
	m = *old;
	m.flags = LP_MARK_DIRTY | LP_MARK_TOMBSTONE;
	bpf_map_update_elem(&known, &id, &m, BPF_ANY);
	bpf_inode_storage_delete(&marks, inode);
	count(LP_COUNT_LOCAL);
	s = get_scratch();
	if (s) {
		resolve_file(s, file);
		s->event.mark = m;
		s->event.file = id;
		fill_event(s);
		emit(s, LP_EVENT_LOCAL);
	}
	return 0;
}

#define EXT_SUPER_MAGIC 0xef53
#define XFS_SUPER_MAGIC 0x58465342
#define F2FS_SUPER_MAGIC 0xf2f52010
#define TMPFS_MAGIC 0x01021994

/*
 * Whether the file of an inode that goes doesn't exist any more, and no other has its identity: a
 * snapshot of btrfs or bcachefs may, and network filesystems and FUSE say what they like. A file of
 * tmpfs is nothing but its inode.
 */
static __always_inline bool is_gone(struct inode *inode)
{
	switch (inode->i_sb->s_magic) {
	case TMPFS_MAGIC:
		return true;
	case EXT_SUPER_MAGIC:
	case XFS_SUPER_MAGIC:
	case F2FS_SUPER_MAGIC:
		return !inode->i_nlink;
	}
	return false;
}

/* The file of an inode is gone: its mark ends, or the tables would fill up with such. */
static __noinline int forget(struct inode *inode)
{
	struct scratch *s = get_scratch();
	struct lp_file_id id = {};
	struct lp_mark *m;

	/* Nobody could be told: it stays. */
	if (!inode || !s)
		return 0;
	identify(address(inode), &id);
	m = bpf_map_lookup_elem(&known, &id);
	if (!m || (m->flags & LP_MARK_TOMBSTONE))
		return 0;
	if (m->flags & LP_MARK_VOLUME) { /* the store has none */
		bpf_map_delete_elem(&known, &id);
		return 0;
	}
	/* In place, since there may be no memory for another. */
	m->flags = LP_MARK_DIRTY | LP_MARK_TOMBSTONE;
	s->event.mark = *m;
	s->event.file = id;
	s->event.text_len = 0;
	s->path_flags = PATH_DELETED;
	fill_event(s);
	emit(s, LP_EVENT_GONE);
	return 0;
}

/* Writes of one program to a file that the same program, as the same creator,
 * has written before: a log, a browser's cache. Only the remote may differ, and
 * no rule asks for that: no new origin is made of each address. */
static __always_inline bool same_creator(struct process *p, struct lp_mark *old)
{
	__u32 number = old->origin;
	struct lp_origin *o = bpf_map_lookup_elem(&origins, &number);
	__u64 a[2], b[2];

	if (!o || (p->flags & PROCESS_TAINT) || !(p->flags & PROCESS_SOURCE) || !p->exe_known)
		return false;
	__builtin_memcpy(a, o->comm, 16);
	__builtin_memcpy(b, &p->source_comm, 16);
	return a[0] == b[0] && a[1] == b[1] && o->uid == p->source_uid &&
	       o->zone == p->source_zone && o->creator_exe == p->exe && old->writer_exe == p->exe;
}

__noinline int is_trusted(struct lp_mark *mark); /* decide.h */

/*
 * Whether marked code has the current process write as root. Rules over a writer
 * trust package managers to verify what they write, which they do for whoever
 * calls them: so they hold only for calls that the network has no part in. A
 * marked program itself is a writer as its rule says.
 */
__noinline int is_called_by_marked(__u32 uid)
{
	struct mm_struct *mm = bpf_get_current_task_btf()->mm;
	struct lp_mark *own;

	if (uid || !mm || !mm->exe_file || !has_state(current_tgid(), PID_RUNS_MARKED))
		return false;
	own = find_mark(mm->exe_file->f_inode);
	return !own || is_trusted(own);
}

/* What merge_mark() made of a mark. */
#define MERGED_NOTHING 0 /* it says what the mark of before says */
#define MERGED_AGAIN 1
#define MERGED_FIRST 2 /* there was none */

/*
 * Adds what mark `old` says, if there is one, to what is known of this write. Global
 * functions, like this one, are looked at once by the verifier, not once for each way
 * that leads to them.
 */
__noinline int merge_mark(struct lp_mark *m, const struct lp_mark *old)
{
	struct lp_mark merged;

	if (!m)
		return MERGED_NOTHING;
	/* What is known of its writer says more than the volume. */
	if (!old || (old->flags & LP_MARK_VOLUME))
		return MERGED_FIRST;
	merged = *old;
	merged.flags = m->flags;
	merged.time = m->time;
	if (merged.origin != m->origin)
		merged.origin = merge_origins(merged.origin, m->origin);
	/* Two writers: no rule that was made for one of them holds. */
	if (merged.writer_exe != m->writer_exe)
		merged.writer_exe = 0;
	if (merged.writer_uid != m->writer_uid)
		merged.writer_uid = UNKNOWN_UID;
	if (old->origin == merged.origin && old->writer_exe == merged.writer_exe &&
	    old->writer_uid == merged.writer_uid)
		return MERGED_NOTHING;
	*m = merged;
	return MERGED_AGAIN;
}

/* What is known of this write: `d` went in, and `called` hides the writer. */
static __always_inline void fill_mark(struct lp_mark *m, struct dirt *d, bool called, __u32 uid)
{
	m->origin = d->origin;
	m->flags = LP_MARK_DIRTY | (d->derived ? LP_MARK_DERIVED : 0);
	m->time = now_seconds();
	m->writer_exe = called ? 0 : d->writer;
	m->writer_uid = called ? UNKNOWN_UID : uid;
}

/* Works out where `file` is; where it was *first* written stays. */
static __always_inline void fill_landing(struct scratch *s, struct file *file, struct lp_mark *m,
					 int merged)
{
	if (!s)
		return;
	resolve_file(s, file);
	if (merged == MERGED_FIRST && !(s->path_flags & PATH_NOT_LANDING)) {
		m->landing_folder = s->folder;
		m->landing_name = s->base;
		bpf_loop(s->ancestors - 1, learn_folder, &s, 0);
	}
}

/* Counts and tells a mark that was stored, after fill_landing(). */
static __always_inline void tell_mark(struct scratch *s, struct lp_file_id *id, struct lp_mark *m,
				      struct dirt *d, bool called)
{
	count(LP_COUNT_MARKS);
	if (called)
		count(LP_COUNT_WRITERS_UNKNOWN);
	if (s) {
		s->event.mark = *m;
		s->event.file = *id;
		fill_event(s);
		s->event.from = d->from;
		s->event.folder = s->folder;
		emit(s, LP_EVENT_MARK);
	}
}

/* A process that may hold state opens `file` for writing, or writes to it.
 * Fails only when a mark could not be kept while enforcing. */
static __noinline int mark_file(struct file *file, struct inode *inode, bool writing)
{
	__u32 uid = bpf_get_current_uid_gid();
	struct lp_config *c = get_config();
	struct lp_file_id id = {};
	struct lp_mark m = {}, *old;
	struct process *p;
	struct scratch *s;
	struct dirt d = {};
	int called, merged;

	if (!file || !inode || !c || is_exempt(current_tgid()))
		return 0;
	p = find_process();
	old = find_mark(inode);
	called = is_called_by_marked(uid);
	if (p && old && !called && same_creator(p, old) && old->writer_uid == uid)
		return 0;
	dirt_of(p, &d);
	if (!d.dirty)
		return writing && old ? write_local(file, inode) : 0;
	if (!carries_marks(BPF_CORE_READ(inode, i_sb, s_magic)))
		return 0;
	fill_mark(&m, &d, called, uid);
	merged = merge_mark(&m, old);
	if (merged == MERGED_NOTHING)
		return 0;
	identify(address(inode), &id);
	s = get_scratch();
	fill_landing(s, file, &m, merged);
	if (store_mark(inode, &id, &m) && enforces(c))
		return -EPERM;
	tell_mark(s, &id, &m, &d, called);
	return 0;
}

#endif

/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * What all detectors have in common: who they are silent about, how often they
 * speak, and what they say of the process: its executable, its ancestors, and
 * where that executable came from. Nothing is ever refused.
 */
#ifndef LINPROV_DETECT_TELL_H
#define LINPROV_DETECT_TELL_H

#include "maps.h"

#define PATH_PIECE 1024 /* bytes of a path that are told */
#define ANCESTOR_PIECE 256 /* of an ancestor's */
#define PIECE 2048 /* of anything */
#define BPF_RB_AVAIL_DATA 0 /* include/uapi/linux/bpf.h */
#define BPF_RB_RING_SIZE 1

/* An index into an array of LP_DETECTORS, as the verifier wants to see it. */
static __always_inline __u32 place_of(__u32 number)
{
	barrier_var(number);
	return number & (LP_DETECTORS - 1);
}

/* Whether the current process runs one of the executables that are excepted. */
__noinline int runs_silent(__u32 number)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct lp_detector *detector = bpf_map_lookup_elem(&detectors, &number);
	struct file *exe = BPF_CORE_READ(task, mm, exe_file);
	__u64 id = BPF_CORE_READ(task, self_exec_id), at = (__u64)exe;
	struct lp_detector_program key = { .detector = number };
	struct judged *j;
	struct scratch *s;
	int silent;

	if (!detector || !detector->programs || !exe || number >= LP_DETECTORS)
		return false;
	j = bpf_task_storage_get(&judgements, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (j && (j->exe != at || j->exec_id != id)) {
		__builtin_memset(j, 0, sizeof(*j));
		j->exe = at;
		j->exec_id = id;
	}
	if (j && j->generation[place_of(number)] == detector->generation)
		return (j->silent >> number) & 1;
	s = get_scratch();
	if (!s)
		return false;
	resolve_file(s, exe);
	key.exe = s->file;
	silent = !(s->path_flags & PATH_NOT_HOST) &&
		 bpf_map_lookup_elem(&detector_programs, &key) != NULL;
	if (j) {
		j->silent &= ~(1u << number);
		j->silent |= (__u32)silent << number;
		j->generation[place_of(number)] = detector->generation;
	}
	return silent;
}

/* The fast answer: is this detector on, and the act not linprov's own? */
static __always_inline struct lp_detector *detector_of(__u32 number)
{
	struct lp_detector *detector = bpf_map_lookup_elem(&detectors, &number);

	if (!detector || !(detector->flags & LP_DETECTOR_ON) || is_daemon(current_tgid()))
		return NULL;
	return detector;
}

/* Whether one more can be told. What detectors say must not take the room that
 * marks and verdicts need, so it ends where the ring is half full. */
__noinline int may_tell(__u32 number)
{
	struct lp_detector *detector = bpf_map_lookup_elem(&detectors, &number);
	struct lp_detector_counts *n = bpf_map_lookup_elem(&detector_counts, &number);

	if (!detector || !n)
		return false;
	if (within_rate(&n->second, &n->in_second, detector->per_second) &&
	    bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA) <
		    bpf_ringbuf_query(&events, BPF_RB_RING_SIZE) / 2) {
		__sync_fetch_and_add(&n->detected, 1);
		return true;
	}
	__sync_fetch_and_add(&n->dropped, 1);
	count(LP_COUNT_DETECTIONS_LOST);
	return false;
}

/* Appends the path that was resolved last, at most `max` bytes of it; returns
 * how many. */
__noinline __u32 append_path(struct detection *d, struct scratch *s, __u32 max)
{
	__u32 len, at;

	if (!d || !s)
		return 0;
	len = s->event.text_len;
	at = d->len;
	if (len > max) {
		len = max;
		d->head.flags |= LP_DETECTED_PATH_CUT;
	}
	if (s->path_flags & (PATH_TRUNCATED | PATH_DEEP))
		d->head.flags |= LP_DETECTED_PATH_CUT;
	barrier_var(len);
	barrier_var(at);
	if (len > PIECE || at > DETECTION_ROOM - PIECE)
		return 0;
	bpf_probe_read_kernel(&d->data[at], len, s->text);
	d->len = at + len;
	return len;
}

/* Appends bytes of the current process's memory; returns how many. */
__noinline __u32 append_memory(struct detection *d, __u64 from, __u32 len)
{
	__u32 at;

	if (!d)
		return 0;
	at = d->len;
	barrier_var(len);
	barrier_var(at);
	if (len > PIECE || at > DETECTION_ROOM - PIECE)
		return 0;
	if (bpf_probe_read_user(&d->data[at], len, (void *)from))
		return 0;
	d->len = at + len;
	return len;
}

/* Notes who started whom, the parent first. */
__noinline int add_ancestors(struct detection *d, struct scratch *s)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 at;

	if (!d || !s)
		return 0;
	at = (__u64)BPF_CORE_READ(task, group_leader, real_parent);
	for (int i = 0; i < LP_MAX_ANCESTORS; i++) {
		struct task_struct *parent = (struct task_struct *)at;
		struct lp_ancestor *a = &d->head.ancestor[i];
		struct file *exe;

		a->pid = parent ? BPF_CORE_READ(parent, tgid) : 0;
		a->path_len = 0;
		if (!a->pid)
			break;
		bpf_probe_read_kernel(a->comm, sizeof(a->comm),
				      &BPF_CORE_READ(parent, group_leader)->comm);
		exe = BPF_CORE_READ(parent, mm, exe_file);
		if (exe) {
			resolve_file(s, exe);
			a->path_len = append_path(d, s, ANCESTOR_PIECE);
		}
		d->head.ancestors = i + 1;
		at = (__u64)BPF_CORE_READ(parent, group_leader, real_parent);
	}
	return 0;
}

/* What a detection begins with: the process and its executable. */
__noinline int describe(struct detection *d, struct scratch *s)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *exe = BPF_CORE_READ(task, mm, exe_file);

	if (!d || !s)
		return 0;
	__builtin_memset(&d->event, 0, sizeof(d->event));
	__builtin_memset(&d->head, 0, sizeof(d->head));
	d->len = 0;
	d->event.time = bpf_ktime_get_boot_ns();
	d->event.pid = bpf_get_current_pid_tgid() >> 32;
	d->event.uid = bpf_get_current_uid_gid();
	bpf_get_current_comm(d->event.comm, sizeof(d->event.comm));
	if (exe) {
		resolve_file(s, exe);
		d->head.exe_len = append_path(d, s, PATH_PIECE);
	}
	return 0;
}

/* The act `reason` of the current process is to be told: what is known of it up
 * to its executable. NULL: it isn't told. */
static __always_inline struct detection *detect(__u32 number, __u32 reason, struct scratch *s)
{
	struct detection *d;

	if (!s || runs_silent(number) || !may_tell(number))
		return NULL;
	d = bpf_task_storage_get(&detections, bpf_get_current_task_btf(), 0,
				 BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!d) {
		count(LP_COUNT_DETECTIONS_LOST);
		return NULL;
	}
	describe(d, s);
	d->event.kind = number;
	d->event.rule = reason;
	return d;
}

/* The file that it is about. */
static __always_inline void add_target(struct detection *d, struct scratch *s, __u64 mount,
				       __u64 dentry)
{
	if (!mount || !dentry)
		return;
	resolve(s, mount, dentry);
	d->head.target_len = append_path(d, s, PATH_PIECE);
}

/* The process that it is about, and what that one executes. */
static __always_inline void add_victim(struct detection *d, struct scratch *s, __u32 tgid,
				       struct file *exe)
{
	d->head.target_pid = tgid;
	if (!exe)
		return;
	resolve_file(s, exe);
	d->head.target_len = append_path(d, s, PATH_PIECE);
}

/* Where the marked bytes of a file came from. */
__noinline int add_mark(struct detection *d, const struct lp_mark *m, const struct lp_file_id *file)
{
	struct lp_origin *o;
	__u32 number;

	if (!d || !m || !file)
		return 0;
	d->event.file = *file;
	d->event.mark = *m;
	number = m->origin;
	o = bpf_map_lookup_elem(&origins, &number);
	if (o)
		d->event.origin = *o;
	return 0;
}

/* The same, if it is marked. Only programs of the LSM may ask an inode. */
static __always_inline void add_origin(struct detection *d, struct inode *inode)
{
	struct lp_mark *m = inode ? find_mark(inode) : NULL;
	struct lp_file_id file = {};

	if (!m)
		return;
	identify(address(inode), &file);
	add_mark(d, m, &file);
}

/* The executable of the current process. */
static __always_inline struct inode *own_inode(void)
{
	struct mm_struct *mm = bpf_get_current_task_btf()->mm;
	struct file *exe = mm ? mm->exe_file : NULL;

	return exe ? exe->f_inode : NULL;
}

__noinline int send_detection(struct detection *d)
{
	__u32 len;

	if (!d)
		return 0;
	len = d->len;
	barrier_var(len);
	if (len > DETECTION_ROOM)
		return 0;
	d->event.type = LP_EVENT_DETECTED;
	d->event.text_len = sizeof(d->head) + len;
	if (bpf_ringbuf_output(&events, d, sizeof(d->event) + sizeof(d->head) + len, 0))
		count(LP_COUNT_DETECTIONS_LOST);
	return 0;
}

#endif

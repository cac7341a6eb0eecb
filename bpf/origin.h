/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* Zones of addresses, and origins: interned, merged when bytes mix. */
#ifndef LINPROV_ORIGIN_H
#define LINPROV_ORIGIN_H

#include "path.h"

#define UNKNOWN_UID 0xffffffffu

/* Sends the scratch's event and its text. A full ring loses the line only. */
__noinline int emit(struct scratch *s, __u32 type)
{
	__u32 len;

	if (!s)
		return 0;
	len = s->event.text_len;
	if (len > TEXT_MAX)
		len = 0;
	s->event.text_len = len;
	s->event.type = type;
	s->event.time = bpf_ktime_get_boot_ns();
	s->event.pid = bpf_get_current_pid_tgid() >> 32;
	s->event.uid = bpf_get_current_uid_gid();
	s->event.zero = 0;
	bpf_get_current_comm(s->event.comm, sizeof(s->event.comm));
	barrier_var(len);
	if (len > TEXT_MAX)
		return 0;
	if (bpf_ringbuf_output(&events, &s->event, sizeof(s->event) + len, 0))
		count(LP_COUNT_EVENTS_LOST);
	return 0;
}

/* The zone of an address: a configured or built-in range, else the internet. */
__noinline __u32 zone_of(const struct text16 *addr)
{
	struct lp_cidr key = { .prefix = 128 };
	__u32 *zone;

	if (!addr)
		return LP_ZONE_UNKNOWN;
	__builtin_memcpy(key.addr, addr, 16);
	zone = bpf_map_lookup_elem(&zones, &key);
	return zone ? *zone : LP_ZONE_INTERNET;
}

static __always_inline void origin_key(struct lp_origin *o, struct origin_key *key)
{
	key->creator_exe = o->creator_exe;
	key->creator_comm = o->creator_comm;
	key->remote = o->remote;
	key->uid = o->uid;
	key->zone = o->zone;
}

/*
 * The number of the origin that the scratch's event holds, a new one when it is
 * the first of its kind. 0 is "unknown", which is stricter than any origin.
 */
__noinline __u32 intern(void)
{
	struct scratch *s = get_scratch();
	__u32 zero = 0, number, *found, *last;
	struct origin_key key = {};

	if (!s)
		return 0;
	origin_key(&s->event.origin, &key);
	found = bpf_map_lookup_elem(&origin_numbers, &key);
	if (found)
		return *found;
	last = bpf_map_lookup_elem(&last_origin, &zero);
	if (!last)
		return 0;
	if (*last >= MAX_ORIGINS)
		goto full;
	number = __sync_fetch_and_add(last, 1) + 1;
	if (number > MAX_ORIGINS ||
	    bpf_map_update_elem(&origins, &number, &s->event.origin, BPF_NOEXIST))
		goto full;
	if (bpf_map_update_elem(&origin_numbers, &key, &number, BPF_NOEXIST)) {
		bpf_map_delete_elem(&origins, &number);
		found = bpf_map_lookup_elem(&origin_numbers, &key);
		if (found)
			return *found;
		goto full;
	}
	__builtin_memset(&s->event.mark, 0, sizeof(s->event.mark));
	__builtin_memset(&s->event.file, 0, sizeof(s->event.file));
	s->event.mark.origin = number;
	s->event.kind = s->event.verdict = s->event.mode = 0;
	s->event.rule = 0;
	s->event.flags = 0;
	s->event.target_file = s->event.target_folder = s->event.folder = 0;
	s->event.text_len = 0;
	emit(s, LP_EVENT_ORIGIN);
	return number;
full:
	count(LP_COUNT_ORIGINS_FULL);
	return 0;
}

/*
 * The origin of bytes that two origins wrote into: the stricter zone, and of
 * the creator only what both agree on, so that neither can borrow a rule that
 * was written for the other.
 */
__noinline __u32 merge_origins(__u32 older, __u32 newer)
{
	struct lp_origin *a, *b, *o;
	struct scratch *s;

	if (older == newer)
		return newer;
	a = bpf_map_lookup_elem(&origins, &older);
	b = bpf_map_lookup_elem(&origins, &newer);
	s = get_scratch();
	if (!a || !b || !s)
		return 0;
	o = &s->event.origin;
	if (a->zone > b->zone)
		*o = *a;
	else
		*o = *b;
	if (a->creator_exe != b->creator_exe)
		o->creator_exe = 0;
	if (a->creator_comm != b->creator_comm) {
		o->creator_comm = 0;
		__builtin_memset(o->comm, 0, sizeof(o->comm));
	}
	if (a->uid != b->uid)
		o->uid = UNKNOWN_UID;
	s->event.text_len = 0;
	return intern();
}

static __always_inline __u32 zone_of_origin(__u32 number)
{
	struct lp_origin *o = bpf_map_lookup_elem(&origins, &number);

	return o ? o->zone : LP_ZONE_UNKNOWN;
}

/* Tells user space the path of a program, just resolved, the first time. */
static __always_inline void tell_name(struct scratch *s)
{
	__u64 hash = s->file, folder = s->folder;

	if (bpf_map_update_elem(&folders, &hash, &folder, BPF_NOEXIST))
		return;
	__builtin_memset(&s->event.mark, 0, sizeof(s->event.mark));
	__builtin_memset(&s->event.file, 0, sizeof(s->event.file));
	__builtin_memset(&s->event.origin, 0, sizeof(s->event.origin));
	s->event.kind = s->event.verdict = s->event.mode = 0;
	s->event.rule = 0;
	s->event.flags = 0;
	s->event.folder = 0;
	s->event.target_file = s->file;
	s->event.target_folder = s->folder;
	emit(s, LP_EVENT_NAME);
}

/* The hash of the running executable's path, worked out once for each exec. */
__noinline int own_exe(struct scratch *s, struct process *p)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file *exe;

	if (!s || !p || p->exe_known)
		return 0;
	p->exe = 0;
	exe = BPF_CORE_READ(task, mm, exe_file);
	if (exe) {
		resolve_file(s, exe);
		if (!(s->path_flags & PATH_NOT_HOST)) {
			p->exe = s->file;
			tell_name(s);
		}
	}
	p->exe_known = 1;
	return 0;
}

/*
 * The number of the source that process `p` is. Its creator is the executable
 * that runs now: exec ends a source, so it is the one that received.
 */
__noinline __u32 intern_source(struct scratch *s, struct process *p)
{
	struct lp_origin *o;
	__u32 seq, number;

	if (!s || !p)
		return 0;
	if (p->source_origin)
		return p->source_origin;
	seq = p->source_seq;
	o = &s->event.origin;
	__builtin_memset(o, 0, sizeof(*o));
	o->creator_exe = p->exe;
	o->creator_comm = hash_comm(s, &p->source_comm);
	o->remote = hash_remote(s, &p->source_addr);
	__builtin_memcpy(o->comm, &p->source_comm, 16);
	__builtin_memcpy(o->addr, &p->source_addr, 16);
	o->port = p->source_port;
	o->family = p->source_family;
	o->zone = p->source_zone;
	o->uid = p->source_uid;
	o->time = p->source_time;
	number = intern();
	/* Another thread may have received from elsewhere meanwhile. */
	if (p->source_seq == seq)
		p->source_origin = number;
	return number;
}

#endif

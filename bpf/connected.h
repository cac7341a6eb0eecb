/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * Processes that were connected before linprov was there: an iterator over all
 * open files, run once after the programs are attached, makes sources of them.
 */
#ifndef LINPROV_CONNECTED_H
#define LINPROV_CONNECTED_H

#include "inject.h"

/* What the kernel hands to an iterator over open files: include/linux/bpf.h of
 * 6.1, whose pointers are eight bytes wide. */
struct iter_task_file {
	void *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

/* Whether something has come from the peer of a socket that has one. */
static __always_inline bool has_received(struct sock *sk, __u32 type)
{
	if (!BPF_CORE_READ(sk, __sk_common.skc_dport))
		return false;
	if (type != SOCK_STREAM)
		return true; /* nobody counts: it may have */
	return BPF_CORE_READ((struct tcp_sock *)sk, bytes_received) != 0;
}

static __always_inline int find_connected(struct task_struct *task, struct file *file)
{
	struct socket *sock;
	struct text16 addr = {};
	struct process *p;
	__u32 family, zone, port = 0, uid;
	struct sock *sk;

	if (is_exempt(task->tgid))
		return 0;
	sock = BPF_CORE_READ(file, private_data);
	sk = BPF_CORE_READ(sock, sk);
	if (!sk)
		return 0;
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if ((family != AF_INET && family != AF_INET6) ||
	    !has_received(sk, BPF_CORE_READ(sock, type)))
		return 0;
	peer_of(sk, family, addr.b, &port);
	zone = zone_of_peer(&addr, &port);
	if (zone == LP_ZONE_NONE)
		return 0;
	p = make_process_led_by(task->group_leader);
	if (!p)
		return 0;
	if ((p->flags & PROCESS_SOURCE) && p->source_zone >= zone)
		return 0;
	if (!(p->flags & PROCESS_SOURCE))
		count(LP_COUNT_CONNECTED);
	uid = BPF_CORE_READ(task, cred, uid.val);
	become_source(p, task->group_leader, &addr, port, family, zone, uid);
	return 0;
}

#endif

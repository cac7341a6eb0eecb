/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* Who becomes a source: a process that receives from a remote address. */
#ifndef LINPROV_SOURCE_H
#define LINPROV_SOURCE_H

#include "process.h"

#define TCP_CLOSE 7
#define TCP_CLOSE_WAIT 8
#define SOCK_STREAM 1

/* The peer's address; for a socket without one (unconnected UDP), its own
 * address when that is loopback, else zeros: a remote that can't be named. */
static __always_inline void peer_of(struct sock *sk, __u32 family, __u8 *addr, __u32 *port)
{
	__be16 be = BPF_CORE_READ(sk, __sk_common.skc_dport);

	*port = __builtin_bswap16(be);
	if (family == AF_INET) {
		__be32 v4 = BPF_CORE_READ(sk, __sk_common.skc_daddr);

		if (!v4) {
			__be32 own = BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr);

			if ((own & 0xff) == 127)
				v4 = own;
		}
		if (v4) {
			addr[10] = addr[11] = 0xff;
			__builtin_memcpy(addr + 12, &v4, 4);
		}
	} else if (family == AF_INET6) {
		struct in6_addr a = BPF_CORE_READ(sk, __sk_common.skc_v6_daddr);
		__u64 words[2];

		__builtin_memcpy(words, &a, 16);
		if (!words[0] && !words[1]) {
			a = BPF_CORE_READ(sk, __sk_common.skc_v6_rcv_saddr);
			__builtin_memcpy(words, &a, 16);
			/* ::1 or ::ffff:127.0.0.0/104, little endian words */
			if (words[0] ||
			    !(words[1] == 1ull << 56 || (words[1] & 0xffffffffffull) == 0x7fffff0000ull))
				words[0] = words[1] = 0;
		}
		__builtin_memcpy(addr, words, 16);
	}
}

/* The zone of a peer, NONE when what comes from it is no network. */
static __always_inline __u32 zone_of_peer(struct text16 *addr, __u32 *port)
{
	struct lp_config *c = get_config();
	__u32 zone = zone_of(addr);

	if (zone != LP_ZONE_LOCAL || (c && c->mark_localhost))
		return zone;
	return bpf_map_lookup_elem(&proxy_ports, port) ? LP_ZONE_INTERNET : LP_ZONE_NONE;
}

/* Process `p` is a source already, of this very peer. */
static __always_inline bool is_source_of(struct process *p, struct text16 *addr, __u32 port)
{
	__u64 now[2], was[2];

	if (!(p->flags & PROCESS_SOURCE) || p->source_port != port)
		return false;
	__builtin_memcpy(now, addr, 16);
	__builtin_memcpy(was, &p->source_addr, 16);
	return was[0] == now[0] && was[1] == now[1];
}

/* Process `p`, whose leader is `leader`, has received from here. */
static __always_inline void become_source(struct process *p, struct task_struct *leader,
					  struct text16 *addr, __u32 port, __u32 family,
					  __u32 zone, __u32 uid)
{
	p->source_addr = *addr;
	p->source_port = port;
	p->source_family = family;
	p->source_zone = zone;
	p->source_uid = uid;
	p->source_time = now_seconds();
	if (leader)
		BPF_CORE_READ_INTO(&p->source_comm, leader, comm);
	p->source_origin = 0;
	__sync_fetch_and_add(&p->source_seq, 1);
	__sync_fetch_and_or(&p->flags, PROCESS_SOURCE);
}

__noinline int receive(__u64 socket, __u32 family, __u32 type)
{
	struct sock *sk = (struct sock *)socket;
	struct lp_config *c = get_config();
	struct task_struct *leader = bpf_get_current_task_btf()->group_leader;
	__u32 tgid = current_tgid(), zone = LP_ZONE_INTERNET;
	struct text16 addr = {};
	__u32 port = 0;
	struct process *p;

	if (!c || is_exempt(tgid))
		return 0;
	if (family == AF_INET || family == AF_INET6) {
		if (type == SOCK_STREAM) {
			__u8 state = BPF_CORE_READ(sk, __sk_common.skc_state);

			/* The peer is gone and nothing is left to read; its FIN may
			 * stand in the queue, without data. */
			if (state == TCP_CLOSE || state == TCP_CLOSE_WAIT) {
				__u32 left = BPF_CORE_READ(sk, sk_receive_queue.qlen);

				if (!left ||
				    (left == 1 && !BPF_CORE_READ(sk, sk_receive_queue.next, len)))
					return 0;
			}
		}
		peer_of(sk, family, addr.b, &port);
		/* Most of what is received comes from where the last came from. */
		p = is_clean(tgid) ? NULL : process_led_by(leader);
		if (p && is_source_of(p, &addr, port))
			return 0;
		zone = zone_of_peer(&addr, &port);
		if (zone == LP_ZONE_NONE)
			return 0;
	}
	p = make_process();
	if (!p)
		return 0; /* held without state: what it writes is marked, origin unknown */
	/* The stricter zone stays; among equals the newest remote. */
	if ((p->flags & PROCESS_SOURCE) && (p->source_zone > zone || is_source_of(p, &addr, port)))
		return 0;
	become_source(p, leader, &addr, port, family, zone, bpf_get_current_uid_gid());
	return 0;
}

static __always_inline int on_receive(struct socket *sock)
{
	struct sock *sk = sock->sk;
	__u32 family;

	if (!sk)
		return 0;
	family = sk->__sk_common.skc_family;
	if (family == AF_NETLINK || family == AF_ALG)
		return 0;
	return receive(address(sk), family, sock->type);
}

#endif

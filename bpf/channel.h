/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * Channels between processes that carry an origin: pipes, named FIFOs, and
 * socketpairs. What a source writes stands in the inode from which it is read.
 * UNIX sockets with a name carry nothing: half of a desktop talks over them.
 */
#ifndef LINPROV_CHANNEL_H
#define LINPROV_CHANNEL_H

#include "gate.h"

/* The slot of reader `tgid` in a pipe, -1 when it has none. */
static __always_inline int reader_slot(struct pipe *q, __u32 tgid)
{
	for (int i = 0; i < PIPE_READERS; i++) {
		if ((q->reader[i] & READER_TGID) == tgid)
			return i;
	}
	return -1;
}

/* Takes a free slot, or that of a reader that is gone. */
static __always_inline int add_reader(struct pipe *q, __u32 entry)
{
	for (int i = 0; i < PIPE_READERS; i++) {
		__u32 was = q->reader[i];

		if (was && test_bit(pipe_readers, was & READER_TGID))
			continue;
		if (__sync_val_compare_and_swap(&q->reader[i], was, entry) == was)
			return 0;
	}
	return -1;
}

/* What is to be known of the current process as a reader of a pipe. */
static __noinline __u32 reader_entry(struct file *file, struct inode *inode, struct process *p)
{
	__u32 entry = current_tgid(), program;
	struct scratch *s = get_scratch();

	if (!s || !interpreter(s))
		return entry;
	if (s->interp.flags & LP_INTERP_SHELL)
		entry |= READER_SHELL;
	program = program_from(s, address(file));
	if (program == PROGRAM_DESCRIPTOR || program == PROGRAM_FILE_MATCH ||
	    (program == PROGRAM_STDIN && is_stdin(p, inode->i_ino, inode->i_sb->s_dev)))
		entry |= READER_CODE;
	return entry;
}

/*
 * A process reads a pipe or a socketpair. It may find it empty and wait, so it is noted
 * as a reader: whoever writes marked bytes later pushes the taint to it. An
 * interpreter that takes its program from the pipe is noted as such, and is
 * refused here when the pipe carries an origin already, or else its writer is
 * refused in write_channel().
 */
static __noinline int read_channel(struct file *file, struct inode *inode)
{
	__u32 tgid = current_tgid(), entry;
	struct lp_config *c = get_config();
	struct lp_mark m = {};
	struct process *p;
	struct pipe *q;
	__u64 until = 0;
	int slot;

	if (!file || !inode || !c || is_exempt(tgid))
		return 0;
	q = bpf_inode_storage_get(&pipes, inode, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!q) {
		count(LP_COUNT_STORAGE_FAILED);
		return 0;
	}
	slot = reader_slot(q, tgid);
	if (slot >= 0 && test_bit(pipe_readers, tgid)) {
		entry = q->reader[slot & (PIPE_READERS - 1)];
	} else {
		/* New here, or another program since: exec takes the bit away. */
		p = is_clean(tgid) ? NULL : find_process();
		entry = reader_entry(file, inode, p);
		set_bit(pipe_readers, tgid);
		if (slot >= 0) {
			q->reader[slot & (PIPE_READERS - 1)] = entry;
		} else if (add_reader(q, entry)) {
			count(LP_COUNT_READERS_FULL);
			if (entry & READER_CODE)
				__sync_fetch_and_or(&q->flags, PIPE_CROWDED);
		}
	}
	/* An atomic with fetch is a full barrier: the reader's note stands before
	 * the origin is looked at, as the writer does it the other way round. */
	if (!(__sync_fetch_and_or(&q->flags, 0) & PIPE_TAINTED))
		return 0;
	if (entry & READER_CODE) {
		m.origin = q->origin;
		m.writer_uid = UNKNOWN_UID;
		if (decide(0, address(inode), &m, LP_KIND_PIPE, false))
			return -EPERM;
	}
	if ((entry & READER_SHELL) && c->shell_taint_s)
		until = bpf_ktime_get_boot_ns() + (__u64)c->shell_taint_s * 1000000000ull;
	return add_taint(make_process(), q->origin, until, &q->from);
}

/* Tells process `reader` that it is about to read bytes of `origin`. */
__noinline int push_taint(__u32 reader, __u32 origin, __u64 until, const struct lp_file_id *from)
{
	struct pending push = { .origin = origin, .until = until };
	struct pending *was = bpf_map_lookup_elem(&pending, &reader);

	if (was && was->origin != origin)
		push.origin = merge_origins(was->origin, origin);
	if (was && (!was->until || was->until > until) && until)
		push.until = was->until;
	if (from)
		push.from = *from;
	if (bpf_map_update_elem(&pending, &reader, &push, BPF_ANY)) {
		count(LP_COUNT_PENDING_FULL);
		return -EPERM;
	}
	set_bit(held, reader);
	return 0;
}

/* Lets splice(2) know what a pipe carries. */
static __noinline int note_spliced(struct inode *inode, struct pipe *q)
{
	struct pipe_key key = {};
	struct spliced carried = {};

	if (!inode || !q)
		return 0;
	key.ino = inode->i_ino;
	key.dev = inode->i_sb->s_dev;
	carried.origin = q->origin;
	carried.from = q->from;
	bpf_map_update_elem(&spliced, &key, &carried, BPF_ANY);
	return 0;
}

/* A process writes to a pipe, or to the end of a socketpair that `inode` reads:
 * what it carries goes into the inode, and to who already waits for it. */
static __noinline int write_channel(struct inode *inode)
{
	__u32 tgid = current_tgid();
	struct lp_config *c = get_config();
	struct lp_mark m = {};
	struct process *p;
	struct pipe *q;
	struct dirt d = {};
	bool code = false;

	if (!inode || !c || is_exempt(tgid))
		return 0;
	p = find_process();
	dirt_of(p, &d);
	if (!d.dirty)
		return 0;
	q = bpf_inode_storage_get(&pipes, inode, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!q) {
		count(LP_COUNT_STORAGE_FAILED);
		return c->mode == LP_MODE_ENFORCE ? -EPERM : 0;
	}
	if (!(q->flags & PIPE_TAINTED) || q->origin != d.origin) {
		q->origin = (q->flags & PIPE_TAINTED) ? merge_origins(q->origin, d.origin) :
							d.origin;
		if (p && d.derived)
			q->from = p->taint_from;
		if ((inode->i_mode & S_IFMT) == S_IFIFO)
			note_spliced(inode, q);
	}
	__sync_fetch_and_or(&q->flags, PIPE_TAINTED);
	for (int i = 0; i < PIPE_READERS; i++) {
		__u32 entry = q->reader[i], reader = entry & READER_TGID;
		__u64 until = 0;

		if (!entry)
			continue;
		if (!test_bit(pipe_readers, reader)) { /* gone, or another program now */
			__sync_val_compare_and_swap(&q->reader[i], entry, 0);
			continue;
		}
		if (entry & READER_CODE)
			code = true;
		if (reader == tgid)
			continue;
		if ((entry & READER_SHELL) && c->shell_taint_s)
			until = bpf_ktime_get_boot_ns() +
				(__u64)c->shell_taint_s * 1000000000ull;
		if (push_taint(reader, q->origin, until, &q->from) && c->mode == LP_MODE_ENFORCE)
			return -EPERM;
	}
	if ((q->flags & PIPE_CROWDED) && c->mode == LP_MODE_ENFORCE)
		return -EPERM;
	if (code) {
		m.origin = q->origin;
		m.writer_uid = UNKNOWN_UID;
		return decide(0, address(inode), &m, LP_KIND_PIPE, false);
	}
	return 0;
}

/*
 * The inode at the other end of a UNIX socket, when neither end has a name: a
 * socketpair. NULL for every other socket, and when the other end is closed.
 * An accepted socket has its listener's name, so a connection has at least one.
 */
static __always_inline struct inode *pair_of(struct sock *sk)
{
	struct unix_sock *own = bpf_skc_to_unix_sock(sk), *other;
	struct sock *peer;
	struct socket *sock;
	struct file *file;

	if (!own || own->addr)
		return NULL;
	peer = own->peer;
	if (!peer)
		return NULL;
	other = bpf_skc_to_unix_sock(peer);
	if (!other || other->addr)
		return NULL;
	sock = peer->sk_socket;
	if (!sock)
		return NULL;
	file = sock->file;
	return file ? file->f_inode : NULL;
}

static __always_inline bool is_unix(struct sock *sk)
{
	return sk->__sk_common.skc_family == AF_UNIX;
}

/* A process sends to a socket that may be a socketpair's. */
static __always_inline int send_pair(struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct inode *inode;

	if (!sk || !is_unix(sk))
		return 0;
	inode = pair_of(sk);
	return inode ? write_channel(inode) : 0;
}

/* A process receives from such a socket. */
static __always_inline int receive_pair(struct socket *sock)
{
	struct sock *sk = sock->sk;
	struct unix_sock *own;
	struct file *file;

	if (!sk)
		return 0;
	own = bpf_skc_to_unix_sock(sk);
	file = sock->file;
	if (!own || own->addr || !file)
		return 0;
	/* The other end may be closed, and its bytes still be here. */
	if (own->peer) {
		struct unix_sock *other = bpf_skc_to_unix_sock(own->peer);

		if (other && other->addr)
			return 0;
	}
	return read_channel(file, file->f_inode);
}

/* A process reads a socket as a file, which splice does without recvmsg. */
static __noinline int read_socket(struct file *file, struct inode *inode)
{
	struct socket *sock;
	struct unix_sock *own, *other;
	struct sock *sk;
	__u32 family;

	if (!file)
		return 0;
	sock = file->private_data;
	sk = BPF_CORE_READ(sock, sk);
	if (!sk)
		return 0;
	family = BPF_CORE_READ(sk, __sk_common.skc_family);
	if (family == AF_NETLINK || family == AF_ALG)
		return 0;
	if (family != AF_UNIX)
		return receive(address(sk), family, BPF_CORE_READ(sock, type));
	own = (struct unix_sock *)sk;
	other = (struct unix_sock *)BPF_CORE_READ(own, peer);
	if (BPF_CORE_READ(own, addr) || (other && BPF_CORE_READ(other, addr)))
		return 0;
	return read_channel(file, inode);
}

#endif

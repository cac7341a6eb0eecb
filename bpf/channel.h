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
__noinline int reader_slot(struct pipe *q, __u32 tgid)
{
	if (!q)
		return -1;
	for (int i = 0; i < PIPE_READERS; i++) {
		if ((q->reader[i] & READER_TGID) == tgid)
			return i;
	}
	return -1;
}

/* Takes a free slot, or that of a reader that is gone. */
__noinline int add_reader(struct pipe *q, __u32 entry)
{
	if (!q)
		return -1;
	for (int i = 0; i < PIPE_READERS; i++) {
		__u32 was = q->reader[i];

		/* A free slot is that of process 0, which reads nothing. */
		if (has_state(was & READER_TGID, PID_READS_PIPE))
			continue;
		if (__sync_val_compare_and_swap(&q->reader[i], was, entry) == was)
			return 0;
	}
	return -1;
}

/* What is to be known of the current process as a reader of a pipe. */
__noinline __u32 reader_entry(__u64 file, __u64 at_inode, struct process *p)
{
	struct inode *inode = (struct inode *)at_inode;
	__u32 entry = current_tgid(), program;
	struct scratch *s = get_scratch();

	if (!s || !interpreter(s))
		return entry;
	if (s->interp.flags & LP_INTERP_SHELL)
		entry |= READER_SHELL;
	program = program_from(s, file);
	if (program == PROGRAM_DESCRIPTOR || program == PROGRAM_FILE_MATCH ||
	    (program == PROGRAM_STDIN &&
	     is_stdin(p, BPF_CORE_READ(inode, i_ino), BPF_CORE_READ(inode, i_sb, s_dev))))
		entry |= READER_CODE;
	return entry;
}

/*
 * A process reads a pipe or a socketpair. It may find it empty and wait, so it is noted
 * as a reader: whoever writes marked bytes later pushes the taint to it. An
 * interpreter that takes its program from the pipe is noted as such, and is
 * refused here when the pipe carries an origin already, or else its writer is
 * refused in write_pipe().
 *
 * This one and write_pipe() are functions of their own for the verifier: they
 * are checked once for each program instead of once for each way to them.
 */
__noinline int read_pipe(struct pipe *q, __u64 file, __u64 inode)
{
	__u32 tgid = current_tgid(), entry;
	struct lp_config *c = get_config();
	struct lp_mark m = {};
	struct process *p;
	__u64 until = 0;
	int slot;

	if (!q || !c)
		return 0;
	slot = reader_slot(q, tgid);
	if (slot >= 0 && has_state(tgid, PID_READS_PIPE)) {
		entry = q->reader[slot & (PIPE_READERS - 1)];
	} else {
		/* New here, or another program since: exec takes the bit away. */
		p = is_clean(tgid) ? NULL : find_process();
		entry = reader_entry(file, inode, p);
		set_state(tgid, PID_READS_PIPE);
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
		if (may_run(0, inode, &m, LP_KIND_PIPE, false))
			return -EPERM;
	}
	if ((entry & READER_SHELL) && c->shell_taint_s)
		until = bpf_ktime_get_boot_ns() + (__u64)c->shell_taint_s * 1000000000ull;
	return add_taint(make_process(), q->origin, until, &q->from);
}

static __noinline int read_channel(struct file *file, struct inode *inode)
{
	struct pipe *q;

	if (!file || !inode || is_exempt(current_tgid()))
		return 0;
	q = bpf_inode_storage_get(&pipes, inode, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!q) {
		count(LP_COUNT_STORAGE_FAILED);
		return 0;
	}
	return read_pipe(q, address(file), address(inode));
}

/* Tells process `reader` that it is about to read bytes of `origin`. */
__noinline int push_taint(__u32 reader, __u32 origin, __u64 until, const struct lp_file_id *from)
{
	struct pending push = { .origin = origin, .until = until };
	struct pending *was = bpf_map_lookup_elem(&pending, &reader);
	bool full;

	if (was && was->origin != origin)
		push.origin = merge_origins(was->origin, origin);
	if (was && (!was->until || was->until > until) && until)
		push.until = was->until;
	if (from)
		push.from = *from;
	full = bpf_map_update_elem(&pending, &reader, &push, BPF_ANY) != 0;
	if (!full)
		set_state(reader, PID_PENDING);
	/* Without room it is held without state: what it writes is marked, origin unknown. */
	set_state(reader, PID_HELD);
	if (full)
		count(LP_COUNT_PENDING_FULL);
	return full ? -EPERM : 0;
}

/* Lets splice(2) know what a pipe carries. */
static __always_inline void note_spliced(struct inode *inode, struct pipe *q)
{
	struct pipe_key key = {};
	struct spliced carried = {};

	key.ino = BPF_CORE_READ(inode, i_ino);
	key.dev = BPF_CORE_READ(inode, i_sb, s_dev);
	carried.origin = q->origin;
	carried.from = q->from;
	bpf_map_update_elem(&spliced, &key, &carried, BPF_ANY);
}

/* Bytes of `origin`, which came out of file `from` if it is given, go into a
 * pipe or socketpair, and to who already waits for them. */
__noinline int write_pipe(struct pipe *q, __u64 at_inode, __u32 origin,
			  const struct lp_file_id *from)
{
	struct inode *inode = (struct inode *)at_inode;
	__u32 tgid = current_tgid();
	struct lp_config *c = get_config();
	struct lp_mark m = {};
	__u32 seen = 0;

	if (!q || !c)
		return 0;
	if (!(q->flags & PIPE_TAINTED) || q->origin != origin) {
		if (q->flags & PIPE_TAINTED)
			origin = merge_origins(q->origin, origin);
		q->origin = origin;
		if (from)
			q->from = *from;
		if ((BPF_CORE_READ(inode, i_mode) & S_IFMT) == S_IFIFO)
			note_spliced(inode, q);
	}
	__sync_fetch_and_or(&q->flags, PIPE_TAINTED);
	for (int i = 0; i < PIPE_READERS; i++) {
		__u32 entry = q->reader[i], reader = entry & READER_TGID;
		__u64 until = 0;

		if (!entry)
			continue;
		if (!has_state(reader, PID_READS_PIPE)) { /* gone, or another program now */
			__sync_val_compare_and_swap(&q->reader[i], entry, 0);
			continue;
		}
		seen |= entry;
		if (reader == tgid)
			continue;
		if ((entry & READER_SHELL) && c->shell_taint_s)
			until = bpf_ktime_get_boot_ns() +
				(__u64)c->shell_taint_s * 1000000000ull;
		if (push_taint(reader, q->origin, until, &q->from) && enforces(c))
			return -EPERM;
	}
	if ((q->flags & PIPE_CROWDED) && enforces(c))
		return -EPERM;
	if (seen & READER_CODE) {
		m.origin = q->origin;
		m.writer_uid = UNKNOWN_UID;
		return may_run(0, at_inode, &m, LP_KIND_PIPE, false);
	}
	return 0;
}

/* A process writes to a pipe, or to the end of a socketpair that `inode` reads. */
static __noinline int write_channel(struct inode *inode)
{
	struct lp_config *c = get_config();
	struct pipe *q;
	struct dirt d = {};

	if (!inode || !c || is_exempt(current_tgid()))
		return 0;
	own_dirt(&d);
	if (!d.dirty)
		return 0;
	q = bpf_inode_storage_get(&pipes, inode, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (!q) {
		count(LP_COUNT_STORAGE_FAILED);
		return enforces(c) ? -EPERM : 0;
	}
	return write_pipe(q, address(inode), d.origin, d.derived ? &d.from : NULL);
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

/* What a process reads when it reads a socket as a file. */
#define SOCKET_CHANNEL 1 /* a socketpair's end; else it has been dealt with */

__noinline int receive_file(__u64 file)
{
	struct socket *sock = BPF_CORE_READ((struct file *)file, private_data);
	struct sock *sk = BPF_CORE_READ(sock, sk);
	struct unix_sock *own, *other;
	__u32 family;

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
	return SOCKET_CHANNEL;
}

/* The same, called: what it takes is no burden of the hook's. */
static __noinline int receive_from(struct file *file)
{
	return receive_file(address(file));
}

/* A process maps a socket. */
static __always_inline int map_socket(struct file *file, struct inode *inode)
{
	int err = receive_from(file);

	return err == SOCKET_CHANNEL ? read_channel(file, inode) : err;
}

#endif

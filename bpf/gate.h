/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* Where marked bytes become code, or taint who reads them. */
#ifndef LINPROV_GATE_H
#define LINPROV_GATE_H

#include "interp.h"

static __always_inline bool is_regular(struct inode *inode)
{
	return (inode->i_mode & S_IFMT) == S_IFREG;
}

/* The current process has read `mark`ed bytes of a file; `until` as in struct
 * process. */
__noinline int taint_by_file(struct lp_mark *mark, __u64 until, __u64 inode)
{
	struct lp_file_id id = {};
	struct process *p;

	if (!mark || is_exempt(current_tgid()) || is_trusted(mark))
		return 0;
	p = make_process();
	if (!p || (is_tainted(p) && p->taint == mark->origin && !p->taint_until))
		return 0;
	identify(inode, &id);
	return add_taint(p, mark->origin, until, &id);
}

static __always_inline bool same_file(struct lp_file_id *a, struct lp_file_id *b)
{
	__u64 fs_a[2], fs_b[2];

	__builtin_memcpy(fs_a, a->fs, 16);
	__builtin_memcpy(fs_b, b->fs, 16);
	return fs_a[0] == fs_b[0] && fs_a[1] == fs_b[1] && a->ino == b->ino && a->gen == b->gen &&
	       a->dev == b->dev;
}

/*
 * An interpreter reads or maps a marked file. Loading a program is decided by
 * the policy; reading data is not. The last approval is remembered per file,
 * so that a script read a byte at a time is decided once.
 */
__noinline int read_by_interpreter(__u64 at_file, __u64 at_inode, struct lp_mark *mark,
				   struct process *p)
{
	struct inode *inode = (struct inode *)at_inode;
	struct lp_config *c = get_config();
	struct scratch *s;
	__u32 program, languages, uid = bpf_get_current_uid_gid();
	int err;

	if (!c || !c->interpreters || !mark)
		return 0;
	s = get_scratch();
	if (!s) /* who reads can't be told: closed for what is known marked */
		return enforces(c) ? -EPERM : 0;
	if (!interpreter(s)) {
		if (p)
			__sync_fetch_and_or(&p->flags, PROCESS_PLAIN);
		return 0;
	}
	identify(at_inode, &s->event.file);
	if (p && (p->flags & PROCESS_REFUSED) && same_file(&p->approved, &s->event.file))
		return enforces(c) ? -EPERM : 0;
	if (p && p->approved_policy == c->policy && p->approved_uid == uid &&
	    p->approved_origin == mark->origin && same_file(&p->approved, &s->event.file) &&
	    approves_bytes(p, at_inode))
		return 0;
	program = program_from(s, at_file);
	languages = suffix_languages(s);
	if (program == PROGRAM_FILE_MATCH || program == PROGRAM_UNKNOWN ||
	    program == PROGRAM_DESCRIPTOR || is_linked(s, inode))
		goto load;
	if (program == PROGRAM_STDIN && is_stdin(p, BPF_CORE_READ(inode, i_ino), BPF_CORE_READ(inode, i_sb, s_dev)))
		goto load;
	if ((s->interp.flags & LP_INTERP_SUFFIX) && (languages & s->interp.languages))
		goto load;
	if ((s->interp.flags & LP_INTERP_XBIT) && (BPF_CORE_READ(inode, i_mode) & S_IXUGO))
		goto load;
	return (s->interp.flags & LP_INTERP_SHELL) ? 1 : 0;
load:
	err = may_run(at_file, at_inode, mark, LP_KIND_SCRIPT, false);
	if (err)
		return err;
	p = make_process();
	if (p) {
		__sync_fetch_and_and(&p->flags, ~PROCESS_REFUSED);
		p->approved = s->event.file; /* decide() has left it there */
		p->approved_policy = c->policy;
		p->approved_uid = uid;
		p->approved_origin = mark->origin;
		stamp_approval(s, p);
	}
	return 0;
}

/*
 * Whether the current process has read of that origin before, and reads it as data. This and
 * read_bytes() are functions of their own for the verifier, as read_pipe().
 */
__noinline int reads_on(struct lp_mark *mark)
{
	struct process *p = mark ? find_process() : NULL;

	return p && (p->flags & PROCESS_PLAIN) && (p->flags & PROCESS_TAINT) && !p->taint_until &&
	       p->taint == mark->origin;
}

__noinline int read_bytes(__u64 file, __u64 inode, struct lp_mark *mark)
{
	struct lp_config *c = get_config();
	__u64 until = 0;
	int err;

	if (!mark)
		return 0;
	err = read_by_interpreter(file, inode, mark, find_process());
	if (err < 0)
		return -EPERM;
	if (err && c && c->shell_taint_s)
		until = bpf_ktime_get_boot_ns() + (__u64)c->shell_taint_s * 1000000000ull;
	return taint_by_file(mark, until, inode);
}

static __always_inline int read_marked(struct file *file, struct inode *inode, struct lp_mark *mark)
{
	/* The kernel reads what it executes: exec has its own gate and start. */
	if (file->f_flags & FMODE_EXEC)
		return 0;
	/* Nothing new for who goes on reading, who needn't wait for addresses. */
	if (reads_on(mark))
		return 0;
	return read_bytes(address(file), address(inode), mark);
}

/* A regular file is read or written, when the fast answers don't do. */
static __noinline int use_regular(struct file *file, struct inode *inode, __u32 mask)
{
	struct lp_mark *m;

	if (!file || !inode)
		return 0;
	m = find_mark(inode);
	if (m && (mask & MAY_READ) && read_marked(file, inode, m))
		return -EPERM;
	if (!(mask & MAY_WRITE))
		return 0;
	if (!is_clean(current_tgid()))
		return mark_file(file, inode, true);
	return m ? write_local(file, inode) : 0;
}

/* Marked bytes are about to be executable: exec, library, mprotect. */
static __always_inline int gate(struct file *file, struct inode *inode, __u32 kind, bool quiet)
{
	struct lp_mark *m;

	if (!is_regular(inode))
		return 0;
	m = find_mark(inode);
	if (!m)
		return 0;
	return may_run(address(file), address(inode), m, kind, quiet);
}

#endif

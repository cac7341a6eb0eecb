/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The detector `exec`: what is executed, with its arguments and the variables
 * that were asked for.
 *
 *   bprm_committed_creds   (before) whether it is marked: only the LSM's may ask
 *   sched_process_exec     a program has replaced another in its process
 */
#ifndef LINPROV_DETECT_EXEC_H
#define LINPROV_DETECT_EXEC_H

#include "tell.h"

#define VARIABLES 2048 /* that are looked at, or pieces of long ones */
#define VARIABLE_PIECE 512 /* bytes of one that are told, its name included */

/* The name of the variable in s->args, padded; 0 when it has none that could be asked for. */
static __always_inline int variable_name(struct scratch *s, struct lp_variable_name *name)
{
	for (__u32 i = 0; i < sizeof(name->text); i++) {
		__u8 c = s->args[i];

		if (c == '=')
			return i;
		if (!c || i == sizeof(name->text) - 1)
			return 0;
		name->text[i] = c;
	}
	return 0;
}

static int look_at_variable(__u32 i, void *ctx)
{
	struct detection *d = *(struct detection **)ctx;
	struct scratch *s = get_scratch();
	struct lp_variable_name name = {};
	__u32 len, at;
	long got;

	if (!s || d->at >= d->end)
		return 1;
	got = bpf_probe_read_user_str(s->args, VARIABLE_PIECE, (void *)d->at);
	if (got <= 0 || got > VARIABLE_PIECE) {
		d->head.flags |= LP_DETECTED_ENVIRONMENT_CUT;
		d->at = d->end;
		return 1;
	}
	len = got;
	if (!d->continues && variable_name(s, &name) &&
	    bpf_map_lookup_elem(&detect_environment, &name)) {
		at = d->len;
		barrier_var(at);
		barrier_var(len);
		if (len == VARIABLE_PIECE || at > DETECTION_ROOM - VARIABLE_PIECE)
			d->head.flags |= LP_DETECTED_ENVIRONMENT_CUT;
		if (len <= VARIABLE_PIECE && at <= DETECTION_ROOM - VARIABLE_PIECE) {
			bpf_probe_read_kernel(&d->data[at], len, s->args);
			d->len = at + len;
			d->head.environment_len += len;
		}
	}
	/* A zero was put at the end of a piece that has more behind it. */
	d->continues = len == VARIABLE_PIECE;
	d->at += d->continues ? len - 1 : len;
	return 0;
}

__noinline int add_environment(struct detection *d)
{
	struct task_struct *task = bpf_get_current_task_btf();

	if (!d)
		return 0;
	d->at = BPF_CORE_READ(task, mm, env_start);
	d->end = BPF_CORE_READ(task, mm, env_end);
	d->continues = 0;
	bpf_loop(VARIABLES, look_at_variable, &d, 0);
	if (d->at < d->end)
		d->head.flags |= LP_DETECTED_ENVIRONMENT_CUT;
	return 0;
}

__noinline int add_arguments(struct detection *d)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u64 start = BPF_CORE_READ(task, mm, arg_start), end = BPF_CORE_READ(task, mm, arg_end);
	__u64 bytes = end > start ? end - start : 0;

	if (!d)
		return 0;
	d->head.arguments_bytes = bytes;
	d->head.arguments_len = append_memory(d, start, bytes < PIECE ? bytes : PIECE);
	if (bytes && !d->head.arguments_len)
		d->head.flags |= LP_DETECTED_NO_ARGUMENTS;
	return 0;
}

/* The digest that was worked out when this thread had the file checked. */
__noinline int add_digest(struct detection *d, __u64 inode)
{
	struct stamp now = {};
	struct digest *found;

	if (!d || take_stamp(inode, &now))
		return 0;
	found = recall(&now);
	if (found)
		__builtin_memcpy(d->event.digest, found->bytes, 32);
	return 0;
}

/* What was asked for, which isn't what runs where that is a script. */
__noinline int add_requested(struct detection *d, struct scratch *s, __u64 name)
{
	long got;

	if (!d || !s)
		return 0;
	got = bpf_probe_read_kernel_str(s->text, PATH_PIECE, (void *)name);
	s->path_flags = 0;
	s->event.text_len = got > 1 ? got - 1 : 0;
	if (got == PATH_PIECE)
		d->head.flags |= LP_DETECTED_PATH_CUT;
	d->head.target_len = append_path(d, s, PATH_PIECE);
	return 0;
}

SEC("?lsm/bprm_committed_creds")
int BPF_PROG(detect_exec_mark, struct linux_binprm *bprm)
{
	struct inode *inode = bprm->file->f_inode;
	struct detection *d;
	struct lp_mark *m;

	if ((inode->i_mode & S_IFMT) != S_IFREG || !detector_of(LP_DETECT_EXEC))
		return 0;
	m = find_mark(inode);
	d = bpf_task_storage_get(&detections, bpf_get_current_task_btf(), 0,
				 m ? BPF_LOCAL_STORAGE_GET_F_CREATE : 0);
	if (!d)
		return 0;
	/* Not that of an execution that wasn't told. */
	d->marked = m != NULL;
	if (m) {
		d->mark = *m;
		identify(address(inode), &d->file);
	}
	return 0;
}

SEC("?tp_btf/sched_process_exec")
int BPF_PROG(detect_exec, struct task_struct *task, int old_pid, struct linux_binprm *bprm)
{
	struct lp_detector *detector = detector_of(LP_DETECT_EXEC);
	struct scratch *s;
	struct detection *d;
	__u32 flags;

	if (!detector)
		return 0;
	s = get_scratch();
	d = detect(LP_DETECT_EXEC, LP_EXEC_EXECUTED, s);
	if (!d)
		return 0;
	flags = detector->flags;
	add_requested(d, s, address(bprm->filename));
	if (d->marked) {
		add_mark(d, &d->mark, &d->file);
		d->marked = 0;
	}
	if (digests_of_all)
		add_digest(d, address(bprm->file->f_inode));
	add_ancestors(d, s);
	if (flags & LP_DETECTOR_ARGUMENTS)
		add_arguments(d);
	if (flags & LP_DETECTOR_ENVIRONMENT)
		add_environment(d);
	send_detection(d);
	return 0;
}

#endif

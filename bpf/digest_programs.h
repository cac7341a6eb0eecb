/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The programs that sleep, and decide nothing: each works out a digest for the
 * one that decides on its hook. They are attached while a digest is wanted,
 * after all others: the kernel runs what was attached last first. For that
 * reason too each has one more after it, which makes room for what it keeps and
 * doesn't sleep.
 */
#ifndef LINPROV_DIGEST_PROGRAMS_H
#define LINPROV_DIGEST_PROGRAMS_H

#include "interp.h"

static __always_inline bool wants_digest_of_mapping(struct file *file, unsigned long prot)
{
	return file && (prot & PROT_EXEC) && wants_digest(file->f_inode);
}

static __always_inline bool wants_digest_of_script(struct file *file)
{
	return !(file->f_flags & FMODE_EXEC) && !(file->f_mode & FMODE_WRITE) &&
	       wants_digest(file->f_inode);
}

SEC("?lsm.s/bprm_check_security")
int BPF_PROG(digest_exec, struct linux_binprm *bprm, int ret)
{
	struct file *file = bprm->file;

	if (!ret && wants_digest_of_program(file->f_inode))
		digest_file(file, DIGEST_MAX, false);
	return ret;
}

SEC("?lsm/bprm_check_security")
int BPF_PROG(digest_exec_room, struct linux_binprm *bprm, int ret)
{
	if (!ret && wants_digest_of_program(bprm->file->f_inode))
		make_room_for_digests();
	return ret;
}

SEC("?lsm.s/mmap_file")
int BPF_PROG(digest_mmap, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags, int ret)
{
	struct task_struct *task = bpf_get_current_task_btf();

	/* A program's own segments come with its exec. */
	if (!ret && wants_digest_of_mapping(file, prot))
		digest_file(file, DIGEST_MAX,
			    BPF_CORE_READ(task, mm, exe_file, f_inode) == file->f_inode);
	return ret;
}

SEC("?lsm/mmap_file")
int BPF_PROG(digest_mmap_room, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags, int ret)
{
	if (!ret && wants_digest_of_mapping(file, prot))
		make_room_for_digests();
	return ret;
}

SEC("?lsm.s/kernel_read_file")
int BPF_PROG(digest_module, struct file *file, int id, bool contents, int ret)
{
	if (!ret && file && wants_digest(file->f_inode))
		digest_file(file, DIGEST_MAX, false);
	return ret;
}

SEC("?lsm/kernel_read_file")
int BPF_PROG(digest_module_room, struct file *file, int id, bool contents, int ret)
{
	if (!ret && file && wants_digest(file->f_inode))
		make_room_for_digests();
	return ret;
}

/*
 * What an interpreter opens it may load: its reads are decided where nothing may
 * sleep. Linux 6.12; before, no hook that may sleep comes when the file can be
 * read already.
 */
SEC("?lsm.s/file_post_open")
int BPF_PROG(digest_script, struct file *file, int mask, int ret)
{
	struct scratch *s;

	if (ret || !wants_digest_of_script(file))
		return ret;
	s = bpf_task_storage_get(&scratches, bpf_get_current_task_btf(), 0, 0);
	if (s && interpreter(s))
		digest_file(file, DIGEST_MAX_SCRIPT, false);
	return ret;
}

SEC("?lsm/file_post_open")
int BPF_PROG(digest_script_room, struct file *file, int mask, int ret)
{
	if (!ret && wants_digest_of_script(file))
		make_room_for_digests();
	return ret;
}

/* Doesn't sleep, and decides nothing: truncate(2) opens no file. */
SEC("?lsm/path_truncate")
int BPF_PROG(digest_truncate, struct path *path, int ret)
{
	if (!ret)
		note_write_open(path->dentry->d_inode);
	return ret;
}

#endif

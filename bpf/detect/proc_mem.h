/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The detector `proc-mem`: a process writes to the memory of another.
 *
 *   file_permission       a write to /proc/PID/mem
 *   ptrace_access_check   process_vm_writev, which asks nobody else
 */
#ifndef LINPROV_DETECT_PROC_MEM_H
#define LINPROV_DETECT_PROC_MEM_H

#include "tell.h"

#define PROC_MAGIC 0x9fa0

#if defined(__TARGET_ARCH_arm64)
#define SYS_PROCESS_VM_WRITEV 271
#define SYS_PROCESS_VM_WRITEV_32 377
#else
#define SYS_PROCESS_VM_WRITEV 311
#define SYS_PROCESS_VM_WRITEV_32 348
#endif

/* The system call that the current thread is in. */
static __always_inline long current_call(void)
{
	struct pt_regs___syscall *regs = (void *)bpf_task_pt_regs(bpf_get_current_task_btf());

#if defined(__TARGET_ARCH_arm64)
	return BPF_CORE_READ(regs, syscallno);
#else
	return BPF_CORE_READ(regs, orig_ax);
#endif
}

static __always_inline int detect_write(__u32 reason, __u32 tgid, struct file *exe)
{
	struct scratch *s = get_scratch();
	struct detection *d = detect(LP_DETECT_PROC_MEM, reason, s);

	if (!d)
		return 0;
	add_victim(d, s, tgid, exe);
	add_origin(d, own_inode());
	add_ancestors(d, s);
	return send_detection(d);
}

/* A file of procfs is written. */
static __noinline int write_proc(struct file *file)
{
	struct task_struct *task = bpf_get_current_task_btf();
	const unsigned char *at;
	struct mm_struct *mm;
	char name[4] = {};
	__u32 tgid = 0;

	if (!file || !detector_of(LP_DETECT_PROC_MEM))
		return 0;
	at = BPF_CORE_READ(file, f_path.dentry, d_name.name);
	bpf_probe_read_kernel(name, sizeof(name), at);
	if (name[0] != 'm' || name[1] != 'e' || name[2] != 'm' || name[3])
		return 0;
	/* What it was opened for. */
	mm = BPF_CORE_READ(file, private_data);
	if (!mm || mm == BPF_CORE_READ(task, mm))
		return 0;
	if (bpf_core_field_exists(mm->owner))
		tgid = BPF_CORE_READ(mm, owner, tgid);
	return detect_write(LP_PROC_MEM_PROC_MEM, tgid, BPF_CORE_READ(mm, exe_file));
}

SEC("?lsm/file_permission")
int BPF_PROG(detect_proc_mem_write, struct file *file, int mask)
{
	if ((mask & MAY_WRITE) && file->f_inode->i_sb->s_magic == PROC_MAGIC)
		write_proc(file);
	return 0;
}

SEC("?lsm/ptrace_access_check")
int BPF_PROG(detect_proc_mem_writev, struct task_struct *child, unsigned int mode, int ret)
{
	long call;

	if (ret || !(mode & PTRACE_MODE_ATTACH) || !detector_of(LP_DETECT_PROC_MEM))
		return ret;
	call = current_call();
	if (call == SYS_PROCESS_VM_WRITEV || call == SYS_PROCESS_VM_WRITEV_32)
		detect_write(LP_PROC_MEM_PROCESS_VM_WRITEV, child->tgid,
			     BPF_CORE_READ(child, mm, exe_file));
	return 0;
}

#endif

/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The guard `fileless`: nothing runs that has no name in a filesystem.
 *
 *   bprm_check_security           exec of a memfd, or of a file whose last name is gone
 *   mmap_file, file_mprotect      the same as a library, or as a program of ld.so
 */
#ifndef LINPROV_GUARDS_FILELESS_H
#define LINPROV_GUARDS_FILELESS_H

#include "ask.h"

/* A memfd has no name and no folder: a dentry that is its own parent, called by the kernel. */
static __always_inline bool is_memfd(struct file *file)
{
	struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
	char name[8] = {};

	if (BPF_CORE_READ(dentry, d_parent) != dentry)
		return false;
	bpf_probe_read_kernel(name, 6, BPF_CORE_READ(dentry, d_name.name));
	return name[0] == 'm' && name[1] == 'e' && name[2] == 'm' && name[3] == 'f' &&
	       name[4] == 'd' && name[5] == ':';
}

/*
 * A mapping of such a file is executed. A private one only: just-in-time compilers map memory of
 * theirs twice, shared, once to write and once to execute. What exec maps itself has been asked for.
 */
static __always_inline int map_fileless(struct file *file)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct inode *inode = file->f_inode;

	if (inode->i_nlink || !is_regular(inode))
		return 0;
	if (BPF_CORE_READ(task, mm, exe_file, f_inode) == inode)
		return 0;
	return ask_file(LP_GUARD_FILELESS, LP_FILELESS_LIBRARY, file);
}

SEC("?lsm/bprm_check_security")
int BPF_PROG(guard_fileless_exec, struct linux_binprm *bprm, int ret)
{
	struct file *file = bprm->file;

	if (ret || file->f_inode->i_nlink)
		return ret;
	return ask_file(LP_GUARD_FILELESS,
			is_memfd(file) ? LP_FILELESS_MEMFD : LP_FILELESS_UNLINKED, file);
}

SEC("?lsm/mmap_file")
int BPF_PROG(guard_fileless_mmap, struct file *file, unsigned long reqprot, unsigned long prot,
	     unsigned long flags, int ret)
{
	__u32 type = flags & MAP_TYPE;

	if (ret || !file || !(prot & PROT_EXEC) || type == MAP_SHARED || type == MAP_SHARED_VALIDATE)
		return ret;
	return map_fileless(file);
}

SEC("?lsm/file_mprotect")
int BPF_PROG(guard_fileless_mprotect, struct vm_area_struct *vma, unsigned long reqprot,
	     unsigned long prot, int ret)
{
	struct file *file;

	if (ret || !(prot & PROT_EXEC) || (vma->vm_flags & VM_SHARED))
		return ret;
	file = vma->vm_file;
	return file ? map_fileless(file) : 0;
}

#endif

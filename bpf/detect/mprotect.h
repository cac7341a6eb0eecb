/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The detector `mprotect`: memory that may have been written becomes executable,
 * or is both at once. Loaders do neither; just-in-time compilers do, and are
 * excepted by their executable.
 *
 *   file_mprotect   (which is asked for any memory)
 */
#ifndef LINPROV_DETECT_MPROTECT_H
#define LINPROV_DETECT_MPROTECT_H

#include "tell.h"

static __always_inline int detect_mprotect(__u32 reason, struct file *file)
{
	struct scratch *s;
	struct detection *d;

	if (!detector_of(LP_DETECT_MPROTECT))
		return 0;
	s = get_scratch();
	d = detect(LP_DETECT_MPROTECT, reason, s);
	if (!d)
		return 0;
	if (file)
		add_target(d, s, (__u64)BPF_CORE_READ(file, f_path.mnt),
			   (__u64)BPF_CORE_READ(file, f_path.dentry));
	add_origin(d, own_inode());
	add_ancestors(d, s);
	return send_detection(d);
}

/* Private memory that was written has an anon_vma; shared memory that may be written may have
 * been, whether it is writable at the moment or not. */
static __always_inline bool may_be_written(struct vm_area_struct *vma)
{
	unsigned long flags = vma->vm_flags;

	return (flags & VM_WRITE) || ((flags & VM_SHARED) && (flags & VM_MAYWRITE)) ||
	       vma->anon_vma;
}

SEC("?lsm/file_mprotect")
int BPF_PROG(detect_mprotect_change, struct vm_area_struct *vma, unsigned long reqprot,
	     unsigned long prot, int ret)
{
	if (ret || !(prot & PROT_EXEC))
		return ret;
	if (!(vma->vm_flags & VM_EXEC) && may_be_written(vma))
		detect_mprotect(LP_MPROTECT_WRITTEN, vma->vm_file);
	else if ((prot & PROT_WRITE) && !((vma->vm_flags & VM_EXEC) && (vma->vm_flags & VM_WRITE)))
		detect_mprotect(LP_MPROTECT_WRITABLE, vma->vm_file);
	return 0;
}

#endif

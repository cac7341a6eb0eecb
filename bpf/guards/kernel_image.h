/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The guard `kernel-image`: what changes the running kernel, or reads its memory.
 *
 *   locked_down                          all that the kernel itself asks a lockdown for
 *   kernel_read_file, kernel_load_data   kexec by a descriptor, and by memory
 *   kernel_module_request                the kernel asks for a module by name
 */
#ifndef LINPROV_GUARDS_KERNEL_IMAGE_H
#define LINPROV_GUARDS_KERNEL_IMAGE_H

#include "lockdown.h"

SEC("?lsm/locked_down")
int BPF_PROG(guard_kernel_image_reason, __u32 what, int ret)
{
	int operation = image_operation(what);

	if (ret || operation < 0)
		return ret;
	return ask(LP_GUARD_KERNEL_IMAGE, operation);
}

SEC("?lsm/kernel_read_file")
int BPF_PROG(guard_kernel_image_read, struct file *file, int id, bool contents, int ret)
{
	if (ret || (id != READING_KEXEC_IMAGE && id != READING_KEXEC_INITRAMFS))
		return ret;
	return ask_file(LP_GUARD_KERNEL_IMAGE, LP_KERNEL_IMAGE_KEXEC, file);
}

SEC("?lsm/kernel_load_data")
int BPF_PROG(guard_kernel_image_load, int id, bool contents, int ret)
{
	if (ret || id != LOADING_KEXEC_IMAGE)
		return ret;
	return ask(LP_GUARD_KERNEL_IMAGE, LP_KERNEL_IMAGE_KEXEC);
}

SEC("?lsm/kernel_module_request")
int BPF_PROG(guard_kernel_image_request, char *name, int ret)
{
	if (ret)
		return ret;
	return ask_text(LP_GUARD_KERNEL_IMAGE, LP_KERNEL_IMAGE_AUTOLOAD_MODULE, name);
}

#endif

/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The guard `kernel-modules`. A module whose file is marked is decided on by the
 * policy too, whatever this guard says.
 *
 *   kernel_read_file, kernel_load_data   a module is loaded by a descriptor, or from memory
 *   kernel_module_request                the kernel asks for one by name
 *   locked_down                          it isn't signed; a parameter that reaches hardware
 */
#ifndef LINPROV_GUARDS_KERNEL_MODULES_H
#define LINPROV_GUARDS_KERNEL_MODULES_H

#include "lockdown.h"

SEC("?lsm/kernel_read_file")
int BPF_PROG(guard_kernel_modules_read, struct file *file, int id, bool contents, int ret)
{
	if (ret || (id != READING_MODULE && id != READING_MODULE_COMPRESSED))
		return ret;
	return ask_file(LP_GUARD_KERNEL_MODULES, LP_KERNEL_MODULES_LOAD_MODULE, file);
}

SEC("?lsm/kernel_load_data")
int BPF_PROG(guard_kernel_modules_load, int id, bool contents, int ret)
{
	if (ret || id != LOADING_MODULE)
		return ret;
	return ask(LP_GUARD_KERNEL_MODULES, LP_KERNEL_MODULES_LOAD_MODULE);
}

SEC("?lsm/kernel_module_request")
int BPF_PROG(guard_kernel_modules_request, char *name, int ret)
{
	if (ret)
		return ret;
	return ask_text(LP_GUARD_KERNEL_MODULES, LP_KERNEL_MODULES_AUTOLOAD_MODULE, name);
}

SEC("?lsm/locked_down")
int BPF_PROG(guard_kernel_modules_reason, __u32 what, int ret)
{
	int operation = image_operation(what);

	if (ret)
		return ret;
	if (operation == LP_KERNEL_IMAGE_UNSIGNED_MODULE)
		return ask(LP_GUARD_KERNEL_MODULES, LP_KERNEL_MODULES_UNSIGNED_MODULE);
	if (operation == LP_KERNEL_IMAGE_UNSAFE_MODULE_PARAMETERS)
		return ask(LP_GUARD_KERNEL_MODULES, LP_KERNEL_MODULES_UNSAFE_MODULE_PARAMETERS);
	return 0;
}

#endif

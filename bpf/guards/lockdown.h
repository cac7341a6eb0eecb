/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* Reasons of locked_down, as the guards call them. Kernels number them differently. */
#ifndef LINPROV_GUARDS_LOCKDOWN_H
#define LINPROV_GUARDS_LOCKDOWN_H

#include "ask.h"

#define IS_REASON(what, name)                                                       \
	(bpf_core_enum_value_exists(enum lockdown_reason, LOCKDOWN_##name) &&       \
	 (what) == bpf_core_enum_value(enum lockdown_reason, LOCKDOWN_##name))

/* An operation of kernel-image, or -1. */
static __always_inline int image_operation(__u32 what)
{
	if (IS_REASON(what, MODULE_SIGNATURE))
		return LP_KERNEL_IMAGE_UNSIGNED_MODULE;
	if (IS_REASON(what, MODULE_PARAMETERS))
		return LP_KERNEL_IMAGE_UNSAFE_MODULE_PARAMETERS;
	if (IS_REASON(what, DEV_MEM))
		return LP_KERNEL_IMAGE_DEV_MEM;
	if (IS_REASON(what, EFI_TEST))
		return LP_KERNEL_IMAGE_EFI_TEST;
	if (IS_REASON(what, KEXEC))
		return LP_KERNEL_IMAGE_KEXEC;
	if (IS_REASON(what, HIBERNATION))
		return LP_KERNEL_IMAGE_HIBERNATION;
	if (IS_REASON(what, PCI_ACCESS))
		return LP_KERNEL_IMAGE_PCI_ACCESS;
	if (IS_REASON(what, IOPORT))
		return LP_KERNEL_IMAGE_IOPORT;
	if (IS_REASON(what, MSR))
		return LP_KERNEL_IMAGE_MSR;
	if (IS_REASON(what, ACPI_TABLES))
		return LP_KERNEL_IMAGE_ACPI_TABLES;
	if (IS_REASON(what, PCMCIA_CIS))
		return LP_KERNEL_IMAGE_PCMCIA_CIS;
	if (IS_REASON(what, TIOCSSERIAL))
		return LP_KERNEL_IMAGE_TIOCSSERIAL;
	if (IS_REASON(what, MMIOTRACE))
		return LP_KERNEL_IMAGE_MMIOTRACE;
	if (IS_REASON(what, DEBUGFS))
		return LP_KERNEL_IMAGE_DEBUGFS;
	if (IS_REASON(what, XMON_WR) || IS_REASON(what, XMON_RW))
		return LP_KERNEL_IMAGE_XMON_RW;
	if (IS_REASON(what, BPF_WRITE_USER))
		return LP_KERNEL_IMAGE_BPF_WRITE;
	if (IS_REASON(what, KCORE))
		return LP_KERNEL_IMAGE_KCORE;
	return -1;
}

#endif

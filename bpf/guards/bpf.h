/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The guard `bpf`: nobody but linprov brings programs into the kernel.
 *
 *   bpf           maps are made, programs and types loaded
 *   locked_down   a program that writes to the memory of processes is loaded
 */
#ifndef LINPROV_GUARDS_BPF_H
#define LINPROV_GUARDS_BPF_H

#include "lockdown.h"

/* enum bpf_cmd, include/uapi/linux/bpf.h */
#define BPF_MAP_CREATE 0
#define BPF_PROG_LOAD 5
#define BPF_BTF_LOAD 18

/* Without `ret`, which stands behind an argument that only newer kernels have: when a program
 * before this one refuses, this one isn't run. */
SEC("?lsm/bpf")
int BPF_PROG(guard_bpf_call, int cmd)
{
	if (cmd == BPF_MAP_CREATE)
		return ask(LP_GUARD_BPF, LP_BPF_MAP_CREATE);
	if (cmd == BPF_PROG_LOAD)
		return ask(LP_GUARD_BPF, LP_BPF_PROG_LOAD);
	if (cmd == BPF_BTF_LOAD)
		return ask(LP_GUARD_BPF, LP_BPF_BTF_LOAD);
	return 0;
}

SEC("?lsm/locked_down")
int BPF_PROG(guard_bpf_reason, __u32 what, int ret)
{
	if (ret || image_operation(what) != LP_KERNEL_IMAGE_BPF_WRITE)
		return ret;
	return ask(LP_GUARD_BPF, LP_BPF_BPF_WRITE);
}

#endif

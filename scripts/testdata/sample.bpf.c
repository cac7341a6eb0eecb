// SPDX-License-Identifier: (GPL-2.0-only OR MIT)
// A small object for the tests of the build script and the native layer: one
// map and one program of each kind that they handle.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "GPL";

struct file {
	unsigned int f_flags;
} __attribute__((preserve_access_index));

enum lp_colour {
	LP_COLOUR_RED = 0,
	LP_COLOUR_GREEN = 7,
	LP_COLOUR_BELOW = -2,
};

enum lp_wide {
	LP_WIDE_ONE = 1,
	LP_WIDE_TOP = 0xffffffffffffff01ull,
};

enum lp_flag {
	LP_FLAG_A = 1,
	LP_FLAG_B = 0x80000000u,
};

struct lp_event {
	__u64 time;
	__u32 length;
	__u8 text[];
} __attribute__((packed));

struct lp_inner {
	__u16 port;
	__u8 zone;
	__s8 level;
	__u32 flags;
};

struct lp_all {
	__u64 big;
	__s64 signed_big;
	__u8 raw[16];
	__u32 words[3];
	enum lp_colour colour;
	struct lp_inner inner;
	struct lp_inner pair[2];
	__u64 bigs[2];
	struct {
		__u32 left;
		__u32 right;
	};
	union {
		__u64 number;
		__u8 bytes[8];
	} either;
	__s32 last;
	__u16 small[2];
};

const volatile __u32 lp_features = 3;
const volatile _Bool lp_enabled = 1;
const volatile __u8 lp_key[16] = {};
const volatile enum lp_wide lp_limit = LP_WIDE_TOP;

__u32 lp_mode = 2;
__u64 lp_opens;
int lp_flags[2];
__u8 lp_table[4194304] SEC(".bss.table");

/* Never called: it only puts types that no map has into the object's BTF. */
struct sample_types {
	enum lp_flag flag;
	struct lp_event event;
};

int sample_types(const struct sample_types *types)
{
	return types != 0;
}

struct inner_map {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u64);
	__type(value, __u32);
} lp_set SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct inner_map);
} lp_sets SEC(".maps") = { .values = { &lp_set } };

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1000);
	__type(key, __u64);
	__type(value, struct lp_all);
} lp_items SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u32);
} lp_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 65536);
} lp_ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, __u64);
} lp_tasks SEC(".maps");

SEC("lsm/file_open")
int BPF_PROG(lp_file_open, struct file *file)
{
	if (lp_enabled && !(file->f_flags & 0x80000000))
		__sync_fetch_and_add(&lp_opens, 1);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(lp_exit, void *task)
{
	__u32 key = lp_key[0] & 3;
	__u32 *count = bpf_map_lookup_elem(&lp_counts, &key);

	if (count)
		*count += lp_limit != LP_WIDE_ONE;
	return 0;
}

SEC("syscall")
int lp_double(struct lp_inner *context)
{
	context->flags = 2 * context->flags + lp_mode;
	return lp_features;
}

/* Sends as many events as `port` says, numbered from `flags` on, then a long one if `zone` is set. */
SEC("syscall")
int lp_send(struct lp_inner *context)
{
	__u64 *large;

	for (__u32 i = 0; i < 1024 && i < context->port; i++) {
		__u64 *small = bpf_ringbuf_reserve(&lp_ring, 16, 0);

		if (!small)
			return i;
		small[0] = context->flags + i;
		small[1] = 0;
		bpf_ringbuf_submit(small, 0);
	}
	if (!context->zone)
		return context->port;
	large = bpf_ringbuf_reserve(&lp_ring, 8192, 0);
	if (!large)
		return -1;
	for (__u32 i = 0; i < 1024; i++)
		large[i] = i;
	bpf_ringbuf_submit(large, 0);
	return context->port + 1;
}

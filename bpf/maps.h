/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* Every map, what it holds, and what happens when it is full. Nothing but
 * `spliced` is LRU: a flood may fill a table, but never pushes out what is in it. */
#ifndef LINPROV_MAPS_H
#define LINPROV_MAPS_H

#include "kernel.h"
#include "wire.h"

/* Set before load; the key never changes while the maps live. */
const volatile __u64 lp_key0 = 0;
const volatile __u64 lp_key1 = 0;

/* The live configuration, one entry. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lp_config);
} config SEC(".maps");

/* How many sleep in bpf_ima_file_hash: they come back to the programs that the kernel runs after the
 * one that sleeps, so user space keeps those as long, whatever they are attached to. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} sleepers SEC(".maps");

/* What happened, by enum lp_counter. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LP_COUNTERS);
	__type(key, __u32);
	__type(value, __u64);
} counters SEC(".maps");

/*
 * The two tables below are global variables, not maps with keys: a program reads
 * them without a look-up, and on a read or write of a file it does little else.
 * A byte for each, since to pick a bit takes longer than all the rest. Sections
 * of their own: no array map of 6.1 is larger than 4 MiB (KMALLOC_MAX_SIZE).
 */

/* What is known of a thread-group id, by its byte. Four share a word: bits are set
 * and cleared in words, atomically. 4,194,304 is PID_MAX_LIMIT of 64-bit kernels. */
#define PID_SLOTS 4194304
__u32 pid_states[PID_SLOTS / 4] SEC(".bss.pids");

/* The process may hold state: "no" is the answer for nearly everybody, in a few
 * instructions. It is set once state is made, or couldn't be, and cleared only by exec and
 * for a new process, never because a look-up found nothing: there may have been no memory. */
#define PID_HELD 0x1u
/* It runs marked code which no rule trusts, or was started by who did. Exec keeps
 * it; a setuid program and a new session, whose ancestors are PID 1's, begin anew. */
#define PID_RUNS_MARKED 0x2u
/* It is listed as a reader of some pipe. */
#define PID_READS_PIPE 0x4u
/* A taint waits for it, or waited: the next process with that id has nothing of it. */
#define PID_PENDING 0x8u

/* Set for each marked inode, by the low bits of its number: "no" is certain and
 * inline, "yes" asks the two tables of marks. Never cleared while the maps live. */
#define FILTER_SLOTS 4194304
__u8 filter[FILTER_SLOTS] SEC(".bss.filter");

/* An address or a comm, as a type of its own: a global function may only be
 * handed memory whose size its type tells. */
struct text16 {
	__u8 b[16];
};

/* Tells a file and its bytes: while nothing of it changes, they don't. */
struct stamp {
	__u64 inode; /* its address */
	__u64 ino;
	__u64 size;
	__u32 gen;
	__u32 dev;
	__u32 opens; /* for writing, of write_opens */
	__u32 zero;
};

/*
 * The state of a process, by the address of its group leader, until that is freed. It isn't task
 * storage, which a kernel may end before the task: up to 6.1.176 at least, what a failed fork leaves
 * behind takes that of who forked with it (see fork.h). No room (no memory, full): counted, and the
 * process is read as tainted with an unknown origin.
 */
struct process {
	/* When the leader started, in nanoseconds since boot, which tells it from one at the same
	 * address before: that one's end may have found the table busy. Or OWNER_*. */
	__u64 owner;
	__u32 flags; /* PROCESS_* */
	__u32 taint; /* number of the origin inherited by reading */
	__u8 source_zone;
	__u8 source_family;
	__u16 source_port;
	__u32 source_origin; /* interned number of the source, 0 until its first write */
	__u32 source_uid;
	__u32 source_time;
	__u32 source_seq; /* counts changes of the source */
	__u32 exe_known;
	__u64 exe; /* hash of the running executable's path, once exe_known; 0 is "none of the host's" */
	__u64 taint_until; /* nanoseconds since boot; 0 is for ever */
	struct text16 source_addr;
	struct text16 source_comm;
	/* stdin as it was at exec, when the executable is an interpreter */
	__u64 stdin_ino;
	__u32 stdin_dev;
	/* the last file whose reading as a script was permitted */
	__u32 approved_policy;
	struct lp_file_id approved;
	struct lp_file_id taint_from; /* the marked file that was read last, here or before a pipe */
	__u32 approved_uid;
	__u32 approved_origin;
	struct stamp approved_stamp; /* of its bytes, when its digest was known: they alone are */
};
#define PROCESS_SOURCE 0x1u
#define PROCESS_TAINT 0x2u
#define PROCESS_STDIN 0x4u

#define PROCESS_REFUSED 0x8u /* `approved` is a file whose exec was refused */
#define PROCESS_PLAIN 0x10u /* no interpreter, as far as exec */
#define PROCESS_LOST 0x20u /* what it held before couldn't be kept, also what its stdin was */

#define OWNER_NEXT 0 /* made for a child that has no start yet: whoever asks first for it is it */
#define OWNER_NONE 1 /* being cleared of somebody else's state */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 262144);
	__type(key, struct task_struct *);
	__type(value, struct process);
} processes SEC(".maps");

/* What a new one is. */
const struct process no_process = {};

/* A taint that a writer pushed to a process that already waits in a pipe read.
 * Full: counted, the write is refused while enforcing. */
struct pending {
	__u32 origin;
	__u32 zero;
	__u64 until; /* nanoseconds since boot, as in struct process */
	struct lp_file_id from;
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 262144);
	__type(key, __u32);
	__type(value, struct pending);
} pending SEC(".maps");

/* How often marked files were opened for writing or cut, by the low bits of the
 * inode number: a digest of before doesn't hold any more. */
#define WRITE_OPENS 4096
__u32 write_opens[WRITE_OPENS];

/* Whether digests of all that is executed are wanted: config.digest_all, where a
 * busy hook reads it without a look-up. See use_config. */
__u32 digests_of_all;

/* The digests that a thread has had worked out last: of what it executes or
 * maps, and of scripts that it has opened and may read in turn. No room (no
 * memory): there is no digest. */
struct bytes32 {
	__u8 b[32];
};
struct digest {
	struct stamp stamp;
	__u64 hash; /* under LP_HASH_DIGEST; 0: none */
	__u8 bytes[32];
};
#define DIGESTS 4
struct digests {
	struct digest last[DIGESTS];
	__u32 next;
	__u32 zero;
};
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct digests);
} digests SEC(".maps");

/* The mark of an inode in memory; goes with the inode. */
struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct lp_mark);
} marks SEC(".maps");

/* The same mark by the identity of the file: survives eviction of the inode
 * and, seeded from the store, a reboot. Goes with the file, where that can be told: forget().
 * Full: counted, and inode storage alone holds the mark until the inode goes. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1048576);
	__type(key, struct lp_file_id);
	__type(value, struct lp_mark);
} known SEC(".maps");

/* What it takes to get into a machine and repair it, by the hash of its path on the host: spared, and
 * told of. A `deny` rule stands above it. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 256);
	__type(key, __u64);
	__type(value, __u32);
} survivors SEC(".maps");

/* What is known of the file below an overlay's, by the overlay's. Set anew each time that one is
 * opened, so what makes room for others comes back when it is needed. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct lp_file_id);
	__type(value, struct lp_mark);
} below SEC(".maps");

/* What flows through a pipe, and who reads it: goes with the pipe. More living
 * readers than slots: counted; when one of them runs what it reads, sources
 * may not write to the pipe while enforcing. */
#define PIPE_READERS 32
#define READER_CODE 0x80000000u
#define READER_SHELL 0x40000000u
#define READER_TGID 0x3fffffffu
#define PIPE_TAINTED 0x1u
#define PIPE_CROWDED 0x2u
struct pipe {
	__u32 origin;
	__u32 flags; /* PIPE_* */
	struct lp_file_id from; /* of what was written last */
	__u32 reader[PIPE_READERS]; /* thread-group id | READER_CODE (runs what it reads) | READER_SHELL */
};
struct {
	__uint(type, BPF_MAP_TYPE_INODE_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct pipe);
} pipes SEC(".maps");

/* What tainted pipes carry, for splice(2), where their inode's storage can't be
 * reached. A pipe has no end that a program could see, so the oldest gives way:
 * what is spliced out of a pipe that waited through 16,384 others is unmarked. */
struct pipe_key {
	__u64 ino;
	__u32 dev;
	__u32 zero;
};
struct spliced {
	struct lp_file_id from;
	__u32 origin;
	__u32 zero;
};
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct pipe_key);
	__type(value, struct spliced);
} spliced SEC(".maps");

/* Origins by number, and numbers by what makes an origin one. Full: counted,
 * and new origins are number 0, "unknown", which no rule permits by creator. */
#define MAX_ORIGINS 262144
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MAX_ORIGINS);
	__type(key, __u32);
	__type(value, struct lp_origin);
} origins SEC(".maps");

struct origin_key {
	__u64 creator_exe;
	__u64 creator_comm;
	__u64 remote;
	__u32 uid;
	__u32 zone;
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MAX_ORIGINS);
	__type(key, struct origin_key);
	__type(value, __u32);
} origin_numbers SEC(".maps");

/* The highest origin number given out. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} last_origin SEC(".maps");

/* Folder hash -> hash of the folder it lies in, for recursive landing rules;
 * and the programs whose paths user space has been told, in the same way.
 * Full: counted; a recursive rule may then refuse, never permit. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1048576);
	__type(key, __u64);
	__type(value, __u64);
} folders SEC(".maps");

/* Loop devices over a marked file -> its origin. Full: counted, and the files
 * on further images are unmarked. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u32);
} images SEC(".maps");
/* Superblocks of this machine's own volumes, by their distance from here, so that an
 * open needs no look at what they lie on. An entry is the distance, with the generation
 * it was made in over the upper 16 bits: the lower ones tell addresses of the kernel
 * apart. A new superblock takes its slot away. */
#define PLAIN_SLOTS 1024
#define PLAIN_GENERATION (1ull << 48)
__u64 plain[PLAIN_SLOTS];
__u64 plain_generation = PLAIN_GENERATION;

/* Address ranges and their zone: longest prefix wins. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, struct lp_cidr);
	__type(value, __u32);
} zones SEC(".maps");

/* Loopback ports behind which a proxy stands: what comes from them counts. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u32);
} proxy_ports SEC(".maps");

/* The two rule sets: user space fills the inactive one and flips
 * lp_config.active, so a verdict sees one policy or the other, never a mix.
 * Its size is chosen at each reload. */
struct rules {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	/* Sizes, not types: 6.1 takes a map with type information for another kind
	 * than the ones that user space makes at a reload. */
	__uint(key_size, sizeof(struct lp_rule_key));
	__uint(value_size, sizeof(struct lp_rule));
} no_rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 2);
	__type(key, __u32);
	__array(values, struct rules);
} rule_sets SEC(".maps") = { .values = { &no_rules, &no_rules } };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct lp_shapes);
} shapes SEC(".maps");

/* Whether the bytes of an origin and a writer are trusted, under one policy.
 * Full: the answer is worked out each time. */
struct trust_key {
	__u64 writer_exe;
	__u32 writer_uid;
	__u32 origin;
};
struct trust {
	__u32 policy;
	__u32 trusted;
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct trust_key);
	__type(value, struct trust);
} trusts SEC(".maps");

/* Interpreters by base name without its version ("python3.11" is "python"),
 * and by the file itself. */
struct interp_name {
	char name[16];
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, struct interp_name);
	__type(value, struct lp_interp);
} interp_names SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, struct lp_file_id);
	__type(value, struct lp_interp);
} interp_files SEC(".maps");

/* Interpreters by what they are, and their sizes, which rule out nearly all. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, struct lp_print);
	__type(value, struct lp_interp);
} interp_prints SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, __u64);
	__type(value, __u32);
} interp_sizes SEC(".maps");

/* Copies of interpreters, by the file, from when they were first executed. Full:
 * counted, and further copies are ordinary programs. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct lp_file_id);
	__type(value, struct lp_interp);
} interp_copies SEC(".maps");

/* Script suffixes without the dot, and whole names without one (Makefile)
 * -> languages. */
struct suffix {
	char name[16];
};
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, struct suffix);
	__type(value, __u32);
} suffixes SEC(".maps");

/* How each guard is set, by enum lp_guard_number, and what it did. Written on a reload, while its
 * programs run: the two numbers that matter are read once each. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LP_GUARDS);
	__type(key, __u32);
	__type(value, struct lp_guard);
} guards SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LP_GUARDS);
	__type(key, __u32);
	__type(value, struct lp_guard_counts);
} guard_counts SEC(".maps");

/* Executables for which a guard doesn't hold. Full: a reload is refused. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, struct lp_guard_program);
	__type(value, __u32);
} guard_programs SEC(".maps");

/* Where the root filesystem may be written, by the hash of a file or folder, and what may be
 * mounted. Full: a reload is refused. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u32);
} guard_paths SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, struct lp_mount_name);
	__type(value, __u32);
} guard_mounts SEC(".maps");

/* linprov's own maps, and programs that run when they are called: their numbers in the kernel,
 * those of programs with SELF_PROGRAM. Full: a reload is refused. */
#define SELF_PROGRAM (1ull << 32)
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, __u32);
} self_objects SEC(".maps");

/* Folders that own protection knows, by enum lp_place. Zeros while it is off: there is no inode 0. */
struct place {
	__u64 ino;
	__u32 dev;
	__u32 gen;
} places[LP_PLACES];

/* The second in which attempts are counted, how many there were, and of how many nobody was told
 * since. */
__u64 self_second;
__u64 self_attempts;
__u32 self_untold;

/* Doorbell and log: a full ring loses a line (counted), never a verdict or a
 * mark. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} events SEC(".maps");

/* Work space of one thread, made when a path is needed for the first time:
 * LSM programs can be preempted, so nothing per CPU would do. No memory:
 * counted, and the path is "unknown", which no path rule permits. */
#define PATH_DEPTH 128
#define TEXT_MAX 4096
#define NAME_ROOM 264
#define ARGS_MAX 4096
struct scratch {
	/* SipHash state */
	__u64 v0, v1, v2, v3;
	/* path walk */
	__u64 walk_dentry, walk_mount;
	__u64 top_namespace;
	__u32 depth;
	__u32 at_top;
	union {
		__u64 dentry[PATH_DEPTH]; /* of the path, leaf first */
		__u64 landing[PATH_DEPTH]; /* then, in a decision: the landing folder and up */
	};
	__u64 folder; /* of the last path */
	__u64 file;
	__u64 base; /* hash of its base name */
	__u32 path_flags; /* PATH_* */
	__u32 ancestors; /* filled entries of ancestor[] */
	__u64 ancestor[PATH_DEPTH];
	__u64 name[NAME_ROOM / 8]; /* one component, padded with zeros */
	__u32 name_len;
	__u32 step;
	/* decision */
	__u64 digest; /* hash of the file's digest; 0 when it has none */
	struct stamp stamp; /* of the bytes that have that digest */
	__u64 facts[LP_DIMS];
	__u32 known; /* bit per lp_dim that has a value */
	__u32 landings; /* filled entries of landing[] */
	struct lp_rule_key key;
	__u32 allowed_by, denied_by; /* lowest rule number found; 0 none */
	__u32 allow_found, deny_found;
	__u64 now; /* seconds since 1970 */
	struct lp_interp interp; /* of the running executable */
	/* argument scan */
	__u32 arg_state, arg_number, arg_pos, arg_flags;
	__u32 arg_match, arg_result;
	__u32 arg_place; /* PLACE_*: whether the operand names a descriptor */
	/* the file that this thread has opened as its program, by another name than the file's own */
	__u64 linked_ino;
	__u64 linked_by; /* where the arguments are of the program that has */
	__u32 linked_dev;
	__u32 copies_up; /* overlayfs copies a file up: its attributes come next */
	__u32 namespaces; /* that this thread is about to make: CLONE_NEW* */
	__u32 asks_trust; /* evaluate() is to say whether bytes are trusted, not whether they run */
	/* event, sent as one piece with its text */
	struct lp_event event;
	union {
		__u8 text[TEXT_MAX];
		__u8 args[ARGS_MAX]; /* of an interpreter, before there is an event */
	};
};
/* 7.x takes local storage from kmalloc_nolock(), which ends at 8 KiB. */
_Static_assert(sizeof(struct scratch) <= 8192 - 128, "scratch is too large for 7.x");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct scratch);
} scratches SEC(".maps");

/*
 * The address of a kernel object as a number. Global functions are verified
 * once instead of at each call, which keeps the load quick, but before 6.8
 * they take no kernel pointers; they read through the number with probe reads.
 */
static __always_inline __u64 address(const void *object)
{
	__u64 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), &object);
	return number;
}

static __always_inline void count(__u32 what)
{
	__u64 *n = bpf_map_lookup_elem(&counters, &what);

	if (n)
		__sync_fetch_and_add(n, 1);
}

/* Whether one more is within `most` in a second, of which `*second` is the one since
 * boot that `*n` counts in. Two CPUs that begin a second may grant a few more. */
static __always_inline bool within_rate(__u64 *second, __u64 *n, __u32 most)
{
	__u64 now = bpf_ktime_get_boot_ns() / 1000000000;

	if (*second != now) {
		*second = now;
		*n = 0;
	}
	return __sync_fetch_and_add(n, 1) < most;
}

static __always_inline struct lp_config *get_config(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&config, &zero);
}

static __always_inline struct scratch *get_scratch(void)
{
	struct scratch *s = bpf_task_storage_get(&scratches, bpf_get_current_task_btf(), 0,
						 BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!s)
		count(LP_COUNT_SCRATCH_FAILED);
	return s;
}

/* What is refused is refused: not in observe and soak, nor after a trial that
 * nobody confirmed. Here, so that it ends even when linprov is gone or hangs. */
static __always_inline bool enforces(struct lp_config *c)
{
	return c && c->mode == LP_MODE_ENFORCE &&
	       (!c->trial_ends || bpf_ktime_get_boot_ns() < c->trial_ends);
}

static __always_inline __u32 now_seconds(void)
{
	struct lp_config *c = get_config();

	return (c ? c->boot_epoch : 0) + bpf_ktime_get_boot_ns() / 1000000000;
}

#endif

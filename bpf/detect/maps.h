/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/* The maps of the detectors, what each holds, and what happens when it is full. */
#ifndef LINPROV_DETECT_MAPS_H
#define LINPROV_DETECT_MAPS_H

#include "../digest_programs.h"

/* How each detector is set, by enum lp_detector_number, and what it saw. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LP_DETECTORS);
	__type(key, __u32);
	__type(value, struct lp_detector);
} detectors SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, LP_DETECTORS);
	__type(key, __u32);
	__type(value, struct lp_detector_counts);
} detector_counts SEC(".maps");

/* Executables that a detector is silent about. Full: a reload is refused. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 4096);
	__type(key, struct lp_detector_program);
	__type(value, __u32);
} detector_programs SEC(".maps");

/* The variables that an exec is told with. Full: a reload is refused. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 64);
	__type(key, struct lp_variable_name);
	__type(value, __u32);
} detect_environment SEC(".maps");

/* Whether a thread runs an executable that detectors are silent about. Worked out
 * once for each exec, since just-in-time compilers ask again and again. No room
 * (no memory): it is worked out each time. */
struct judged {
	__u64 exe; /* the address of the open file that is executed */
	__u64 exec_id; /* another may get that address later */
	__u32 generation[LP_DETECTORS]; /* under which it was worked out; 0: it wasn't */
	__u32 silent; /* a bit for each detector */
	__u32 zero;
};
struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct judged);
} judgements SEC(".maps");

/* A detection as a thread puts it together, sent as one piece. No room (no
 * memory): counted, it isn't told. */
#define DETECTION_ROOM 7168
struct detection {
	struct lp_event event;
	struct lp_detection head;
	__u8 data[DETECTION_ROOM];
	__u32 len; /* of the data */
	__u32 continues; /* the piece at `at` is the rest of a variable */
	__u64 at, end; /* of the environment that is left */
	struct lp_mark mark; /* of what is about to be executed, when `marked` says so */
	struct lp_file_id file;
	__u64 marked;
	__u64 mount, dentry[2]; /* where names lie that are about to change */
};
/* 7.x takes local storage from kmalloc_nolock(), which ends at 8 KiB. */
_Static_assert(sizeof(struct detection) <= 8192 - 128, "a detection is too large for 7.x");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct detection);
} detections SEC(".maps");

#endif

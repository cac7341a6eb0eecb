/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * What crosses between the kernel programs and user space: map keys and
 * values, and the events of the ring buffer. scripts/build_bpf.ts reads these
 * types back from the object's BTF and writes ffi/layout.gen.ts from them, so
 * no offset is ever typed by hand. Every structure is free of implicit
 * padding; all integers are little endian on the machines we build for.
 */
#ifndef LINPROV_WIRE_H
#define LINPROV_WIRE_H

/* One bit and one value slot per dimension of a rule; the order is the
 * canonical order of an allowlist line. */
enum lp_dim {
	LP_DIM_TARGET_FILENAME = 0,
	LP_DIM_TARGET_FOLDER = 1,
	LP_DIM_LANDING_FILENAME = 2,
	LP_DIM_LANDING_FOLDER = 3,
	LP_DIM_CREATOR_PROCESS = 4,
	LP_DIM_CREATOR_COMM = 5,
	LP_DIM_CREATOR_UID = 6,
	LP_DIM_WRITER_PROCESS = 7,
	LP_DIM_WRITER_UID = 8,
	LP_DIM_ORIGIN_ZONE = 9,
	LP_DIM_SHA256 = 10,
	LP_DIM_EXECUTION_UID = 11,
	LP_DIMS = 12,
};

/* Added to a shape: the folder condition holds at any depth below. */
#define LP_SHAPE_TARGET_RECURSIVE (1u << 16)
#define LP_SHAPE_LANDING_RECURSIVE (1u << 17)

/* Stand in for the parent folder when something that is not a path component
 * is hashed, so that a base name can never equal a comm or an address. */
#define LP_HASH_NAME 0xffffffffffffff01ull
#define LP_HASH_COMM 0xffffffffffffff02ull
#define LP_HASH_REMOTE 0xffffffffffffff03ull
#define LP_HASH_DIGEST 0xffffffffffffff04ull
#define LP_HASH_HEADER 0xffffffffffffff05ull

enum lp_mode {
	LP_MODE_OBSERVE = 0,
	LP_MODE_SOAK = 1,
	LP_MODE_ENFORCE = 2,
};

enum lp_zone {
	LP_ZONE_NONE = 0,
	LP_ZONE_LOCAL = 1,
	LP_ZONE_LAN = 2,
	/* 16 to 239 are named in the configuration. */
	LP_ZONE_NAMED = 16,
	LP_ZONE_INTERNET = 240,
	LP_ZONE_FOREIGN = 250,
	LP_ZONE_UNKNOWN = 255,
};

/* A file, independent of any path: it survives inode eviction, and i_generation
 * tells a reused inode number from the old file. */
struct lp_file_id {
	__u8 fs[16]; /* superblock uuid; device number for filesystems without one */
	__u64 ino;
	__u32 gen;
	__u32 dev; /* s_dev as the kernel encodes it (major << 20 | minor); not part of identity across boots when fs is a uuid, then 0 */
};

/* Where bytes came from: interned, one number for all files it brought. */
struct lp_origin {
	__u64 creator_exe; /* keyed hash of the executable's path */
	__u64 creator_comm; /* keyed hash of comm */
	__u64 remote; /* keyed hash of addr */
	__u8 comm[16];
	__u8 addr[16]; /* IPv6, or IPv4 mapped into ::ffff:0:0/96 */
	__u32 uid;
	__u16 port; /* host order */
	__u8 family; /* AF_* of the socket */
	__u8 zone; /* enum lp_zone */
	__u32 time; /* seconds since 1970 */
	__u32 flags; /* an LP_VOLUME_*, when the origin is a volume */
};

/* Kinds of volumes whose files come from elsewhere. */
enum lp_volume {
	LP_VOLUME_NETWORK = 1,
	LP_VOLUME_FUSE = 2,
	LP_VOLUME_REMOVABLE = 4,
	LP_VOLUME_USERNS = 8, /* mounted inside a user namespace */
	LP_VOLUME_IMAGE = 16, /* a loop device over a marked file; always counts */
};

#define LP_MARK_DIRTY 0x1u /* not yet in the store */
#define LP_MARK_TOMBSTONE 0x2u /* became local again; the store must forget it */
#define LP_MARK_DERIVED 0x4u /* written by a process that read marked bytes */
#define LP_MARK_UNKNOWN_ORIGIN 0x8u /* something was lost: strictest reading */
#define LP_MARK_VOLUME 0x10u /* by the volume it lies on, in memory only */
/* 0x20 to 0x100 are the store's own, see src/marks/records.ts. */

struct lp_mark {
	__u64 landing_folder;
	__u64 landing_name; /* hash of the base name under LP_HASH_NAME */
	__u64 writer_exe;
	__u32 writer_uid;
	__u32 origin; /* number of an lp_origin; 0 is "unknown" */
	__u32 time; /* seconds since 1970 */
	__u32 flags; /* LP_MARK_* */
};

struct lp_rule_key {
	__u32 shape; /* bit per lp_dim, and LP_SHAPE_* */
	__u32 zero;
	__u64 v[12]; /* indexed by lp_dim; 0 where the shape has no such bit */
};

#define LP_RULE_DENY 0x1u

struct lp_rule {
	__u32 number; /* 1 is the first rule of the file; 0 means "no rule" */
	__u32 flags; /* LP_RULE_* */
	__u64 expires; /* seconds since 1970; 0 is never */
	__u64 hits;
};

enum lp_digests {
	LP_DIGESTS_NONE = 0,
	LP_DIGESTS_LOG = 1, /* for the log */
	LP_DIGESTS_RULES = 2, /* some rule names one */
};

/* What user space may change while the programs run. */
struct lp_config {
	__u32 mode; /* enum lp_mode */
	__u32 active; /* which of the two rule sets decides */
	__u32 policy; /* counts reloads; part of every cached approval */
	__u32 daemon; /* thread-group id of linprov itself */
	__u64 boot_epoch; /* seconds since 1970 at boot */
	__u32 host_mnt_ns; /* inode number of /proc/1/ns/mnt */
	__u32 host_net_ns; /* and so on */
	__u32 host_ipc_ns;
	__u32 host_uts_ns;
	__u32 host_cgroup_ns;
	__u32 host_root_dev; /* the host's root filesystem, as s_dev has it */
	__u8 mark_localhost;
	__u8 interpreters; /* 0 switches script checks off */
	__u8 log_allowed; /* 1: an event for permitted executions too */
	__u8 trusts; /* some rule asks for the writer: its bytes may be trusted */
	__u32 shell_taint_s; /* a shell's taint from a pipe ends after this many seconds */
	__u32 volumes; /* the LP_VOLUME_* that count as foreign */
	__u32 digests; /* enum lp_digests: is the SHA-256 of what is about to run wanted? */
	/* Clock ticks from boot to the start of that process: when it is gone, who
	 * gets its id is nobody special. */
	__u64 daemon_started;
	__u64 trial_ends; /* nanoseconds since boot; from then on ENFORCE is OBSERVE. 0: no trial */
	__u32 digest_all; /* the SHA-256 of all that is executed is wanted, marked or not */
	__u32 zero;
};

/* The guards: the order of their names in src/policy/guards.ts. */
enum lp_guard_number {
	LP_GUARD_KERNEL_IMAGE = 0,
	LP_GUARD_KERNEL_MODULES = 1,
	LP_GUARD_BPF = 2,
	LP_GUARD_FILELESS = 3,
	LP_GUARD_FILESYSTEM = 4,
	LP_GUARD_NAMESPACES = 5,
	LP_GUARDS = 6,
};

enum lp_permission {
	LP_PERMISSION_OFF = 0,
	LP_PERMISSION_NONE = 1, /* everything goes; what RESTRICT would refuse is told of */
	LP_PERMISSION_RESTRICT = 2, /* only the host's processes */
	LP_PERMISSION_DENY = 3, /* nobody */
};

/* The operations of each guard: bits of lp_guard.operations. */
enum lp_kernel_image {
	LP_KERNEL_IMAGE_UNSIGNED_MODULE = 0,
	LP_KERNEL_IMAGE_AUTOLOAD_MODULE = 1,
	LP_KERNEL_IMAGE_UNSAFE_MODULE_PARAMETERS = 2,
	LP_KERNEL_IMAGE_DEV_MEM = 3,
	LP_KERNEL_IMAGE_EFI_TEST = 4,
	LP_KERNEL_IMAGE_KEXEC = 5,
	LP_KERNEL_IMAGE_HIBERNATION = 6,
	LP_KERNEL_IMAGE_PCI_ACCESS = 7,
	LP_KERNEL_IMAGE_IOPORT = 8,
	LP_KERNEL_IMAGE_MSR = 9,
	LP_KERNEL_IMAGE_ACPI_TABLES = 10,
	LP_KERNEL_IMAGE_PCMCIA_CIS = 11,
	LP_KERNEL_IMAGE_TIOCSSERIAL = 12,
	LP_KERNEL_IMAGE_MMIOTRACE = 13,
	LP_KERNEL_IMAGE_DEBUGFS = 14,
	LP_KERNEL_IMAGE_XMON_RW = 15,
	LP_KERNEL_IMAGE_BPF_WRITE = 16,
	LP_KERNEL_IMAGE_KCORE = 17,
};

enum lp_kernel_modules {
	LP_KERNEL_MODULES_LOAD_MODULE = 0,
	LP_KERNEL_MODULES_AUTOLOAD_MODULE = 1,
	LP_KERNEL_MODULES_UNSIGNED_MODULE = 2,
	LP_KERNEL_MODULES_UNSAFE_MODULE_PARAMETERS = 3,
};

enum lp_bpf {
	LP_BPF_MAP_CREATE = 0,
	LP_BPF_PROG_LOAD = 1,
	LP_BPF_BTF_LOAD = 2,
	LP_BPF_BPF_WRITE = 3,
};

enum lp_fileless {
	LP_FILELESS_MEMFD = 0,
	LP_FILELESS_UNLINKED = 1,
	LP_FILELESS_LIBRARY = 2,
};

enum lp_filesystem {
	LP_FILESYSTEM_REMOUNT_ROOT = 0,
	LP_FILESYSTEM_WRITE_ROOT = 1,
	LP_FILESYSTEM_SYSFS_WRITE = 2,
	LP_FILESYSTEM_MOUNT = 3,
	LP_FILESYSTEM_UMOUNT = 4,
};

enum lp_namespaces {
	LP_NAMESPACES_USER = 0,
	LP_NAMESPACES_MOUNT = 1,
	LP_NAMESPACES_NET = 2,
	LP_NAMESPACES_PID = 3,
	LP_NAMESPACES_IPC = 4,
	LP_NAMESPACES_UTS = 5,
	LP_NAMESPACES_CGROUP = 6,
};

/* How a guard is set. */
struct lp_guard {
	__u32 permission; /* enum lp_permission */
	__u32 operations; /* those that it covers */
	__u32 programs; /* how many executables it doesn't hold for */
	__u32 places; /* how many paths and kinds of mounts */
};

struct lp_guard_counts {
	__u64 blocked;
	__u64 would_block;
	__u64 spared;
};

/* A kind of filesystem, or what is mounted; longer ones are cut. */
struct lp_mount_name {
	__u8 text[64];
};

/* A guard doesn't hold for processes that run this executable. */
struct lp_guard_program {
	__u64 exe; /* hash of its path on the host */
	__u32 guard;
	__u32 zero;
};

/* What belongs to linprov, for its own protection: the order of WHATS in
 * src/events/self_lines.ts. */
enum lp_self {
	LP_SELF_STATE = 0,
	LP_SELF_PIN = 1,
	LP_SELF_MAP = 2,
	LP_SELF_PROGRAM = 3,
	LP_SELF_PROCESS = 4,
};

/* What somebody tried with it: the order of OPERATIONS there. */
enum lp_self_operation {
	LP_SELF_CREATE = 0,
	LP_SELF_MKDIR = 1,
	LP_SELF_SYMLINK = 2,
	LP_SELF_LINK = 3,
	LP_SELF_MKNOD = 4,
	LP_SELF_UNLINK = 5,
	LP_SELF_RMDIR = 6,
	LP_SELF_RENAME = 7,
	LP_SELF_OPEN = 8,
	LP_SELF_TRUNCATE = 9,
	LP_SELF_CHMOD = 10,
	LP_SELF_CHOWN = 11,
	LP_SELF_SETXATTR = 12,
	LP_SELF_REMOVEXATTR = 13,
	LP_SELF_MOUNT = 14,
	LP_SELF_UMOUNT = 15,
	LP_SELF_KILL = 16,
	LP_SELF_PTRACE = 17,
	LP_SELF_RLIMIT = 18,
	LP_SELF_NICE = 19,
	LP_SELF_SCHEDULER = 20,
};

/* The folders that own protection knows: slots of `places`. */
enum lp_place {
	LP_PLACE_STATE = 0, /* nobody but linprov changes what is in these three */
	LP_PLACE_PINS = 1, /* the folder of all pins */
	LP_PLACE_PINNED = 2, /* the one in it with this linprov's */
	LP_PLACE_ABOVE_STATE = 3, /* 3 to 5: those that lie above the state's */
	LP_PLACE_ABOVE_PINS = 6, /* 6 to 8: and above the pins' */
	LP_PLACE_CACHE = 9, /* what lies two levels below, called linprov, is linprov's program */
	LP_PLACE_PROGRAM = 10, /* and what lies in these */
	LP_PLACE_INSTALLED = 11,
	LP_PLACES = 12,
};

/* The detectors: the order of their names in src/policy/detectors.ts. */
enum lp_detector_number {
	LP_DETECT_EXEC = 0,
	LP_DETECT_REPLACED = 1,
	LP_DETECT_PROC_MEM = 2,
	LP_DETECT_MPROTECT = 3,
	LP_DETECTORS = 4,
};

/* The acts of each detector, in the order of src/policy/detectors.ts. */
#define LP_EXEC_EXECUTED 0

enum lp_detect_replaced {
	LP_REPLACED_DELETED = 0, /* its last name is gone */
	LP_REPLACED_REPLACED = 1, /* another file has its name */
	LP_REPLACED_MOVED = 2, /* it has another name */
};

enum lp_detect_proc_mem {
	LP_PROC_MEM_PROC_MEM = 0,
	LP_PROC_MEM_PROCESS_VM_WRITEV = 1,
};

enum lp_detect_mprotect {
	LP_MPROTECT_WRITTEN = 0, /* what may have been written becomes executable */
	LP_MPROTECT_WRITABLE = 1, /* both at once */
};

#define LP_DETECTOR_ON 0x1u
#define LP_DETECTOR_ARGUMENTS 0x2u /* exec: tell the arguments */
#define LP_DETECTOR_ENVIRONMENT 0x4u /* exec: tell variables of `detect_environment` */

/* How a detector is set. */
struct lp_detector {
	__u32 flags; /* LP_DETECTOR_* */
	__u32 programs; /* how many executables it is silent about */
	__u32 generation; /* counts changes: what was worked out before doesn't hold */
	__u32 per_second; /* detections that are told in one second at most */
};

struct lp_detector_counts {
	__u64 detected; /* and told */
	__u64 dropped; /* not told: too many at once */
	__u64 second; /* since boot, that the next counts in */
	__u64 in_second;
};

/* A detector is silent about processes that run this executable. */
struct lp_detector_program {
	__u64 exe; /* hash of its path on the host */
	__u32 detector;
	__u32 zero;
};

/* The name of a variable of the environment. */
struct lp_variable_name {
	__u8 text[32]; /* padded with zeros, one of them at least */
};

#define LP_DETECTED_PATH_CUT 0x1u /* some path is longer than its room */
#define LP_DETECTED_NO_ARGUMENTS 0x2u /* they could not be read */
#define LP_DETECTED_ENVIRONMENT_CUT 0x4u /* a value is cut, or there is more than was looked at */

struct lp_ancestor {
	__u32 pid; /* thread-group id */
	__u32 path_len; /* of its executable */
	__u8 comm[16];
};

#define LP_MAX_ANCESTORS 8

/* What stands behind the lp_event of a detection, and before its texts: the
 * executable's path, what it is about, the ancestors' executables, arguments,
 * variables; each as long as it says here. */
struct lp_detection {
	__u32 exe_len;
	__u32 target_len;
	__u32 target_pid; /* the process that it is about; 0: none */
	__u32 ancestors;
	__u32 arguments_len;
	__u32 arguments_bytes; /* how long they are in truth */
	__u32 environment_len;
	__u32 flags; /* LP_DETECTED_* */
	struct lp_ancestor ancestor[8]; /* the parent first */
};

/* Raise it when something in a map comes to mean something else while its shape
 * stays: a newer linprov takes the maps of an older one over only when both
 * agree. */
enum lp_state {
	LP_STATE_VERSION = 1,
};

enum lp_counter {
	LP_COUNT_MARKS = 0, /* files marked */
	LP_COUNT_LOCAL = 1, /* files that became local again */
	LP_COUNT_ALLOWED = 2,
	LP_COUNT_BLOCKED = 3,
	LP_COUNT_WOULD_BLOCK = 4,
	LP_COUNT_SPARED = 5, /* PID 1 and linprov are never refused: an open decision */
	LP_COUNT_EVENTS_LOST = 6, /* the ring was full: a log line, never a verdict */
	LP_COUNT_KNOWN_FULL = 7,
	LP_COUNT_STORAGE_FAILED = 8, /* inode storage */
	LP_COUNT_PROCESS_FAILED = 9, /* no room: the process counts as tainted, origin unknown */
	LP_COUNT_SCRATCH_FAILED = 10, /* no path could be had: path rules don't match */
	LP_COUNT_ORIGINS_FULL = 11,
	LP_COUNT_PENDING_FULL = 12,
	LP_COUNT_READERS_FULL = 13,
	LP_COUNT_FOLDERS_FULL = 14,
	LP_COUNT_MARK_LOST = 15, /* neither inode storage nor known took a mark: an open decision */
	LP_COUNT_GUARDED = 16, /* attempts on our own xattr that were refused */
	LP_COUNT_IMAGES_FULL = 17, /* files on a marked image are unmarked: an open decision */
	LP_COUNT_CONNECTED = 18, /* processes that were connected before linprov was there */
	LP_COUNT_COPIES_FULL = 19, /* copies of interpreters that count as programs: an open decision */
	LP_COUNT_NO_DIGEST = 20, /* a rule names a digest, and there was none: it didn't match */
	LP_COUNT_SELF_STATE = 21, /* attempts on linprov itself that were refused, by what */
	LP_COUNT_SELF_PIN = 22,
	LP_COUNT_SELF_MAP = 23,
	LP_COUNT_SELF_PROGRAM = 24,
	LP_COUNT_SELF_PROCESS = 25,
	LP_COUNT_DETECTIONS_LOST = 26, /* what detectors saw, and didn't tell: too much at once */
	/* root wrote what marked code had it write: no rule over the writer holds */
	LP_COUNT_WRITERS_UNKNOWN = 27,
	LP_COUNTERS = 32,
};

enum lp_event_type {
	LP_EVENT_VERDICT = 1,
	LP_EVENT_MARK = 2,
	LP_EVENT_LOCAL = 3,
	LP_EVENT_ORIGIN = 4,
	LP_EVENT_GUARD = 5, /* kind: the guard, rule: the operation, verdict: what came of it */
	LP_EVENT_NAME = 6, /* a program's path, once per path: target_file is its hash */
	/* kind: enum lp_self, rule: enum lp_self_operation, mode: enum lp_place, target_file: the
	 * signal, target_folder: attempts that nobody was told of before */
	LP_EVENT_SELF = 7,
	LP_EVENT_DETECTED = 8, /* kind: the detector, rule: the act; the text is an lp_detection */
	LP_EVENT_GONE = 9, /* a marked file doesn't exist any more */
};

/* How marked bytes were about to become code. */
enum lp_kind {
	LP_KIND_EXEC = 1,
	LP_KIND_SCRIPT = 2,
	LP_KIND_MMAP = 3,
	LP_KIND_PIPE = 4,
};

enum lp_verdict {
	LP_VERDICT_ALLOW = 1,
	LP_VERDICT_BLOCK = 2,
	LP_VERDICT_WOULD_BLOCK = 3,
	LP_VERDICT_SPARED = 4,
};

#define LP_EVENT_DENIED 0x1u /* a deny rule said so, not the lack of a rule */
#define LP_EVENT_OTHER_NS 0x2u /* the path isn't one of the host's mount namespace */
#define LP_EVENT_DELETED 0x4u /* the file has no name any more */
#define LP_EVENT_TRUNCATED 0x8u /* the path is longer than the text */

struct lp_event {
	__u16 type; /* enum lp_event_type */
	__u16 flags; /* LP_EVENT_* */
	__u32 text_len; /* bytes of text behind this structure */
	__u64 time; /* nanoseconds since boot */
	__u32 pid; /* thread-group id */
	__u32 uid; /* real uid */
	__u32 rule; /* number of the rule that decided; 0 is none */
	__u8 kind; /* enum lp_kind */
	__u8 verdict; /* enum lp_verdict */
	__u8 mode; /* enum lp_mode */
	__u8 zero;
	__u8 comm[16];
	struct lp_file_id file;
	struct lp_file_id from; /* the marked file that the bytes came out of; zeros: none (MARK) */
	struct lp_mark mark;
	struct lp_origin origin;
	__u64 target_file; /* hash of the path; 0 where it can't count */
	__u64 target_folder;
	__u64 folder; /* hash of the landing folder (MARK) */
	__u8 digest[32]; /* SHA-256 of the file (VERDICT); zeros: not known */
};

/* Input of the `seed` program: one mark or origin from the store. */
struct lp_seed {
	struct lp_file_id file;
	struct lp_mark mark;
	struct lp_origin origin;
	__u32 number; /* of the origin; 0 when this seeds a mark */
	__u32 result; /* 0, or a positive errno */
};

#define LP_INTERP_SUFFIX 0x1u /* a script suffix of its language makes a read a load */
#define LP_INTERP_FIRST_ARG 0x2u /* its first operand is the program */
#define LP_INTERP_STDIN 0x4u /* without an operand it reads the program from stdin */
#define LP_INTERP_XBIT 0x10u /* so does an exec bit */
#define LP_INTERP_SHELL 0x8u /* its taint from pipes ends by itself */

/* How an interpreter takes its program. Option masks have bit 0-25 for a-z and
 * bit 32-57 for A-Z. */
struct lp_interp {
	__u32 flags; /* LP_INTERP_* */
	__u32 languages; /* bits shared with lp_suffix values */
	__u64 text_options; /* the program is the option's value: no script file */
	__u64 file_options; /* the next argument is the program's file */
	__u64 value_options; /* the next argument is not an operand */
	__u64 stdin_options; /* the program comes from stdin */
};

/* How a copy of an interpreter is recognized: by its size, and the keyed hash of
 * its first 256 bytes, which for an ELF file hold where its parts begin and end. */
struct lp_print {
	__u64 size;
	__u64 header;
};

struct lp_cidr {
	__u32 prefix; /* bits, 0 to 128 */
	__u8 addr[16]; /* IPv4 is mapped into ::ffff:0:0/96 */
};

/* One call of the `hash_case` program: what the hash of a name below `parent` is. */
struct lp_hash_case {
	__u64 parent; /* of a folder, or an LP_HASH_* */
	__u64 hash; /* out */
	__u32 len;
	__u32 end; /* '/' for a folder */
	__u8 name[256]; /* padded with zeros */
};

/* Facts, and what gather() and evaluate() make of them. */
struct lp_case {
	struct lp_mark mark;
	struct lp_origin origin;
	__u64 file; /* as resolve() leaves them */
	__u64 folder;
	__u64 ancestor[8];
	__u32 ancestors;
	__u32 path_flags;
	__u32 has_path;
	__u32 has_origin;
	__u64 digest; /* hash of the file's digest; 0 when it has none */
	__u64 now; /* seconds since 1970; out: when it was decided */
	__u32 allowed; /* out */
	__u32 denied; /* out: a deny rule matched */
	__u32 rule; /* out: the number of the rule that decided */
	__u32 zero;
};

/* One call of the `decide_cases` program. */
#define LP_CASES 16
struct lp_cases {
	struct lp_case cases[16];
};

#define LP_MAX_SHAPES 64

struct lp_shapes {
	__u32 count;
	__u32 denies; /* some rule of this set says deny: every shape must be asked */
	__u32 shape[64];
};

#endif

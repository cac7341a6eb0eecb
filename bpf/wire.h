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
	__u64 remote; /* keyed hash of addr and port */
	__u8 comm[16];
	__u8 addr[16]; /* IPv6, or IPv4 mapped into ::ffff:0:0/96 */
	__u32 uid;
	__u16 port; /* host order */
	__u8 family; /* AF_* of the socket */
	__u8 zone; /* enum lp_zone */
	__u32 time; /* seconds since 1970 */
	__u32 flags;
};

#define LP_MARK_DIRTY 0x1u /* not yet in the store */
#define LP_MARK_TOMBSTONE 0x2u /* became local again; the store must forget it */
#define LP_MARK_DERIVED 0x4u /* written by a process that read marked bytes */
#define LP_MARK_UNKNOWN_ORIGIN 0x8u /* something was lost: strictest reading */

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

#define LP_MAX_SHAPES 64

struct lp_shapes {
	__u32 count;
	__u32 denies; /* some rule of this set says deny: every shape must be asked */
	__u32 shape[64];
};

#endif

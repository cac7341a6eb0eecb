/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * The kernel types and fields that are used, and no others. Offsets are
 * relocated at load (CO-RE), so one object serves 6.1 to 7.x. A field that is
 * missing in the running kernel makes the load fail with its name.
 */
#ifndef LINPROV_KERNEL_H
#define LINPROV_KERNEL_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)

/* include/uapi/linux/bpf.h */
#define BPF_MAP_TYPE_HASH 1
#define BPF_MAP_TYPE_ARRAY 2
#define BPF_MAP_TYPE_LRU_HASH 9
#define BPF_MAP_TYPE_LPM_TRIE 11
#define BPF_MAP_TYPE_ARRAY_OF_MAPS 12
#define BPF_MAP_TYPE_RINGBUF 27
#define BPF_MAP_TYPE_INODE_STORAGE 28
#define BPF_MAP_TYPE_TASK_STORAGE 29
#define BPF_F_NO_PREALLOC 1
#define BPF_LOCAL_STORAGE_GET_F_CREATE 1
#define BPF_ANY 0
#define BPF_NOEXIST 1

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

/* include/uapi/asm-generic/errno-base.h, include/uapi/linux/stat.h, fs.h, mman.h */
#define EPERM 1
#define ENOMEM 12
#define EOPNOTSUPP 95
#define S_IFMT 0170000
#define S_IFDIR 0040000
#define S_IFREG 0100000
#define S_IFIFO 0010000
#define S_IFBLK 0060000
#define S_IFSOCK 0140000
#define S_ISUID 0004000
#define S_IXUGO 00111
#define MAY_WRITE 2
#define MAY_READ 4
#define FMODE_WRITE 2
#define FMODE_EXEC 0x20 /* also in f_flags (__FMODE_EXEC), where open(2) can't set it */
#define PROT_READ 1
#define PROT_WRITE 2
#define PROT_EXEC 4
#define MAP_SHARED 1
#define MAP_SHARED_VALIDATE 3
#define MAP_TYPE 0xf
#define VM_WRITE 0x2
#define VM_EXEC 0x4
#define VM_SHARED 0x8
#define VM_MAYWRITE 0x20
#define GENHD_FL_REMOVABLE 1 /* include/linux/blkdev.h */
#define CLONE_THREAD 0x10000
#define PTRACE_MODE_ATTACH 2 /* include/linux/ptrace.h */
/* enum kernel_read_file_id, include/linux/kernel_read_file.h */
#define READING_MODULE 2
#define READING_KEXEC_IMAGE 3
#define READING_KEXEC_INITRAMFS 4
#define READING_MODULE_COMPRESSED 7 /* 7.x */
/* enum kernel_load_data_id, include/linux/kernel_read_file.h */
#define LOADING_MODULE 2
#define LOADING_KEXEC_IMAGE 3
#define AF_UNIX 1
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define AF_ALG 38 /* the kernel's cryptography: a process gets back what it gave */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct qstr {
	union {
		struct {
			__u32 hash;
			__u32 len;
		};
	};
	const unsigned char *name;
};

struct hlist_bl_node {
	struct hlist_bl_node *next, **pprev;
};

struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	struct super_block *d_sb;
};

typedef struct {
	__u8 b[16];
} uuid_t;

struct user_namespace {
	int level;
};

struct gendisk {
	int major;
	int first_minor;
	int flags;
};

struct block_device {
	struct gendisk *bd_disk;
};

struct file_system_type {
	const char *name;
};

struct super_block {
	__u32 s_dev;
	struct file_system_type *s_type;
	struct block_device *s_bdev;
	unsigned long s_magic;
	uuid_t s_uuid;
	struct user_namespace *s_user_ns;
};

struct inode {
	__u16 i_mode;
	struct {
		__u32 val;
	} i_uid;
	struct super_block *i_sb;
	unsigned long i_ino;
	unsigned int i_nlink;
	__u32 i_rdev;
	__s64 i_size;
	struct {
		int counter;
	} i_writecount;
	__u32 i_generation;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct ns_common {
	unsigned int inum;
};

struct mnt_namespace {
	struct ns_common ns;
	struct user_namespace *user_ns;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct mnt_namespace *mnt_ns;
	const char *mnt_devname;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	unsigned int f_flags;
	unsigned int f_mode;
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
};

/* The file below an overlay's, Linux 6.5. Its blob for security modules came together with another
 * first argument of backing_file_open(): a file, not a path. */
struct backing_file {
	void *security;
};

struct vm_area_struct {
	unsigned long vm_flags;
	struct file *vm_file;
	struct anon_vma *anon_vma;
};

struct mm_struct {
	unsigned long arg_start, arg_end, env_start, env_end;
	struct file *exe_file;
	struct task_struct *owner; /* of kernels with CONFIG_MEMCG */
};

/* A flavour of struct pt_regs, whose fields depend on the architecture. */
struct pt_regs___syscall {
	unsigned long orig_ax; /* x86 */
	int syscallno; /* arm64 */
};

/* The same of a function's first argument. */
struct pt_regs___function {
	unsigned long di; /* x86 */
	__u64 regs[31]; /* arm64 */
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct net {
	struct ns_common ns;
};

struct ipc_namespace {
	struct ns_common ns;
};

struct uts_namespace {
	struct ns_common ns;
};

struct cgroup_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct uts_namespace *uts_ns;
	struct ipc_namespace *ipc_ns;
	struct mnt_namespace *mnt_ns;
	struct net *net_ns;
	struct cgroup_namespace *cgroup_ns;
};

struct pid {
	unsigned int level; /* of its namespace; 0 is the host's */
};

struct cred {
	struct {
		__u32 val;
	} uid;
	struct {
		__u32 val;
	} euid;
	struct user_namespace *user_ns;
};

struct filename {
	const char *name; /* in the kernel's memory */
};

/* Of a path that is being looked up. */
struct nameidata {
	struct filename *name;
};

struct task_struct {
	unsigned int flags;
	int pid;
	int tgid;
	unsigned int ptrace;
	struct task_struct *parent; /* the tracer, when there is one */
	struct task_struct *real_parent;
	__u64 self_exec_id; /* counts what it executes */
	struct task_struct *group_leader;
	struct pid *thread_pid;
	__u64 start_boottime; /* nanoseconds */
	struct mm_struct *mm;
	struct files_struct *files;
	struct nsproxy *nsproxy;
	struct cred *cred;
	struct nameidata *nameidata;
	struct bpf_local_storage *bpf_storage; /* of all task storages */
	char comm[16];
};

struct linux_binprm {
	struct file *file;
	const char *filename; /* as it was asked for */
	char buf[256]; /* the start of the file */
};

struct in6_addr {
	union {
		__u8 u6_addr8[16];
	} in6_u;
};

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	unsigned short skc_family;
	unsigned char skc_state;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct bpf_map {
	__u32 id;
	char name[16];
};

struct bpf_prog_aux {
	__u32 id;
	char name[16];
};

struct bpf_prog {
	struct bpf_prog_aux *aux;
};

struct sk_buff {
	unsigned int len;
};

struct sk_buff_head {
	struct sk_buff *next;
	__u32 qlen;
};

struct sock {
	struct sock_common __sk_common;
	struct sk_buff_head sk_receive_queue;
	struct socket *sk_socket;
};

struct socket {
	short type;
	struct file *file;
	struct sock *sk;
};

struct tcp_sock {
	__u64 bytes_received;
};

struct unix_address;

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};

struct msghdr;

/* The values are the running kernel's; these are the names that are asked for. */
enum lockdown_reason {
	LOCKDOWN_MODULE_SIGNATURE,
	LOCKDOWN_DEV_MEM,
	LOCKDOWN_EFI_TEST,
	LOCKDOWN_KEXEC,
	LOCKDOWN_HIBERNATION,
	LOCKDOWN_PCI_ACCESS,
	LOCKDOWN_IOPORT,
	LOCKDOWN_MSR,
	LOCKDOWN_ACPI_TABLES,
	LOCKDOWN_PCMCIA_CIS,
	LOCKDOWN_TIOCSSERIAL,
	LOCKDOWN_MODULE_PARAMETERS,
	LOCKDOWN_MMIOTRACE,
	LOCKDOWN_DEBUGFS,
	LOCKDOWN_XMON_WR,
	LOCKDOWN_BPF_WRITE_USER,
	LOCKDOWN_KCORE,
	LOCKDOWN_XMON_RW,
};

#pragma clang attribute pop

#endif

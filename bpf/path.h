/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * Paths without bpf_d_path, which most hooks may not call: the chain of
 * dentries is walked to the root of the mount namespace and hashed on the way
 * down, one component at a time, so every ancestor has its hash.
 */
#ifndef LINPROV_PATH_H
#define LINPROV_PATH_H

#include "hash.h"

#define PATH_UNREACHABLE 0x1u /* the walk ended outside the mount namespace (memfd, lazy umount) */
#define PATH_DELETED 0x2u
#define PATH_DEEP 0x4u /* more components than PATH_DEPTH: unknown */
#define PATH_FOREIGN 0x8u /* not the host's mount namespace */
#define PATH_TRUNCATED 0x10u /* the text is cut; the hashes are right */
#define PATH_UNPRIVILEGED 0x20u /* mount namespace of a user namespace below the host's */

/* Only such a path may satisfy target_*, creator_process and writer_process. */
#define PATH_NOT_HOST (PATH_UNREACHABLE | PATH_DELETED | PATH_DEEP | PATH_FOREIGN)
/* Landing folders count in containers too, but not in a namespace that any
 * user can make and mount over. */
#define PATH_NOT_LANDING (PATH_UNREACHABLE | PATH_DEEP | PATH_UNPRIVILEGED)

/* An index into an array of PATH_DEPTH. The barrier keeps the mask, which the
 * compiler knows to be needless and the verifier of 6.1 does not. */
static __always_inline __u32 slot(__u32 i)
{
	barrier_var(i);
	return i & (PATH_DEPTH - 1);
}

static int walk_up(__u32 i, void *ctx)
{
	struct scratch *s = *(struct scratch **)ctx;
	struct dentry *d = (struct dentry *)s->walk_dentry;
	struct mount *m = (struct mount *)s->walk_mount;
	struct dentry *root = BPF_CORE_READ(m, mnt.mnt_root);
	struct dentry *parent;

	if (d == root) {
		struct mount *above = BPF_CORE_READ(m, mnt_parent);

		if (above == m) {
			s->top_namespace = (__u64)BPF_CORE_READ(m, mnt_ns);
			s->at_top = 1;
			return 1;
		}
		s->walk_dentry = (__u64)BPF_CORE_READ(m, mnt_mountpoint);
		s->walk_mount = (__u64)above;
		return 0;
	}
	parent = BPF_CORE_READ(d, d_parent);
	if (parent == d && s->depth)
		return 1;
	if (s->depth >= PATH_DEPTH) {
		s->path_flags |= PATH_DEEP;
		return 1;
	}
	s->dentry[slot(s->depth)] = (__u64)d;
	s->depth++;
	s->walk_dentry = (__u64)parent;
	return parent == d; /* a memfd's dentry is its own parent: one name, no folder */
}

/* Reads one component into s->name, padded, and appends "/name" to the text. */
static __always_inline __u32 take_name(struct scratch *s, struct dentry *d)
{
	const unsigned char *name = BPF_CORE_READ(d, d_name.name);
	__u32 len = BPF_CORE_READ(d, d_name.len);
	__u32 at = s->event.text_len;

	if (len > 255)
		len = 255;
	barrier_var(len);
	len &= 255;
	if (bpf_probe_read_kernel(s->name, len, name))
		len = 0;
	if (at > TEXT_MAX - 264) {
		s->path_flags |= PATH_TRUNCATED;
		return len;
	}
	barrier_var(at);
	at &= TEXT_MAX - 1;
	if (at <= TEXT_MAX - 264) {
		s->text[at] = '/';
		bpf_probe_read_kernel(&s->text[at + 1], len, s->name);
		s->event.text_len = at + 1 + len;
	}
	return len;
}

/* Ends the component in s->name at `len` bytes with `end` (0 or '/'). */
static __always_inline void end_name(struct scratch *s, __u32 len, __u8 end)
{
	__u8 *name = (__u8 *)s->name;

	barrier_var(len);
	len &= 255;
	if (end)
		name[len++] = end;
	s->name_len = len;
	*(__u64 *)(name + len) = 0; /* unaligned: x86-64 and arm64 both may */
}

static int walk_down(__u32 i, void *ctx)
{
	struct scratch *s = *(struct scratch **)ctx;
	__u32 left = s->depth - 1 - i;
	struct dentry *d = (struct dentry *)s->dentry[slot(left)];
	__u32 len = take_name(s, d);

	if (left) {
		end_name(s, len, '/');
		s->folder = hash_name(s, s->folder);
		s->ancestor[slot(i + 1)] = s->folder;
		s->ancestors = i + 2;
		return 0;
	}
	end_name(s, len, 0);
	s->file = hash_name(s, s->folder);
	s->base = hash_name(s, LP_HASH_NAME);
	return 1;
}

/*
 * Resolves where `mnt` and `dentry` lie: folder, file and base name hashes, all
 * ancestors (root first), the text into the event, and what is wrong with the
 * path into path_flags. s->name holds the base name afterwards.
 */
__noinline int resolve(struct scratch *s, __u64 mnt, __u64 at)
{
	struct dentry *dentry = (struct dentry *)at;
	struct task_struct *task = bpf_get_current_task_btf();
	struct mnt_namespace *ns = BPF_CORE_READ(task, nsproxy, mnt_ns);
	struct lp_config *c = get_config();

	if (!s)
		return 0;
	s->walk_dentry = at;
	s->walk_mount = mnt - bpf_core_field_offset(struct mount, mnt);
	s->depth = 0;
	s->at_top = 0;
	s->path_flags = 0;
	s->event.text_len = 0;
	s->file = s->base = 0;
	bpf_loop(PATH_DEPTH * 2, walk_up, &s, 0);

	if (!s->at_top || !ns || s->top_namespace != (__u64)ns)
		s->path_flags |= PATH_UNREACHABLE;
	if (!BPF_CORE_READ(dentry, d_hash.pprev) && BPF_CORE_READ(dentry, d_parent) != dentry)
		s->path_flags |= PATH_DELETED;
	if (!c || !ns || BPF_CORE_READ(ns, ns.inum) != c->host_mnt_ns)
		s->path_flags |= PATH_FOREIGN;
	if (!ns || BPF_CORE_READ(ns, user_ns, level) != 0)
		s->path_flags |= PATH_UNPRIVILEGED;

	end_name(s, 0, '/');
	s->folder = hash_name(s, 0);
	s->ancestor[0] = s->folder;
	s->ancestors = 1;
	if (s->depth)
		bpf_loop(s->depth, walk_down, &s, 0);
	return 0;
}

/* The same for what has a name of its own (`text`) and no path, or neither (0). */
static __always_inline void set_text(struct scratch *s, __u64 text)
{
	long length = text ? bpf_probe_read_kernel_str(s->text, 256, (const void *)text) : 0;

	s->path_flags = 0;
	s->event.text_len = length > 1 ? length - 1 : 0;
}

/* The same for an open file. */
static __always_inline void resolve_file(struct scratch *s, struct file *file)
{
	resolve(s, (__u64)BPF_CORE_READ(file, f_path.mnt), (__u64)BPF_CORE_READ(file, f_path.dentry));
}

#endif

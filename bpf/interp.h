/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * Interpreters: who is one (by the executable that runs, never by comm), and
 * whether a read is the loading of a program or the reading of data.
 */
#ifndef LINPROV_INTERP_H
#define LINPROV_INTERP_H

#include "decide.h"

/* 1 where two bytes differ, and 0 where they don't: without a branch, because the verifier would follow
 * both sides of each of fifteen. */
static __always_inline __u32 differs(__u32 a, __u32 b)
{
	return ((a ^ b) + 255) >> 8;
}

/* The same where byte `c` is no part of a version. A digit lies neither above the digits nor below. */
static __always_inline __u32 is_letter(__u32 c)
{
	return (('9' - c) >> 31 | (c - '0') >> 31) & differs(c, '.') & differs(c, '-');
}

/* "python3.11" -> "python": the version at the end goes. `name` has 24 bytes, and a zero in them. */
static __always_inline void normalize(const __u8 *name, struct interp_name *out)
{
	__u64 words[2];
	__u32 len = 0, going = 1, bits;

	for (__u32 i = 0; i < 15; i++) {
		__u32 c = name[i], longer;

		going &= differs(c, 0);
		longer = going & is_letter(c);
		/* No mask of all bits or none: the verifier of 7.3 follows both. */
		barrier_var(longer);
		len += (i + 1 - len) * longer;
	}
	/* Bytes in little endian words: x86-64 and arm64 both are. */
	__builtin_memcpy(words, name, 16);
	bits = (len & 15) * 8;
	if (bits < 64) {
		words[0] &= (1ull << bits) - 1;
		words[1] = 0;
	} else {
		words[1] &= (1ull << (bits & 63)) - 1;
	}
	__builtin_memcpy(out, words, 16);
}

/* How the running executable takes programs; NULL when it is no interpreter. */
static __always_inline struct lp_interp *find_interpreter(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct lp_config *c = get_config();
	__u64 base[3] = {};
	struct interp_name name;
	struct lp_interp *found;
	struct lp_file_id id = {};
	struct file *exe;

	if (!c || !c->interpreters)
		return NULL;
	exe = BPF_CORE_READ(task, mm, exe_file);
	if (!exe)
		return NULL;
	bpf_probe_read_kernel_str(base, sizeof(base), BPF_CORE_READ(exe, f_path.dentry, d_name.name));
	normalize((const __u8 *)base, &name);
	found = bpf_map_lookup_elem(&interp_names, &name);
	if (found)
		return found;
	identify((__u64)BPF_CORE_READ(exe, f_inode), &id);
	found = bpf_map_lookup_elem(&interp_files, &id);
	return found ? found : bpf_map_lookup_elem(&interp_copies, &id);
}

/* The same into s->interp; 0 when it is no interpreter. */
__noinline int interpreter(struct scratch *s)
{
	struct lp_interp *found = s ? find_interpreter() : NULL;

	if (!found)
		return 0;
	s->interp = *found;
	return 1;
}

/* A program starts: is it a copy of an interpreter under another name? `header`
 * is where its first 256 bytes are. */
static __noinline int note_copy(struct inode *inode, __u64 header)
{
	struct lp_file_id id = {};
	struct lp_print print = {};
	struct lp_interp *found, copy;
	struct scratch *s;

	if (!inode)
		return 0;
	print.size = inode->i_size;
	if (!bpf_map_lookup_elem(&interp_sizes, &print.size))
		return 0;
	identify(address(inode), &id);
	if (bpf_map_lookup_elem(&interp_files, &id) || bpf_map_lookup_elem(&interp_copies, &id))
		return 0;
	s = get_scratch();
	if (!s || bpf_probe_read_kernel(s->name, 256, (void *)header))
		return 0;
	s->name[32] = 0;
	s->name_len = 256;
	print.header = hash_name(s, LP_HASH_HEADER);
	found = bpf_map_lookup_elem(&interp_prints, &print);
	if (!found)
		return 0;
	copy = *found;
	if (bpf_map_update_elem(&interp_copies, &id, &copy, BPF_ANY))
		count(LP_COUNT_COPIES_FULL);
	return 0;
}

/* Where an interpreter's program comes from, by its arguments. */
#define PROGRAM_FILE_MATCH 1 /* the file asked about is the script argument */
#define PROGRAM_OTHER 2 /* another file, or text on the command line */
#define PROGRAM_STDIN 3
#define PROGRAM_UNKNOWN 4 /* the arguments are too long to tell: strict */
#define PROGRAM_DESCRIPTOR 5 /* /dev/stdin, /dev/fd/N: whatever is behind it */

#define ARG_START 0
#define ARG_OPTION 1 /* inside -abc */
#define ARG_LONG 2 /* inside --long or anything to skip */
#define ARG_OPERAND 3
#define ARG_LONG_VALUE 4 /* behind --file= */

#define PLACE_FD 1 /* the component before this one is "fd" */
#define PLACE_DEV 2 /* it is "dev" */

#define NEXT_FILE 1
#define NEXT_SKIP 2

static __always_inline __u64 letter_bit(__u8 c)
{
	if (c >= 'a' && c <= 'z')
		return 1ull << (c - 'a');
	if (c >= 'A' && c <= 'Z')
		return 1ull << (32 + c - 'A');
	return 0;
}

static __always_inline __u8 before(struct scratch *s, __u32 i, __u32 back)
{
	return s->args[(i - back) & (ARGS_MAX - 1)];
}

/* The operand that ends at byte `i` names a descriptor. */
static __always_inline bool is_descriptor(struct scratch *s, __u32 i)
{
	if (s->arg_place == PLACE_FD)
		return true;
	return s->arg_place == PLACE_DEV && s->arg_pos == 5 && before(s, i, 5) == 's' &&
	       before(s, i, 4) == 't' && before(s, i, 3) == 'd' && before(s, i, 2) == 'i' &&
	       before(s, i, 1) == 'n';
}

/* The argument at hand ends at byte `i`. Returns 1 when the answer is known. */
static __always_inline int end_arg(struct scratch *s, struct lp_interp *in, __u32 i)
{
	bool descriptor = is_descriptor(s, i);
	__u32 state = s->arg_state, next = s->arg_flags;
	bool same = !s->arg_match && s->arg_pos == s->name_len;
	bool empty = !s->arg_match && !s->arg_pos;

	s->arg_state = ARG_START;
	s->arg_pos = s->arg_match = s->arg_place = 0;
	if (s->arg_number == 0) { /* argv[0] */
		s->arg_number = 1;
		return 0;
	}
	if (state == ARG_OPTION && s->step == 1) { /* a lone "-" */
		s->arg_result = PROGRAM_STDIN;
		return 1;
	}
	if (state == ARG_LONG) {
		s->arg_flags = s->step == NEXT_SKIP ? NEXT_SKIP : 0;
		return 0;
	}
	if (state == ARG_LONG_VALUE && same) {
		s->arg_result = PROGRAM_FILE_MATCH;
		return 1;
	}
	if (state == ARG_OPTION || state == ARG_LONG_VALUE)
		return 0;
	if (next == NEXT_SKIP) {
		s->arg_flags = 0;
		return 0;
	}
	if (next == NEXT_FILE && empty) /* "-f" alone: its file is the next argument */
		return 0;
	if (next != NEXT_FILE && !(in->flags & LP_INTERP_FIRST_ARG))
		s->arg_result = PROGRAM_OTHER;
	else if (descriptor)
		s->arg_result = PROGRAM_DESCRIPTOR;
	else
		s->arg_result = same ? PROGRAM_FILE_MATCH : PROGRAM_OTHER;
	return 1;
}

/* One byte of the argument area. The state is in the scratch, where the
 * verifier doesn't follow its values: from 6.12 a loop callback that branches
 * on what it carries in its context doesn't converge. */
static int scan_arg(__u32 i, void *ctx)
{
	struct scratch *s = *(struct scratch **)ctx;
	struct lp_interp *in = &s->interp;
	__u8 c = s->args[i & (ARGS_MAX - 1)];
	__u64 bit;

	if (c == 0)
		return end_arg(s, in, i);
	if (s->arg_number == 0)
		return 0;
	if (s->arg_state == ARG_START) {
		s->step = 0;
		if (c == '-' && !s->arg_flags) {
			s->arg_state = ARG_OPTION;
			s->step = 1;
			return 0;
		}
		s->arg_state = ARG_OPERAND;
	}
	if (s->arg_state == ARG_LONG) {
		s->step = 0; /* the option's value is attached */
		if (c == '=' && in->file_options) {
			s->arg_state = ARG_LONG_VALUE;
			s->arg_pos = s->arg_match = 0;
		}
		return 0;
	}
	if (s->arg_state == ARG_OPTION) {
		if (c == '-' && s->step == 1) {
			s->arg_state = ARG_LONG;
			s->step = 0;
			return 0;
		}
		s->step = 2;
		bit = letter_bit(c);
		if (bit & in->text_options) {
			s->arg_result = PROGRAM_OTHER;
			return 1;
		}
		if (bit & in->stdin_options) {
			s->arg_result = PROGRAM_STDIN;
			return 1;
		}
		if (bit & in->file_options) {
			s->arg_state = ARG_OPERAND;
			s->arg_flags = NEXT_FILE;
			s->arg_pos = s->arg_match = 0;
		} else if (bit & in->value_options) {
			s->arg_state = ARG_LONG;
			s->step = NEXT_SKIP;
		}
		return 0;
	}
	/* An operand or an option's file: its base name is compared as it goes by. */
	if (c == '/') {
		s->arg_place = 0;
		if (s->arg_pos == 2 && before(s, i, 2) == 'f' && before(s, i, 1) == 'd')
			s->arg_place = PLACE_FD;
		else if (s->arg_pos == 3 && before(s, i, 3) == 'd' && before(s, i, 2) == 'e' &&
			 before(s, i, 1) == 'v')
			s->arg_place = PLACE_DEV;
		s->arg_pos = s->arg_match = 0;
		return 0;
	}
	if (s->arg_pos >= 255 || ((__u8 *)s->name)[s->arg_pos & 255] != c)
		s->arg_match = 1;
	s->arg_pos++;
	return 0;
}

/* Where the running interpreter's program comes from, by its arguments; a file that it reads has the
 * base name in s->name and s->name_len. */
static __always_inline __u32 program_by_name(struct scratch *s)
{
	struct task_struct *task = bpf_get_current_task_btf();
	unsigned long start = BPF_CORE_READ(task, mm, arg_start);
	unsigned long end = BPF_CORE_READ(task, mm, arg_end);
	__u32 len;

	if (end <= start)
		return PROGRAM_UNKNOWN;
	len = end - start < ARGS_MAX ? end - start : ARGS_MAX;
	barrier_var(len);
	if (len > ARGS_MAX)
		len = ARGS_MAX;
	if (bpf_probe_read_user(s->args, len, (void *)start))
		return PROGRAM_UNKNOWN;
	s->arg_state = ARG_START;
	s->arg_number = s->arg_pos = s->arg_flags = s->arg_match = s->step = s->arg_place = 0;
	s->arg_result = 0;
	bpf_loop(len, scan_arg, &s, 0);
	if (s->arg_result)
		return s->arg_result;
	if (end - start > ARGS_MAX)
		return PROGRAM_UNKNOWN;
	return (s->interp.flags & LP_INTERP_STDIN) ? PROGRAM_STDIN : PROGRAM_OTHER;
}

/* The same; `file` is what it reads, NULL for a pipe. */
__noinline __u32 program_from(struct scratch *s, __u64 read)
{
	struct file *file = (struct file *)read;

	if (!s)
		return PROGRAM_OTHER;
	s->name_len = 0xffff;
	if (file) {
		const unsigned char *base = BPF_CORE_READ(file, f_path.dentry, d_name.name);

		s->name_len = BPF_CORE_READ(file, f_path.dentry, d_name.len);
		if (!s->name_len) /* a pipe without a name */
			s->name_len = 0xffff;
		bpf_probe_read_kernel_str(s->name, 256, base);
	}
	return program_by_name(s);
}

static int find_base(__u32 i, void *ctx)
{
	struct scratch *s = *(struct scratch **)ctx;

	if (s->text[i & (TEXT_MAX - 1)] == '/')
		s->step = i + 1;
	return 0;
}

/*
 * The current process opens a marked file. By what name it asked for it counts too: a symbolic link, a
 * link of /proc and what is mounted over a file lead an interpreter to a program of another name.
 */
static __noinline int note_linked(struct file *file)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct scratch *s = get_scratch();
	const char *name;
	int len;

	if (!s || !file || !interpreter(s))
		return 0;
	name = BPF_CORE_READ(task, nameidata, name, name);
	len = name ? bpf_probe_read_kernel_str(s->text, TEXT_MAX, name) : 0;
	if (len <= 1)
		return 0;
	s->step = 0;
	bpf_loop(len, find_base, &s, 0);
	len = bpf_probe_read_kernel_str(s->name, 256, name + s->step);
	if (len <= 1)
		return 0;
	s->name_len = len - 1;
	if (program_by_name(s) != PROGRAM_FILE_MATCH)
		return 0;
	s->linked_ino = BPF_CORE_READ(file, f_inode, i_ino);
	s->linked_dev = BPF_CORE_READ(file, f_inode, i_sb, s_dev);
	s->linked_by = BPF_CORE_READ(task, mm, arg_start);
	return 0;
}

/* Whether that is the file it reads now. */
static __always_inline bool is_linked(struct scratch *s, struct inode *inode)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return s->linked_ino && s->linked_ino == BPF_CORE_READ(inode, i_ino) &&
	       s->linked_dev == BPF_CORE_READ(inode, i_sb, s_dev) &&
	       s->linked_by == BPF_CORE_READ(task, mm, arg_start);
}

/* The languages that the suffix of the name in s->name belongs to. */
__noinline __u32 suffix_languages(struct scratch *s)
{
	struct suffix key = {};
	__u32 dot = 0xffff, start, *found, len;
	__u8 *name;

	if (!s)
		return 0;
	name = (__u8 *)s->name;
	len = s->name_len;
	if (len > 255 || len < 2)
		return 0;
	for (__u32 i = 1; i < 9; i++) {
		__u32 at = len - i;

		if (i > len)
			break;
		barrier_var(at);
		if (name[at & 255] == '.') {
			dot = at;
			break;
		}
	}
	/* From behind the dot, or all of it. */
	start = dot > 254 ? 0 : dot + 1;
	for (__u32 i = 0; i < 15; i++) {
		__u32 at = start + i;

		if (at >= len)
			break;
		barrier_var(at);
		key.name[i] = name[at & 255];
	}
	found = bpf_map_lookup_elem(&suffixes, &key);
	return found ? *found : 0;
}

/* Is this inode what the process had as stdin when it was executed? Yes, when that isn't known any more. */
static __always_inline bool is_stdin(struct process *p, __u64 ino, __u32 dev)
{
	if (!p)
		return !is_clean(current_tgid());
	return (p->flags & PROCESS_LOST) ||
	       ((p->flags & PROCESS_STDIN) && p->stdin_ino == ino && p->stdin_dev == dev);
}

/*
 * Remembers at exec what an interpreter has as stdin: only a pipe or file that
 * was there from the start can be its program, not one that a `while read`
 * loop puts there later.
 */
__noinline int note_stdin(void)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct file **fds = BPF_CORE_READ(task, files, fdt, fd);
	struct file *in = NULL;
	struct inode *inode;
	struct process *p;
	__u32 type;

	if (!fds || bpf_probe_read_kernel(&in, sizeof(in), fds) || !in)
		return 0;
	inode = BPF_CORE_READ(in, f_inode);
	type = BPF_CORE_READ(inode, i_mode) & S_IFMT;
	if (type != S_IFIFO && type != S_IFREG && type != S_IFSOCK)
		return 0;
	/* Without the scratch: what no interpreter is executed with needs none at all. */
	if (!find_interpreter())
		return 0;
	p = make_process();
	if (!p)
		return 0;
	p->stdin_ino = BPF_CORE_READ(inode, i_ino);
	p->stdin_dev = BPF_CORE_READ(inode, i_sb, s_dev);
	__sync_fetch_and_or(&p->flags, PROCESS_STDIN);
	return 0;
}

#endif

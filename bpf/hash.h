/* SPDX-License-Identifier: (GPL-2.0-only OR MIT) */
/*
 * SipHash-2-4 (Aumasson, Bernstein 2012) under the host's key, over
 * LE64(parent) || bytes [|| '/']. The state lives in the thread's scratch: a
 * state in registers would make the verifier follow every round of every loop
 * by value.
 */
#ifndef LINPROV_HASH_H
#define LINPROV_HASH_H

#include "maps.h"

#define ROTL(x, b) (((x) << (b)) | ((x) >> (64 - (b))))

static __always_inline void sip_rounds(struct scratch *s, int n)
{
	__u64 v0 = s->v0, v1 = s->v1, v2 = s->v2, v3 = s->v3;

	for (int i = 0; i < n; i++) {
		v0 += v1; v1 = ROTL(v1, 13); v1 ^= v0; v0 = ROTL(v0, 32);
		v2 += v3; v3 = ROTL(v3, 16); v3 ^= v2;
		v0 += v3; v3 = ROTL(v3, 21); v3 ^= v0;
		v2 += v1; v1 = ROTL(v1, 17); v1 ^= v2; v2 = ROTL(v2, 32);
	}
	s->v0 = v0; s->v1 = v1; s->v2 = v2; s->v3 = v3;
}

static __always_inline void sip_word(struct scratch *s, __u64 word)
{
	s->v3 ^= word;
	sip_rounds(s, 2);
	s->v0 ^= word;
}

/* Hashes LE64(parent) and the s->name_len bytes in s->name, which the caller
 * has padded with zeros to a multiple of eight and to at least one byte more. */
__noinline __u64 hash_name(struct scratch *s, __u64 parent)
{
	__u32 len, words;

	if (!s)
		return 0;
	words = s->name_len / 8;
	s->v0 = lp_key0 ^ 0x736f6d6570736575ull;
	s->v1 = lp_key1 ^ 0x646f72616e646f6dull;
	s->v2 = lp_key0 ^ 0x6c7967656e657261ull;
	s->v3 = lp_key1 ^ 0x7465646279746573ull;
	sip_word(s, parent);
	/* No bpf_loop: hooks call this through seven functions, and eight is the
	 * verifier's limit. */
#pragma clang loop unroll(disable)
	for (__u32 i = 0; i < NAME_ROOM / 8; i++) {
		if (i >= words)
			break;
		sip_word(s, s->name[i]);
	}
	/* Read again: what the loop has shown of it would have the verifier go through the
	 * rest once for each word. */
	len = *(volatile __u32 *)&s->name_len;
	words = len / 8;
	barrier_var(words); /* or the bound below is proved of `len` instead */
	if (words < NAME_ROOM / 8)
		sip_word(s, s->name[words] | ((__u64)(len + 8) << 56));
	s->v2 ^= 0xff;
	sip_rounds(s, 4);
	return s->v0 ^ s->v1 ^ s->v2 ^ s->v3;
}

/* Hashes sixteen bytes of text that end at the first zero (a comm). */
__noinline __u64 hash_comm(struct scratch *s, const struct text16 *comm)
{
	__u32 len = 0;

	if (!s || !comm)
		return 0;
	s->name[0] = s->name[1] = s->name[2] = 0;
	for (int i = 0; i < 15; i++) {
		if (!comm->b[i])
			break;
		((__u8 *)s->name)[i] = comm->b[i];
		len = i + 1;
	}
	s->name_len = len;
	return hash_name(s, LP_HASH_COMM);
}

/* Without the port: an accepted connection has a new one each time, and must
 * not make a new origin. */
__noinline __u64 hash_remote(struct scratch *s, const struct text16 *addr)
{
	if (!s || !addr)
		return 0;
	__builtin_memcpy(s->name, addr, 16);
	s->name[2] = 0;
	s->name_len = 16;
	return hash_name(s, LP_HASH_REMOTE);
}

#endif

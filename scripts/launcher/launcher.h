/* SPDX-License-Identifier: MIT */
/* The portable linprov: what its parts share. launcher.c tells the story. */
#ifndef LINPROV_LAUNCHER_H
#define LINPROV_LAUNCHER_H

#include <stddef.h>
#include <stdint.h>

#define ID_BYTES 32 /* SHA-256 of everything in the file before it */
#define ID_NAME 32 /* hex digits of it that name the cache folder: 128 bits */

/* One packed file: a zstd frame at `offset` of the executable. The frames
 * follow each other in the order of the table. */
struct payload {
	char name[40]; /* ends in a zero */
	uint64_t offset;
	uint64_t packed; /* bytes in the executable */
	uint64_t size; /* bytes once unpacked */
};

#define MAX_PAYLOADS 128
#define PAYLOAD_RUNTIME 0 /* the first one; all others are the program */

/* The last bytes of the executable, written by scripts/compile.ts. */
struct trailer {
	uint64_t table; /* where the payloads' table stands, right behind the last frame */
	uint64_t count; /* of its entries */
	unsigned char id[ID_BYTES];
	char magic[8];
};

#define TRAILER_MAGIC "LINPROV1"
#define RUNTIME_NAME "linprov" /* its base name is what the kernel shows as comm */
#define PROGRAM_NAME "main.js"
#define DENO_DIR_NAME "deno"

struct package {
	int fd; /* this executable, open for reading */
	const char *path; /* where it is, for messages and LINPROV_SELF */
	uint64_t size; /* of the whole file */
	struct trailer trailer;
	struct payload payload[MAX_PAYLOADS];
	char id_name[ID_NAME + 1];
};

/* Why the package can't be started from a folder. */
struct failure {
	char why[512]; /* one line, without a final period */
	int damaged; /* it is the executable's own fault: no other folder helps */
};

void fail(struct failure *failure, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* cache.c: returns the descriptor of a folder that was proved to be ours alone,
 * all the way from the root, and its real path; -1 with the reason otherwise.
 * It is created when missing; *loose tells that others could have written to
 * it. The path must be absolute. */
int cache_open(const char *path, char *real, size_t real_size, int *loose, struct failure *failure);
/* The unpacked package in that folder: its descriptor, holding a shared lock
 * that lasts as long as the process and those it becomes; -1 when there is
 * none (errno ENOENT), when it is not as it was unpacked (errno EBADMSG), or
 * when somebody is just removing it (errno EAGAIN). */
int cache_find(int base, const struct package *package);
void cache_discard(int base, const char *name);
/* Removes other versions that no process uses, and half-made ones. */
void cache_clean(int base, const struct package *package);
void random_name(char *name, size_t size, const char *prefix);

/* What an unpacked file's mode must be. */
unsigned payload_mode(int number);

/* unpack.c: 0 when the package stands complete in the folder, whoever put it
 * there; -1 otherwise. */
int unpack(int base, const struct package *package, struct failure *failure);

/* sha256.c */
struct sha256 {
	uint32_t state[8];
	uint64_t length;
	unsigned char block[64];
};

void sha256_start(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *data, size_t size);
void sha256_end(struct sha256 *hash, unsigned char digest[32]);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Unpacks the package: one pass over the executable hashes every byte of it
 * and decompresses the payloads on the way. It is built under a random name
 * and appears under its own by one rename, so nobody ever sees half of it, and
 * of two that start at once the second one finds the first one's.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

/* The payload that is being unpacked. */
struct target {
	int dir;
	int fd; /* -1 between two payloads */
	uint64_t written;
	size_t pending; /* what zstd still expects; 0 after a whole frame */
	ZSTD_DStream *stream;
};

static int damaged(struct failure *failure, const char *how)
{
	fail(failure, "its own file is damaged (%s)", how);
	failure->damaged = 1;
	return -1;
}

static int write_all(int fd, const char *data, size_t size)
{
	while (size) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		data += n;
		size -= n;
	}
	return 0;
}

static int inflate(struct target *target, const char *data, size_t size, uint64_t limit,
		   struct failure *failure)
{
	static char out[256 * 1024];
	ZSTD_inBuffer in = { data, size, 0 };

	while (in.pos < in.size) {
		ZSTD_outBuffer to = { out, sizeof(out), 0 };

		target->pending = ZSTD_decompressStream(target->stream, &to, &in);
		if (ZSTD_isError(target->pending))
			return damaged(failure, ZSTD_getErrorName(target->pending));
		target->written += to.pos;
		if (target->written > limit)
			return damaged(failure, "a part is too long");
		if (write_all(target->fd, out, to.pos)) {
			fail(failure, "%s", strerror(errno));
			return -1;
		}
	}
	return 0;
}

static int begin(struct target *target, const struct payload *payload, struct failure *failure)
{
	target->fd = openat(target->dir, payload->name,
			    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	target->written = 0;
	target->pending = ZSTD_initDStream(target->stream);
	if (target->fd >= 0)
		return 0;
	fail(failure, "%s", strerror(errno));
	return -1;
}

static int end(struct target *target, const struct payload *payload, mode_t mode,
	       struct failure *failure)
{
	int rc = fchmod(target->fd, mode);

	if (rc)
		fail(failure, "%s", strerror(errno));
	else if (target->written != payload->size || target->pending)
		rc = damaged(failure, "a part is too short");
	close(target->fd);
	target->fd = -1;
	return rc;
}

/* Feeds each payload its share of the chunk that stands at `at`. */
static int distribute(struct target *target, const struct package *package, uint64_t at,
		      const char *chunk, size_t size, struct failure *failure)
{
	for (uint64_t i = 0; i < package->trailer.count; i++) {
		const struct payload *payload = &package->payload[i];
		uint64_t first = payload->offset, last = first + payload->packed;
		uint64_t from = first > at ? first : at;
		uint64_t to = last < at + size ? last : at + size;

		if (from >= to)
			continue;
		if (from == first && begin(target, payload, failure))
			return -1;
		if (inflate(target, chunk + (from - at), to - from, payload->size, failure))
			return -1;
		if (to == last && end(target, payload, payload_mode(i), failure))
			return -1;
	}
	return 0;
}

static int copy(struct target *target, const struct package *package, struct failure *failure)
{
	static char chunk[256 * 1024];
	uint64_t hashed = package->size - sizeof(struct trailer) + offsetof(struct trailer, id);
	unsigned char digest[ID_BYTES];
	struct sha256 hash;

	sha256_start(&hash);
	for (uint64_t at = 0; at < hashed;) {
		size_t want = hashed - at < sizeof(chunk) ? hashed - at : sizeof(chunk);
		ssize_t n = pread(package->fd, chunk, want, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			fail(failure, "reading %s failed: %s", package->path,
			     n ? strerror(errno) : "it ends too early");
			return -1;
		}
		sha256_add(&hash, chunk, n);
		if (distribute(target, package, at, chunk, n, failure))
			return -1;
		at += n;
	}
	sha256_end(&hash, digest);
	if (memcmp(digest, package->trailer.id, ID_BYTES))
		return damaged(failure, "its SHA-256 is not the one it was built with");
	return 0;
}

/* Power cuts must not leave files of the right size and no content behind. */
static int settle(int dir, const struct package *package)
{
	for (uint64_t i = 0; i < package->trailer.count; i++) {
		int fd = openat(dir, package->payload[i].name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		int rc = fd < 0 ? -1 : fsync(fd);

		if (fd >= 0)
			close(fd);
		if (rc)
			return -1;
	}
	return mkdirat(dir, DENO_DIR_NAME, 0700) || fsync(dir) ? -1 : 0;
}

static int build(int dir, const struct package *package, struct failure *failure)
{
	struct target target = { .dir = dir, .fd = -1, .stream = ZSTD_createDStream() };
	int rc = -1;

	if (!target.stream)
		fail(failure, "%s", strerror(ENOMEM));
	else
		rc = copy(&target, package, failure);
	if (target.fd >= 0)
		close(target.fd);
	ZSTD_freeDStream(target.stream);
	if (!rc && settle(dir, package)) {
		fail(failure, "%s", strerror(errno));
		rc = -1;
	}
	return rc;
}

int unpack(int base, const struct package *package, struct failure *failure)
{
	char name[64];
	int dir, rc;

	random_name(name, sizeof(name), ".new-");
	if (mkdirat(base, name, 0700)) {
		fail(failure, "%s", strerror(errno));
		return -1;
	}
	dir = openat(base, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	/* The lock tells cache_clean() of another start that this is no left-over. */
	if (dir < 0 || fchmod(dir, 0700) ||
	    (flock(dir, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK)) {
		fail(failure, "%s", strerror(errno));
		rc = -1;
	} else {
		rc = build(dir, package, failure);
	}
	if (!rc && renameat(base, name, base, package->id_name)) {
		/* Another start was faster: theirs was checked like ours. */
		rc = errno == EEXIST || errno == ENOTEMPTY ? 0 : -1;
		if (rc)
			fail(failure, "%s", strerror(errno));
		cache_discard(base, name);
	} else if (rc) {
		cache_discard(base, name);
	}
	if (dir >= 0)
		close(dir);
	if (!rc)
		fsync(base);
	return rc;
}

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

struct target {
	int fd;
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

/* Feeds each payload its share of the chunk that stands at `at`. */
static int distribute(struct target *targets, const struct package *package, uint64_t at,
		      const char *chunk, size_t size, struct failure *failure)
{
	for (int i = 0; i < PAYLOADS; i++) {
		const struct payload *payload = &package->trailer.payload[i];
		uint64_t from = payload->offset > at ? payload->offset : at;
		uint64_t to = payload->offset + payload->packed;

		if (to > at + size)
			to = at + size;
		if (from < to &&
		    inflate(&targets[i], chunk + (from - at), to - from, payload->size, failure))
			return -1;
	}
	return 0;
}

static int copy(struct target *targets, const struct package *package, struct failure *failure)
{
	static char chunk[256 * 1024];
	uint64_t end = package->size - sizeof(struct trailer) + offsetof(struct trailer, id);
	unsigned char digest[ID_BYTES];
	struct sha256 hash;

	sha256_start(&hash);
	for (uint64_t at = 0; at < end;) {
		size_t want = end - at < sizeof(chunk) ? end - at : sizeof(chunk);
		ssize_t n = pread(package->fd, chunk, want, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			fail(failure, "reading %s failed: %s", package->path,
			     n ? strerror(errno) : "it ends too early");
			return -1;
		}
		sha256_add(&hash, chunk, n);
		if (distribute(targets, package, at, chunk, n, failure))
			return -1;
		at += n;
	}
	sha256_end(&hash, digest);
	if (memcmp(digest, package->trailer.id, ID_BYTES))
		return damaged(failure, "its SHA-256 is not the one it was built with");
	for (int i = 0; i < PAYLOADS; i++)
		if (targets[i].written != package->trailer.payload[i].size || targets[i].pending)
			return damaged(failure, "a part is too short");
	return 0;
}

/* Power cuts must not leave a file of the right size and no content behind. */
static int finish(struct target *target, mode_t mode, struct failure *failure)
{
	if (fchmod(target->fd, mode) || fsync(target->fd)) {
		fail(failure, "%s", strerror(errno));
		return -1;
	}
	return 0;
}

static int build(int dir, const struct package *package, struct failure *failure)
{
	static const char *const names[PAYLOADS] = { RUNTIME_NAME, PROGRAM_NAME };
	static const mode_t modes[PAYLOADS] = { 0500, 0400 };
	struct target targets[PAYLOADS] = { 0 };
	int rc = 0;

	for (int i = 0; i < PAYLOADS && !rc; i++) {
		targets[i].stream = ZSTD_createDStream();
		targets[i].pending = 1;
		targets[i].fd = openat(dir, names[i],
				       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (targets[i].fd < 0 || !targets[i].stream) {
			fail(failure, "%s", strerror(targets[i].stream ? errno : ENOMEM));
			rc = -1;
		}
	}
	if (!rc)
		rc = copy(targets, package, failure);
	for (int i = 0; i < PAYLOADS; i++) {
		if (!rc)
			rc = finish(&targets[i], modes[i], failure);
		if (targets[i].fd > 0)
			close(targets[i].fd);
		ZSTD_freeDStream(targets[i].stream);
	}
	if (!rc && (mkdirat(dir, DENO_DIR_NAME, 0700) || fsync(dir))) {
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

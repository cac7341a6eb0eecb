/* SPDX-License-Identifier: MIT */
/*
 * The folder the package is unpacked into, and the proof that nobody else
 * could have put anything there: every folder from the root down to it belongs
 * to root or to us and can be written by nobody else, it is ours with mode
 * 0700, and no component is a symbolic link once the path is resolved.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

void fail(struct failure *failure, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(failure->why, sizeof(failure->why), format, args);
	va_end(args);
}

void random_name(char *name, size_t size, const char *prefix)
{
	unsigned char bytes[8];
	size_t used = snprintf(name, size, "%s", prefix);

	/* A guess that collides only makes mkdirat() fail; it opens nothing. */
	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes)) {
		pid_t pid = getpid();

		memset(bytes, 0, sizeof(bytes));
		memcpy(bytes, &pid, sizeof(pid));
	}
	for (size_t i = 0; i < sizeof(bytes); i++)
		used += snprintf(name + used, size - used, "%02x", bytes[i]);
}

/* Makes the missing folders of a path, as far as the caller may. */
static int make_folders(const char *path)
{
	char copy[PATH_MAX];
	mode_t mode = geteuid() ? 0700 : 0755;

	if ((size_t)snprintf(copy, sizeof(copy), "%s", path) >= sizeof(copy)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	for (char *slash = copy + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = 0;
		if (mkdir(copy, mode) && errno != EEXIST && access(copy, F_OK))
			return -1;
		*slash = '/';
	}
	return mkdir(copy, 0700) && errno != EEXIST ? -1 : 0;
}

/* Whether somebody other than root and us could replace what is in it. In a
 * sticky folder (/tmp) only an entry's owner can, and entries are checked too. */
static int trusted(const struct stat *st, const char *path, struct failure *failure)
{
	if (st->st_uid != 0 && st->st_uid != geteuid()) {
		fail(failure, "%s belongs to uid %u", path, st->st_uid);
		return 0;
	}
	if (st->st_mode & S_ISVTX)
		return 1;
	if (st->st_mode & S_IWOTH || (st->st_mode & S_IWGRP && st->st_gid != 0)) {
		fail(failure, "%s can be written by others (mode %04o)", path,
		     st->st_mode & 07777);
		return 0;
	}
	return 1;
}

/* Walks a resolved absolute path; a link that appears on the way is refused. */
static int walk(const char *real, struct failure *failure)
{
	char path[PATH_MAX];
	struct stat st;
	int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *name = real + 1;

	memcpy(path, "/", 2);
	while (fd >= 0) {
		char part[NAME_MAX + 1];
		size_t length = strcspn(name, "/");
		int next;

		if (fstat(fd, &st))
			break;
		if (!*name)
			return fd;
		if (!trusted(&st, path, failure)) {
			close(fd);
			return -1;
		}
		if (length >= sizeof(part)) {
			errno = ENAMETOOLONG;
			break;
		}
		memcpy(part, name, length);
		part[length] = 0;
		name += length;
		snprintf(path, sizeof(path), "%.*s", (int)(name - real), real);
		name += *name == '/';
		next = openat(fd, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		close(fd);
		fd = next;
	}
	fail(failure, "%s: %s", path,
	     errno == ENOTDIR || errno == ELOOP ? "Not a folder, or a symbolic link" : strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int cache_open(const char *path, char *real, size_t real_size, int *loose, struct failure *failure)
{
	const char *name = strrchr(path, '/');
	char parent[PATH_MAX], resolved[PATH_MAX];
	struct statvfs fs;
	struct stat st;
	int found, fd;

	snprintf(parent, sizeof(parent), "%.*s", (int)(name - path), path);
	if (make_folders(path) || !realpath(*parent ? parent : "/", resolved)) {
		fail(failure, "%s", strerror(errno));
		return -1;
	}
	/* The last component is not resolved: its mode gets set, and a link
	 * planted in /tmp must not choose whose. */
	if ((size_t)snprintf(real, real_size, "%s%s", resolved[1] ? resolved : "", name) >=
	    real_size) {
		fail(failure, "%s", strerror(ENAMETOOLONG));
		return -1;
	}
	found = walk(real, failure);
	if (found < 0)
		return -1;
	fd = openat(found, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(found);
	if (fd < 0 || fstat(fd, &st) || fstatvfs(fd, &fs)) {
		fail(failure, "%s", strerror(errno));
	} else if (st.st_uid != geteuid()) {
		fail(failure, "it belongs to uid %u, not to uid %u", st.st_uid, geteuid());
	} else if (fs.f_flag & ST_NOEXEC) {
		fail(failure, "its filesystem is mounted noexec");
	} else {
		*loose = (st.st_mode & 0777) != 0700;
		if (!*loose || !fchmod(fd, 0700))
			return fd;
		fail(failure, "its mode is %04o and can't be set to 0700: %s", st.st_mode & 07777,
		     strerror(errno));
	}
	if (fd >= 0)
		close(fd);
	return -1;
}

static int as_unpacked(int dir, const char *name, mode_t mode, uint64_t size)
{
	struct stat st;

	return !fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) && S_ISREG(st.st_mode) &&
	       st.st_uid == geteuid() && (st.st_mode & 07777) == mode && st.st_nlink == 1 &&
	       (uint64_t)st.st_size == size;
}

unsigned payload_mode(int number)
{
	return number == PAYLOAD_RUNTIME ? 0500 : 0400;
}

static int all_as_unpacked(int dir, const struct package *package)
{
	struct stat deno;

	for (uint64_t i = 0; i < package->trailer.count; i++)
		if (!as_unpacked(dir, package->payload[i].name, payload_mode(i),
				 package->payload[i].size))
			return 0;
	return !fstatat(dir, DENO_DIR_NAME, &deno, AT_SYMLINK_NOFOLLOW) && S_ISDIR(deno.st_mode) &&
	       deno.st_uid == geteuid() && (deno.st_mode & 0777) == 0700;
}

int cache_find(int base, const struct package *package)
{
	struct stat st, named;
	/* Not O_CLOEXEC: the lock lives on in the process this one becomes. */
	int dir = openat(base, package->id_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);

	if (dir < 0) {
		if (errno != ENOENT)
			errno = EBADMSG;
		return -1;
	}
	/* A filesystem without locks has no cleaner to be protected from. */
	if (flock(dir, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK) {
		close(dir);
		errno = EAGAIN;
		return -1;
	}
	/* Removed between the two calls: look again. */
	if (fstat(dir, &st) ||
	    fstatat(base, package->id_name, &named, AT_SYMLINK_NOFOLLOW) ||
	    st.st_ino != named.st_ino || st.st_dev != named.st_dev) {
		close(dir);
		errno = EAGAIN;
		return -1;
	}
	if (st.st_uid == geteuid() && (st.st_mode & 0777) == 0700 && all_as_unpacked(dir, package))
		return dir;
	close(dir);
	errno = EBADMSG;
	return -1;
}

/* Deletes a folder's entry, and everything below a folder; links are not followed. */
static void remove_tree(int parent, const char *name, int depth)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct dirent *entry;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir) {
		if (fd >= 0)
			close(fd);
		unlinkat(parent, name, 0);
		return;
	}
	while (depth && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			remove_tree(fd, entry->d_name, depth - 1);
	closedir(dir);
	unlinkat(parent, name, AT_REMOVEDIR);
}

void cache_discard(int base, const char *name)
{
	char old[64];

	random_name(old, sizeof(old), ".old-");
	remove_tree(base, renameat(base, name, base, old) ? name : old, 8);
}

static int is_ours(const char *name, const struct package *package)
{
	if (!strncmp(name, ".new-", 5) || !strncmp(name, ".old-", 5))
		return 1;
	return strlen(name) == ID_NAME && strspn(name, "0123456789abcdef") == ID_NAME &&
	       strcmp(name, package->id_name);
}

void cache_clean(int base, const struct package *package)
{
	int copy = openat(base, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct dirent *entry;
	DIR *dir = copy < 0 ? NULL : fdopendir(copy);

	while (dir && (entry = readdir(dir))) {
		struct stat st;
		int fd;

		if (!is_ours(entry->d_name, package))
			continue;
		fd = openat(base, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			continue;
		/* Every user of a version holds a shared lock on its folder. */
		if (!fstat(fd, &st) && st.st_uid == geteuid() && !flock(fd, LOCK_EX | LOCK_NB))
			cache_discard(base, entry->d_name);
		close(fd);
	}
	if (dir)
		closedir(dir);
}

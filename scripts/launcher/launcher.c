/* SPDX-License-Identifier: MIT */
/*
 * The front of a portable ./linprov, which is, in one file: this program, the
 * packed Deno runtime, the packed modules that main.ts was bundled into, and a
 * table of them. It unpacks them once into a cache that nobody else can write,
 * and becomes the runtime.
 *
 * What it guards: root never executes anything from a folder that another user
 * could have prepared (cache.c), nothing is executed that was not hashed when
 * it was unpacked (unpack.c), and no DENO_ or NODE_ variable of the caller
 * changes what the runtime does. RUN_ARGS, the runtime's flags and with them
 * the permissions, comes from scripts/compile.ts.
 */
#define _GNU_SOURCE
#include "launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define EXIT_INTERNAL 70
#define ROOT_CACHE "/var/cache/linprov"
#define FOLDER_MAX (PATH_MAX + 64)

_Static_assert(sizeof(struct payload) == 64 && sizeof(struct trailer) == 56, "no padding");

static void die(const char *what, const char *why, const char *hint)
{
	dprintf(2, "linprov: %s: %s\n", what, why);
	if (hint)
		dprintf(2, "%s\n", hint);
	exit(EXIT_INTERNAL);
}

/* Where this program is, and its file, open. */
static void find_itself(struct package *package)
{
	static char path[PATH_MAX];
	const char *started = (const char *)getauxval(AT_EXECFN);
	struct stat st;
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	/* Without /proc, the path that this program was started by. */
	if (length < 0 && started && realpath(started, path))
		length = strlen(path);
	path[length < 0 ? 0 : length] = 0;
	package->path = path;
	package->fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (package->fd < 0)
		package->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (package->fd < 0 || fstat(package->fd, &st))
		die("cannot read its own file", strerror(errno), NULL);
	package->size = st.st_size;
}

static int read_at(const struct package *package, void *to, size_t size, uint64_t at)
{
	return pread(package->fd, to, size, at) == (ssize_t)size;
}

/* The frames stand one behind the other, so that one pass can unpack them. */
static int is_sound(const struct package *package)
{
	uint64_t at = package->payload[0].offset;

	for (uint64_t i = 0; i < package->trailer.count; i++) {
		const struct payload *payload = &package->payload[i];

		if (payload->offset != at || payload->packed == 0 ||
		    payload->packed > package->size - at || payload->name[0] == '.' ||
		    !payload->name[0] || payload->name[sizeof(payload->name) - 1] ||
		    strchr(payload->name, '/'))
			return 0;
		at += payload->packed;
	}
	return at == package->trailer.table;
}

static void read_package(struct package *package)
{
	static const char again[] = "copy or download it again";
	struct trailer *trailer = &package->trailer;
	uint64_t end;

	find_itself(package);
	end = package->size - sizeof(*trailer);
	if (package->size < sizeof(*trailer) || !read_at(package, trailer, sizeof(*trailer), end) ||
	    memcmp(trailer->magic, TRAILER_MAGIC, sizeof(trailer->magic)))
		die("cannot start", "its own file is incomplete", again);
	if (trailer->count < 2 || trailer->count > MAX_PAYLOADS || trailer->table > end ||
	    end - trailer->table != trailer->count * sizeof(struct payload) ||
	    !read_at(package, package->payload, end - trailer->table, trailer->table) ||
	    !is_sound(package))
		die("cannot start", "its own file is damaged", again);
	for (int i = 0; i < ID_NAME / 2; i++)
		sprintf(package->id_name + 2 * i, "%02x", trailer->id[i]);
}

/* The package's folder below `path`, unpacked if it has to be, or anyway when `fresh`. */
static int prepare(const char *path, const struct package *package, int fresh, char *real,
		   size_t real_size, struct failure *failure)
{
	const struct timespec moment = { .tv_nsec = 20 * 1000 * 1000 };
	int loose = 0, unpacked = 0;
	int base = cache_open(path, real, real_size, &loose, failure);

	if (base < 0)
		return -1;
	fail(failure, "what was unpacked there is changed or locked again and again");
	/* Others could write here until just now: trust nothing in it. */
	if (loose || fresh)
		cache_discard(base, package->id_name);
	for (int tries = 0; tries < 100; tries++) {
		int dir = cache_find(base, package);

		if (dir >= 0) {
			if (unpacked)
				cache_clean(base, package);
			close(base);
			return dir;
		}
		if (errno == EAGAIN) {
			nanosleep(&moment, NULL);
			continue;
		}
		if (errno == EBADMSG)
			cache_discard(base, package->id_name);
		if (unpack(base, package, failure))
			break;
		unpacked = 1;
	}
	close(base);
	return -1;
}

/* Places to try, best first. Root has one, because the environment that sudo
 * hands on may still name the home of the person who called it. */
static int candidates(char paths[][PATH_MAX], int max)
{
	const char *chosen = getenv("LINPROV_CACHE_DIR");
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	int n = 0;

	if (chosen && *chosen) {
		snprintf(paths[n++], PATH_MAX, "%s/linprov", chosen);
		return n;
	}
	if (geteuid() == 0) {
		snprintf(paths[n++], PATH_MAX, "%s", ROOT_CACHE);
		return n;
	}
	if (cache && cache[0] == '/')
		snprintf(paths[n++], PATH_MAX, "%s/linprov", cache);
	else if (home && home[0] == '/')
		snprintf(paths[n++], PATH_MAX, "%s/.cache/linprov", home);
	if (n < max)
		snprintf(paths[n++], PATH_MAX, "/var/tmp/linprov-%u", geteuid());
	if (n < max)
		snprintf(paths[n++], PATH_MAX, "/tmp/linprov-%u", geteuid());
	return n;
}

static void find_cache(const struct package *package, int fresh, char *folder, size_t size)
{
	char paths[3][PATH_MAX], real[PATH_MAX], what[PATH_MAX + 64], hint[256];
	int n = candidates(paths, 3);
	struct failure first = { 0 };

	for (int i = 0; i < n; i++) {
		struct failure failure = { 0 };

		if (paths[i][0] != '/')
			fail(&failure, "LINPROV_CACHE_DIR must be an absolute path");
		else if (prepare(paths[i], package, fresh, real, sizeof(real), &failure) >= 0) {
			snprintf(folder, size, "%s/%s", real, package->id_name);
			return;
		}
		if (failure.damaged)
			die("cannot start", failure.why, "copy or download it again");
		if (i == 0)
			first = failure;
	}
	snprintf(what, sizeof(what), "cannot unpack into %s", paths[0]);
	snprintf(hint, sizeof(hint),
		 "it needs %llu MB in a folder that only uid %u can write, on a filesystem that is "
		 "neither read-only nor noexec; LINPROV_CACHE_DIR names another one",
		 (unsigned long long)(package->payload[PAYLOAD_RUNTIME].size >> 20) + 1,
		 geteuid());
	die(what, first.why, hint);
}

static int starts_with(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

/* The caller's environment without what would configure the runtime itself. */
static char **environment(char **env, const char *folder, const char *self)
{
	static char deno_dir[FOLDER_MAX + 32], own_path[PATH_MAX + 32];
	size_t count = 0, n = 0;
	char **made;

	while (env[count])
		count++;
	made = calloc(count + 5, sizeof(*made));
	if (!made)
		die("cannot start", strerror(ENOMEM), NULL);
	for (size_t i = 0; i < count; i++)
		if (!starts_with(env[i], "DENO_") && !starts_with(env[i], "NODE_") &&
		    !starts_with(env[i], "NPM_CONFIG_") && !starts_with(env[i], "npm_config_") &&
		    !starts_with(env[i], "OTEL_") && !starts_with(env[i], "LINPROV_SELF="))
			made[n++] = env[i];
	snprintf(deno_dir, sizeof(deno_dir), "DENO_DIR=%s/%s", folder, DENO_DIR_NAME);
	snprintf(own_path, sizeof(own_path), "LINPROV_SELF=%s", self);
	made[n++] = deno_dir;
	made[n++] = own_path;
	made[n++] = "DENO_NO_UPDATE_CHECK=1";
	made[n++] = "DENO_NO_PACKAGE_JSON=1";
	return made;
}

/* Returns only when that fails; errno says why. */
static void become_runtime(const struct package *package, const char *folder, int argc, char **argv,
			   char **env)
{
	static char *const flags[] = { RUN_ARGS };
	const size_t count = sizeof(flags) / sizeof(flags[0]);
	char runtime[FOLDER_MAX + 16], program[FOLDER_MAX + 16];
	char **args = calloc(count + argc + 3, sizeof(*args));
	size_t n = 0;

	if (!args)
		die("cannot start", strerror(ENOMEM), NULL);
	snprintf(runtime, sizeof(runtime), "%s/%s", folder, RUNTIME_NAME);
	snprintf(program, sizeof(program), "%s/%s", folder, PROGRAM_NAME);
	args[n++] = RUNTIME_NAME;
	for (size_t i = 0; i < count; i++)
		args[n++] = flags[i];
	args[n++] = program;
	for (int i = 1; i < argc; i++)
		args[n++] = argv[i];
	execve(runtime, args, environment(env, folder, package->path));
}

int main(int argc, char **argv, char **env)
{
	char folder[FOLDER_MAX];
	static struct package package;

	/* A set-user-id copy would trust the environment of whoever calls it. */
	if (getuid() != geteuid() || getgid() != getegid())
		die("cannot start", "it must not be set-user-id or set-group-id", NULL);
	read_package(&package);
	find_cache(&package, 0, folder, sizeof(folder));
	become_runtime(&package, folder, argc, argv, env);
	if (errno == EPERM) {
		/* What this same package unpacked while it was a mere download is marked as one,
		 * and refused by the linprov that runs here. If this file is trusted by now, so
		 * is what it unpacks. */
		find_cache(&package, 1, folder, sizeof(folder));
		become_runtime(&package, folder, argc, argv, env);
	}
	die("cannot start its runtime", strerror(errno),
	    errno == ENOENT ? "it needs the GNU C library (glibc) and libgcc_s" : NULL);
}

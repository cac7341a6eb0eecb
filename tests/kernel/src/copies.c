/* Copies a file in ways that neither read nor write it: copies METHOD FROM TO. */
#define _GNU_SOURCE
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

static int in, out;

static ssize_t by_copy_file_range(size_t n)
{
	return copy_file_range(in, NULL, out, NULL, n, 0);
}

static ssize_t by_sendfile(size_t n)
{
	return sendfile(out, in, NULL, n);
}

static ssize_t by_splice(size_t n)
{
	int ends[2];
	ssize_t got;

	if (pipe(ends))
		err(1, "pipe");
	got = splice(in, NULL, ends[1], NULL, n, 0);
	if (got > 0)
		got = splice(ends[0], NULL, out, NULL, got, 0);
	close(ends[0]);
	close(ends[1]);
	return got;
}

/* Both mappings and the copying between them are nothing but page faults. */
static ssize_t by_mapping(size_t n)
{
	void *from, *to;

	if (ftruncate(out, n))
		err(1, "ftruncate");
	from = mmap(NULL, n, PROT_READ, MAP_PRIVATE, in, 0);
	to = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED, out, 0);
	if (from == MAP_FAILED || to == MAP_FAILED)
		err(1, "mmap");
	memcpy(to, from, n);
	return n;
}

/* Reads a mapping that nobody asked to read: one that may be written only. */
static ssize_t by_mapping_to_write(size_t n)
{
	void *from = mmap(NULL, n, PROT_WRITE, MAP_PRIVATE, in, 0);

	if (from == MAP_FAILED)
		err(1, "mmap");
	return write(out, from, n);
}

int main(int argc, char **argv)
{
	const char *method = argc == 4 ? argv[1] : "";
	int unnamed = !strcmp(method, "unnamed");
	char path[64];
	struct stat st;

	if (argc != 4)
		errx(2, "usage: copies METHOD FROM TO");
	in = open(argv[2], O_RDONLY);
	out = unnamed ? open(".", O_RDWR | O_TMPFILE, 0755) :
			open(argv[3], O_RDWR | O_CREAT | O_TRUNC, 0755);
	if (in < 0 || out < 0 || fstat(in, &st))
		err(1, "open");
	for (off_t left = st.st_size; left > 0;) {
		ssize_t n = !strcmp(method, "mapped") ? by_mapping(left) :
			    !strcmp(method, "mapped_to_write") ? by_mapping_to_write(left) :
			    !strcmp(method, "splice") ? by_splice(left) :
			    !strcmp(method, "copy_file_range") ? by_copy_file_range(left) :
								 by_sendfile(left);

		if (n <= 0)
			err(1, "%s", method);
		left -= n;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", out);
	if (unnamed && linkat(AT_FDCWD, path, AT_FDCWD, argv[3], AT_SYMLINK_FOLLOW))
		err(1, "linkat");
	return 0;
}

/* Runs the program that comes in on stdin without a file: memfd_create and fexecve. */
#define _GNU_SOURCE
#include <err.h>
#include <sys/mman.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int fd = memfd_create("program", MFD_CLOEXEC);
	char buffer[4096];
	ssize_t n;

	(void)argc;
	if (fd < 0)
		err(1, "memfd_create");
	while ((n = read(0, buffer, sizeof(buffer))) > 0)
		if (write(fd, buffer, n) != n)
			err(1, "write");
	if (n < 0)
		err(1, "read");
	fexecve(fd, argv, environ);
	err(1, "fexecve");
}

/* Maps a file executable N times and prints how often that was refused: execloop FILE N. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
	long n = argc == 3 ? atol(argv[2]) : 0, refused = 0;
	int fd = n > 0 ? open(argv[1], O_RDONLY) : -1;

	if (fd < 0)
		err(1, "open");
	for (long i = 0; i < n; i++) {
		void *at = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);

		if (at != MAP_FAILED)
			munmap(at, 4096);
		else if (errno == EPERM)
			refused++;
		else
			err(1, "mmap");
	}
	printf("%ld\n", refused);
	return 0;
}

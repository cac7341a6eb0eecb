/* Maps a file executable, at once or later: execmap mmap|mprotect FILE. */
#include <err.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

int main(int argc, char **argv)
{
	int later = argc == 3 && !strcmp(argv[1], "mprotect");
	int fd = argc == 3 ? open(argv[2], O_RDONLY) : -1;
	void *at;

	if (fd < 0)
		err(1, "open");
	at = mmap(NULL, 4096, later ? PROT_READ : PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (at == MAP_FAILED)
		err(1, "mmap");
	if (later && mprotect(at, 4096, PROT_READ | PROT_EXEC))
		err(1, "mprotect");
	return 0;
}

/*
 * What single filesystems do when they are asked by ioctl(2), without a read or a write:
 *   behind swap A B            exchanges what is in two files of one size (XFS)
 *   behind generation FILE     makes it another file of that inode number (ext2, old ext4)
 *   behind generation32 FILE   the same as a 32-bit program asks
 */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* struct xfs_bstat and struct xfs_swapext of xfs/xfs_fs.h. */
struct times {
	long seconds;
	int nanoseconds;
};

struct swap {
	int64_t version, target, other, offset, length;
	char padding[16];
	struct {
		char before[40];
		struct times accessed, modified, changed;
		char after[48];
	} target_is;
};

#define SWAP _IOWR('X', 109, struct swap)
#define SET_GENERATION _IOW('v', 2, long)
#define SET_GENERATION_32 _IOW('f', 4, int)

_Static_assert(sizeof(struct swap) == 192, "struct xfs_swapext has 192 bytes");

static int opened(const char *path, int flags)
{
	int fd = open(path, flags);

	if (fd < 0)
		err(1, "%s", path);
	return fd;
}

static int by_int80(int fd, unsigned int cmd, uint32_t arg)
{
	int result;

	__asm__ volatile("int $0x80"
			 : "=a"(result)
			 : "a"(54), "b"(fd), "c"(cmd), "d"(arg)
			 : "memory", "r8", "r9", "r10", "r11");
	return result;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "swap")) {
		struct swap s = { .target = opened(argv[2], O_RDWR), .other = opened(argv[3], O_RDWR) };
		struct stat is;

		if (fstat(s.target, &is))
			err(1, "%s", argv[2]);
		s.length = is.st_size;
		s.target_is.modified = (struct times){ is.st_mtim.tv_sec, is.st_mtim.tv_nsec };
		s.target_is.changed = (struct times){ is.st_ctim.tv_sec, is.st_ctim.tv_nsec };
		if (ioctl(s.target, SWAP, &s))
			err(1, "swap");
	} else if (argc == 3 && !strcmp(argv[1], "generation")) {
		int number = 4711;

		if (ioctl(opened(argv[2], O_RDONLY), SET_GENERATION, &number))
			err(1, "generation");
	} else if (argc == 3 && !strcmp(argv[1], "generation32")) {
		int *number = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
				   MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);

		if (number == MAP_FAILED)
			err(1, "mmap");
		*number = 815;
		errno = -by_int80(opened(argv[2], O_RDONLY), SET_GENERATION_32, (uintptr_t)number);
		if (errno)
			err(1, "generation32");
	} else {
		errx(2, "behind swap A B | behind generation FILE | behind generation32 FILE");
	}
	return 0;
}

/*
 * First program in a guest: loads the disk drivers from the initrd, mounts the root disk with the
 * lab's two read-only disks in it, and hands over to lab_init.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

static void die(const char *what, const char *which)
{
	fprintf(stderr, "lab: stage1: %s %s: %s\n", what, which, strerror(errno));
	/* PID 1 ends, the kernel panics, the host sees it. */
	exit(1);
}

static void load_modules(void)
{
	struct dirent **names;
	int n = scandir("/modules", &names, NULL, alphasort);

	if (n < 0)
		die("read", "/modules");
	for (int i = 0; i < n; i++) {
		char path[300];
		int fd;

		if (names[i]->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/modules/%s", names[i]->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			die("open", path);
		if (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST)
			die("load", path);
		close(fd);
	}
}

static void mount_disk(const char *disk, const char *where, unsigned long flags)
{
	/* The driver finds its disks by itself, soon after it was loaded. */
	for (int tries = 0; access(disk, F_OK) && tries < 1000; tries++)
		usleep(10000);
	if (mount(disk, where, "ext4", flags, NULL))
		die("mount", disk);
}

int main(void)
{
	static char *const args[] = { "/lab/bin/lab_init", NULL };

	if (mount("dev", "/dev", "devtmpfs", 0, NULL) && errno != EBUSY)
		die("mount", "/dev");
	load_modules();
	mount_disk("/dev/vda", "/root", 0);
	mount_disk("/dev/vdb", "/root/lab", MS_RDONLY);
	mount_disk("/dev/vdc", "/root/lib/modules", MS_RDONLY);
	if (mount("/dev", "/root/dev", NULL, MS_MOVE, NULL))
		die("move", "/dev");
	if (chdir("/root") || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || chdir("/"))
		die("enter", "/root");
	execv(args[0], args);
	die("run", args[0]);
}

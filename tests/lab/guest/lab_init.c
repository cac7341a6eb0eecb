/*
 * PID 1 of a lab guest, or a service when the guest runs systemd.
 *
 * Reads /lab/plan (one "NAME SECONDS KEEP" a line; KEEP is 1 when its daemon may go on to the next),
 * runs each scenario in a session of its own under its deadline, and reports on the second serial port:
 *
 *   LAB-UP                      the kernel has started, and PID 1 with it
 *   LAB-START NAME              a scenario begins
 *   | text                      a line it printed
 *   LAB NAME ok|FAIL SECONDS    it ended
 *   LAB-DIRTY NAME              its traces can't be removed; the rest needs a fresh boot
 *   LAB-OUTCOME passed=N failed=N    exactly once, last
 *
 * Nothing here talks to a network, so the runner is never a source of marked files.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define STOP_SECONDS 10

static int port = -1;
static int is_init;
/* A scenario left something in the kernel that can't be removed. */
static int dirty;

static void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void say(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vdprintf(port, format, args);
	va_end(args);
}

static void warn_failed(const char *what)
{
	fprintf(stderr, "lab: %s: %s\n", what, strerror(errno));
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void put_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		warn_failed(path);
	if (fd >= 0)
		close(fd);
}

static void mount_fs(const char *type, const char *where, const char *data)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, data) && errno != EBUSY)
		warn_failed(where);
}

static void mount_all(void)
{
	mount_fs("proc", "/proc", NULL);
	mount_fs("sysfs", "/sys", NULL);
	mount_fs("securityfs", "/sys/kernel/security", NULL);
	mount_fs("tracefs", "/sys/kernel/tracing", NULL);
	mount_fs("bpf", "/sys/fs/bpf", "mode=700");
	mount_fs("cgroup2", "/sys/fs/cgroup", NULL);
	mount_fs("devpts", "/dev/pts", "mode=620,ptmxmode=666");
	mount_fs("tmpfs", "/dev/shm", "mode=1777");
	mount_fs("tmpfs", "/run", "mode=755");
	mkdir("/run/lock", 01777);
	symlink("/proc/self/fd", "/dev/fd");
	symlink("/proc/self/fd/0", "/dev/stdin");
	symlink("/proc/self/fd/1", "/dev/stdout");
	symlink("/proc/self/fd/2", "/dev/stderr");
}

static void loopback_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr))
		warn_failed("lo");
	close(fd);
}

/* Variables given on the kernel command line as LAB_X=y, also when systemd swallowed them. */
static void import_command_line(void)
{
	static char line[4096];
	int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, line, sizeof(line) - 1);

	if (n < 0)
		warn_failed("/proc/cmdline");
	for (char *word = strtok(line, " \n"); word; word = strtok(NULL, " \n"))
		if (!strncmp(word, "LAB_", 4) && strchr(word, '='))
			putenv(word);
	close(fd);
}

static int open_port(void)
{
	int fd = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios raw;

	if (fd < 0 || tcgetattr(fd, &raw)) {
		warn_failed("/dev/ttyS1");
		return 2;
	}
	cfmakeraw(&raw);
	tcsetattr(fd, TCSANOW, &raw);
	return fd;
}

static pid_t spawn(char *const args[], int out)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setsid();
	if (out >= 0) {
		int null = open("/dev/null", O_RDONLY);

		dup2(null, 0);
		dup2(out, 1);
		dup2(out, 2);
		close(null);
	}
	execv(args[0], args);
	warn_failed(args[0]);
	_exit(127);
}

/* Waits for one child; as PID 1 others end up here too and are reaped on the way. */
static int wait_for(pid_t pid)
{
	int status = 0;
	pid_t got;

	while ((got = wait(&status)) != pid)
		if (got < 0 && errno == ECHILD)
			return 0;
	return status;
}

/* Passes a scenario's output on, each line behind "| ". */
static void pass_on(const char *text, ssize_t n, int *at_start)
{
	while (n > 0) {
		const char *end = memchr(text, '\n', n);
		int len = end ? end - text + 1 : n;

		say("%s%.*s", *at_start ? "| " : "", len, text);
		*at_start = end != NULL;
		text += len;
		n -= len;
	}
}

/* Signals every process of that name; returns how many there are. */
static int signal_named(const char *name, int signal)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	int found = 0;

	while (proc && (entry = readdir(proc))) {
		char path[300], comm[32] = "";
		int pid = atoi(entry->d_name);
		int fd;
		ssize_t n;

		if (pid <= 1)
			continue;
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		n = fd < 0 ? 0 : read(fd, comm, sizeof(comm) - 1);
		if (fd >= 0)
			close(fd);
		if (n > 0 && comm[n - 1] == '\n')
			comm[n - 1] = 0;
		if (strcmp(comm, name))
			continue;
		found++;
		kill(pid, SIGCONT);
		kill(pid, signal);
	}
	if (proc)
		closedir(proc);
	return found;
}

static void reap(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

/* The daemon that goes on to the next scenario, as lib.sh notes it; 0 when there is none. */
static pid_t kept_daemon(void)
{
	FILE *file = fopen("/run/lab/daemon.pid", "re");
	int pid = 0;

	if (file && fscanf(file, "%d", &pid) != 1)
		pid = 0;
	if (file)
		fclose(file);
	return pid;
}

/* Ends all that is ours by now but one: what a scenario left running beside its daemon. */
static void end_processes_but(pid_t spared)
{
	double until = now() + STOP_SECONDS;
	int left;

	do {
		FILE *children = fopen("/proc/1/task/1/children", "re");
		int pid;

		left = 0;
		while (children && fscanf(children, "%d", &pid) == 1)
			if (pid != spared) {
				kill(pid, SIGKILL);
				left++;
			}
		if (children)
			fclose(children);
		else
			warn_failed("children");
		reap();
		if (left)
			usleep(20000);
	} while (left && now() < until);
}

/* Ends what a scenario left running: the daemon the way it wants to end, the rest at once. */
static void end_processes(pid_t group)
{
	double until = now() + STOP_SECONDS;

	if (!is_init) {
		kill(-group, SIGKILL);
		return;
	}
	signal_named("linprov", SIGTERM);
	while (signal_named("linprov", 0) && now() < until) {
		reap();
		usleep(20000);
	}
	kill(-1, SIGKILL);
	/* Every process is PID 1's by now, so this ends when all are gone. */
	while (wait(NULL) > 0)
		;
}

static int run_scenario(const char *name, int seconds, int keep)
{
	char script[300];
	char *const args[] = { "/bin/bash", script, NULL };
	char *clean[] = { "/bin/bash", "/lab/lab/clean.sh", NULL, NULL };
	double start = now(), deadline = start + seconds;
	int fds[2], status = 0, ended = 0, late = 0, at_start = 1;
	char buffer[4096];
	pid_t pid, spared;

	snprintf(script, sizeof(script), "/lab/kernel/%s.sh", name);
	setenv("LAB_NAME", name, 1);
	say("LAB-START %s\n", name);
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK)) {
		warn_failed("pipe");
		return 0;
	}
	fcntl(fds[1], F_SETFL, 0);
	pid = spawn(args, fds[1]);
	close(fds[1]);
	while (!ended) {
		struct pollfd wait_output = { .fd = fds[0], .events = POLLIN };
		ssize_t n;

		poll(&wait_output, 1, 50);
		while ((n = read(fds[0], buffer, sizeof(buffer))) > 0)
			pass_on(buffer, n, &at_start);
		for (pid_t got; (got = waitpid(-1, &status, WNOHANG)) > 0;)
			if (got == pid) {
				ended = 1;
				break;
			}
		if (n == 0 && !ended)
			usleep(20000);
		if (!ended && now() > deadline) {
			late = 1;
			kill(-pid, SIGKILL);
			status = wait_for(pid);
			ended = 1;
		}
	}
	spared = keep && is_init && !late && status == 0 ? kept_daemon() : 0;
	if (spared) {
		end_processes_but(spared);
		clean[2] = "kept";
	} else {
		end_processes(pid);
	}
	for (ssize_t n; (n = read(fds[0], buffer, sizeof(buffer))) > 0;)
		pass_on(buffer, n, &at_start);
	close(fds[0]);
	if (!at_start)
		say("\n");
	if (late)
		say("| lab: killed after its deadline of %d s\n", seconds);
	else if (WIFSIGNALED(status))
		say("| lab: ended by signal %d\n", WTERMSIG(status));
	ended = !late && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	say("LAB %s %s %.1f\n", name, ended ? "ok" : "FAIL", now() - start);
	/* The next boot of this disk wants to find things as they are. */
	if (is_init && !getenv("LAB_MORE_BOOTS") && wait_for(spawn(clean, 2))) {
		say("LAB-DIRTY %s\n", name);
		dirty = 1;
	}
	return ended;
}

static void run_plan(void)
{
	FILE *plan = fopen("/lab/plan", "re");
	int passed = 0, failed = 0, seconds, keep;
	char name[200];

	if (!plan)
		warn_failed("/lab/plan");
	while (plan && !dirty && fscanf(plan, "%199s %d %d", name, &seconds, &keep) == 3) {
		int ok = run_scenario(name, seconds, keep);

		passed += ok;
		failed += !ok;
	}
	say("LAB-OUTCOME passed=%d failed=%d\n", passed, failed);
	tcdrain(port);
}

/* An interactive program on the console, with a terminal of its own. */
static void run_console(void)
{
	char *const args[] = { "/lab/console", NULL };
	pid_t pid = fork();

	if (!pid) {
		int fd;

		setsid();
		fd = open("/dev/ttyS0", O_RDWR);
		ioctl(fd, TIOCSCTTY, 1);
		for (int i = 0; i < 3; i++)
			dup2(fd, i);
		close(fd);
		execv(args[0], args);
		warn_failed(args[0]);
		_exit(127);
	}
	wait_for(pid);
}

static void become_systemd(void)
{
	static char *const args[] = { "/lib/systemd/systemd", NULL };

	mkdir("/run/systemd", 0755);
	mkdir("/run/systemd/system", 0755);
	mkdir("/run/systemd/system/multi-user.target.wants", 0755);
	put_file("/run/systemd/system/lab.service",
		 "[Unit]\nDescription=lab scenarios\nAfter=multi-user.target\n"
		 "[Service]\nExecStart=/lab/bin/lab_init\nEnvironment=HOME=/root\n");
	if (symlink("../lab.service", "/run/systemd/system/multi-user.target.wants/lab.service"))
		warn_failed("lab.service");
	execv(args[0], args);
	warn_failed(args[0]);
}

static void end_guest(const char *mode)
{
	static char *const args[] = { "/bin/systemctl", "poweroff", NULL };

	if (!is_init && getenv("LAB_MORE_BOOTS")) {
		wait_for(spawn(args, 2));
		return;
	}
	if (is_init && strcmp(mode, "console") == 0)
		end_processes(0);
	sync();
	umount2("/sys/fs/bpf", MNT_DETACH);
	if (mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY, NULL) && is_init)
		sync();
	reboot(RB_POWER_OFF);
	warn_failed("power off");
}

int main(void)
{
	const char *mode;

	is_init = getpid() == 1;
	if (is_init) {
		mount_all();
		sethostname("lab", 3);
	}
	import_command_line();
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", 1);
	setenv("HOME", "/root", 1);
	setenv("LANG", "C.UTF-8", 1);
	setenv("TERM", "dumb", 1);
	mode = getenv("LAB_MODE");
	mode = mode ? mode : "batch";
	port = open_port();
	if (is_init)
		say("LAB-UP\n");
	if (is_init && !strcmp(mode, "systemd"))
		become_systemd();
	if (is_init)
		loopback_up();
	if (!strcmp(mode, "console"))
		run_console();
	else
		run_plan();
	end_guest(mode);
	return 1;
}

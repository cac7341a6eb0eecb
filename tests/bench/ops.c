/*
 * What an operation costs, by the guest's clock: in a guest that counts instructions a nanosecond is
 * an instruction. Prints "NAME VALUE" lines, each the median of several rounds.
 *
 *   ops             all of them, in the current folder
 *   ops exec PATH   only exec, of that program
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 9
#define NOTHING "/lab/bin/nothing"

static const char *program = NOTHING;
static int file = -1;
static struct sockaddr_in address;
static int listener = -1, stream_in = -1, stream_out = -1, datagram_in = -1, datagram_out = -1;

static void die(const char *what)
{
	fprintf(stderr, "ops: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static void op_open(int n)
{
	while (n--) {
		int fd = open("file", O_RDONLY);

		if (fd < 0)
			die("open");
		close(fd);
	}
}

static void op_pread(int n)
{
	char byte;

	while (n--)
		if (pread(file, &byte, 1, 0) != 1)
			die("pread");
}

static void op_pwrite(int n)
{
	while (n--)
		if (pwrite(file, "x", 1, 0) != 1)
			die("pwrite");
}

static void op_exec(int n)
{
	char *const args[] = { (char *)program, NULL };
	int status;
	pid_t pid;

	while (n--) {
		if (posix_spawn(&pid, program, NULL, NULL, args, environ))
			die(program);
		if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status)) {
			errno = EPERM;
			die(program);
		}
	}
}

static void op_fork(int n)
{
	while (n--) {
		pid_t pid = fork();

		if (!pid)
			_exit(0);
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			die("fork");
	}
}

/* The whole life of a connection; without data nobody becomes a source. */
static void op_connect(int n)
{
	struct linger reset = { .l_onoff = 1 };

	while (n--) {
		int out = socket(AF_INET, SOCK_STREAM, 0), in;

		if (connect(out, (struct sockaddr *)&address, sizeof(address)))
			die("connect");
		in = accept(listener, NULL, NULL);
		/* No TIME_WAIT, or the ports run out. */
		setsockopt(out, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
		close(out);
		close(in);
	}
}

static void fill_stream(int n)
{
	char bytes[n];

	memset(bytes, 'x', n);
	if (write(stream_out, bytes, n) != n)
		die("write");
}

static void op_recv_tcp(int n)
{
	char byte;

	while (n--)
		if (recv(stream_in, &byte, 1, 0) != 1)
			die("recv");
}

static void fill_datagrams(int n)
{
	while (n--)
		if (send(datagram_out, "x", 1, 0) != 1)
			die("send");
}

static void op_recv_udp(int n)
{
	char byte;

	while (n--)
		if (recv(datagram_in, &byte, 1, 0) != 1)
			die("recv");
}

static void set_up(void)
{
	socklen_t size = sizeof(address);

	file = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0 || write(file, "x", 1) != 1)
		die("file");
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	datagram_in = socket(AF_INET, SOCK_DGRAM, 0);
	datagram_out = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(datagram_in, (struct sockaddr *)&address, size) ||
	    getsockname(datagram_in, (struct sockaddr *)&address, &size) ||
	    connect(datagram_out, (struct sockaddr *)&address, size))
		die("datagrams");
	if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 8))
		die("listen");
	stream_out = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(stream_out, (struct sockaddr *)&address, size))
		die("connect");
	stream_in = accept(listener, NULL, NULL);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const char *name, void (*prepare)(int), void (*op)(int), int n)
{
	double rounds[ROUNDS];

	/* The first round fills caches and is left out. */
	for (int i = -1; i < ROUNDS; i++) {
		double start;

		if (prepare)
			prepare(n);
		start = now();
		op(n);
		if (i >= 0)
			rounds[i] = (now() - start) / n;
	}
	qsort(rounds, ROUNDS, sizeof(rounds[0]), compare);
	printf("%s %.0f\n", name, rounds[ROUNDS / 2]);
	fflush(stdout);
}

int main(int argc, char *argv[])
{
	if (argc == 3 && !strcmp(argv[1], "exec")) {
		program = argv[2];
		measure("exec", NULL, op_exec, 20);
		return 0;
	}
	set_up();
	measure("open+close", NULL, op_open, 2000);
	measure("pread", NULL, op_pread, 2000);
	measure("pwrite", NULL, op_pwrite, 2000);
	measure("exec", NULL, op_exec, 20);
	measure("fork", NULL, op_fork, 20);
	measure("connect", NULL, op_connect, 50);
	measure("recv-tcp", fill_stream, op_recv_tcp, 500);
	measure("recv-udp", fill_datagrams, op_recv_udp, 100);
	return 0;
}

/*
 * What an operation costs, by the guest's clock: in a guest that counts instructions a nanosecond is
 * an instruction. Prints "NAME VALUE" lines, each the mean of the middle half of its rounds.
 *
 *   ops             all of them, in the current folder
 *   ops exec PATH   only exec, of that program
 *   ops data PATH   only a read of that file, by whatever name this program was started
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

#define ROUNDS 32
#define NOTHING "/lab/bin/nothing"
#define REMOTE "192.0.2.1"

static const char *program = NOTHING;
static int file = -1;
static int pipe_in = -1, pipe_out = -1;
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

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void measure(const char *name, void (*prepare)(int), void (*op)(int), int n)
{
	double rounds[ROUNDS], sum = 0;

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
	/* What hits only some rounds falls out; the timer's ticks hit most and count. */
	qsort(rounds, ROUNDS, sizeof(rounds[0]), compare);
	for (int i = ROUNDS / 4; i < ROUNDS * 3 / 4; i++)
		sum += rounds[i];
	printf("%s %.0f\n", name, sum / (ROUNDS / 2));
	fflush(stdout);
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

static void op_open_rw(int n)
{
	while (n--) {
		int fd = open("file", O_RDWR);

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

/* There and back through a pipe. */
static void op_pipe(int n)
{
	char byte;

	while (n--)
		if (write(pipe_out, "x", 1) != 1 || read(pipe_in, &byte, 1) != 1)
			die("pipe");
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

static void op_recv_stream(int n)
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

static void op_recv_datagram(int n)
{
	char byte;

	while (n--)
		if (recv(datagram_in, &byte, 1, 0) != 1)
			die("recv");
}

static void listen_at(const char *host)
{
	socklen_t size = sizeof(address);

	address.sin_family = AF_INET;
	address.sin_port = 0;
	inet_pton(AF_INET, host, &address.sin_addr);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	datagram_in = socket(AF_INET, SOCK_DGRAM, 0);
	datagram_out = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(datagram_in, (struct sockaddr *)&address, size) ||
	    getsockname(datagram_in, (struct sockaddr *)&address, &size) ||
	    connect(datagram_out, (struct sockaddr *)&address, size))
		die("datagrams");
	/* The peer of a datagram socket is only known once it is connected. */
	if (getsockname(datagram_out, (struct sockaddr *)&address, &size) ||
	    connect(datagram_in, (struct sockaddr *)&address, size))
		die("datagrams");
	if (bind(listener, (struct sockaddr *)&address, size) || listen(listener, 8))
		die("listen");
	stream_out = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(stream_out, (struct sockaddr *)&address, size))
		die("connect");
	stream_in = accept(listener, NULL, NULL);
}

static void open_file(const char *name)
{
	file = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (file < 0 || pwrite(file, "x", 1, 0) != 1)
		die(name);
}

/* In a child, which becomes a source at the first byte: the others stay clean. */
static void measure_source(void)
{
	int status;
	pid_t pid = fork();

	if (pid) {
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			die("source");
		return;
	}
	listen_at(REMOTE);
	measure("recv-tcp-remote", fill_stream, op_recv_stream, 500);
	measure("recv-udp-remote", fill_datagrams, op_recv_datagram, 100);
	open_file("downloaded");
	measure("pwrite-source", NULL, op_pwrite, 2000);
	measure("pread-source", NULL, op_pread, 2000);
	exit(0);
}

int main(int argc, char *argv[])
{
	int ends[2];

	if (argc == 3 && !strcmp(argv[1], "exec")) {
		program = argv[2];
		measure("exec", NULL, op_exec, 20);
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "data")) {
		file = open(argv[2], O_RDONLY);
		if (file < 0)
			die(argv[2]);
		measure("pread", NULL, op_pread, 200);
		return 0;
	}
	if (pipe(ends))
		die("pipe");
	pipe_in = ends[0];
	pipe_out = ends[1];
	open_file("file");
	listen_at("127.0.0.1");
	measure("open", NULL, op_open, 2000);
	measure("open-rw", NULL, op_open_rw, 2000);
	measure("pread", NULL, op_pread, 2000);
	measure("pwrite", NULL, op_pwrite, 2000);
	measure("pipe", NULL, op_pipe, 1000);
	measure("exec", NULL, op_exec, 20);
	measure("fork", NULL, op_fork, 20);
	measure("connect", NULL, op_connect, 50);
	measure("recv-tcp-local", fill_stream, op_recv_stream, 500);
	measure("recv-udp-local", fill_datagrams, op_recv_datagram, 100);
	if (dup2(pipe_in, 0) != 0)
		die("stdin");
	measure("exec-pipe", NULL, op_exec, 20);
	measure_source();
	return 0;
}

/*
 * Downloads http://ADDRESS:PORT/program and writes it to FILE, both through io_uring's worker
 * threads: uring ADDRESS PORT FILE.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int ring;
static struct io_uring_params params;
static struct io_uring_sqe *entries;
static char *queue;
static char answer[4 << 20];

static unsigned *at(unsigned offset)
{
	return (unsigned *)(queue + offset);
}

static void set_up(void)
{
	/* The submission and the completion queue are one mapping on all supported kernels. */
	size_t size;

	ring = syscall(SYS_io_uring_setup, 1, &params);
	if (ring < 0)
		err(1, "io_uring_setup");
	size = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe) + 4096;
	queue = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	entries = mmap(NULL, sizeof(*entries), PROT_READ | PROT_WRITE, MAP_SHARED, ring,
		       IORING_OFF_SQES);
	if (queue == MAP_FAILED || entries == MAP_FAILED)
		err(1, "mmap");
}

/* One operation, handed to a worker thread; waits for it. */
static int perform(int operation, int fd, void *buffer, size_t size, off_t offset)
{
	struct io_uring_cqe *done = (struct io_uring_cqe *)(queue + params.cq_off.cqes);
	unsigned tail = *at(params.sq_off.tail), head = *at(params.cq_off.head);

	memset(entries, 0, sizeof(*entries));
	entries->opcode = operation;
	entries->flags = IOSQE_ASYNC;
	entries->fd = fd;
	entries->addr = (unsigned long)buffer;
	entries->len = size;
	entries->off = offset;
	at(params.sq_off.array)[0] = 0;
	__atomic_store_n(at(params.sq_off.tail), tail + 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		err(1, "io_uring_enter");
	done += head & *at(params.cq_off.ring_mask);
	__atomic_store_n(at(params.cq_off.head), head + 1, __ATOMIC_RELEASE);
	if (done->res < 0)
		errx(1, "operation %d: %s", operation, strerror(-done->res));
	return done->res;
}

int main(int argc, char **argv)
{
	static const char request[] = "GET /program HTTP/1.0\r\n\r\n";
	struct sockaddr_in peer = { .sin_family = AF_INET };
	size_t length = 0, written = 0;
	char *body;
	int fd, n;

	if (argc != 4)
		errx(2, "usage: uring ADDRESS PORT FILE");
	set_up();
	peer.sin_port = htons(atoi(argv[2]));
	inet_pton(AF_INET, argv[1], &peer.sin_addr);
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&peer, sizeof(peer)) ||
	    write(fd, request, sizeof(request) - 1) < 0)
		err(1, "%s:%s", argv[1], argv[2]);
	while ((n = perform(IORING_OP_RECV, fd, answer + length, sizeof(answer) - 1 - length, 0)) > 0)
		length += n;
	body = strstr(answer, "\r\n\r\n");
	fd = open(argv[3], O_WRONLY | O_CREAT | O_TRUNC, 0755);
	if (!body || fd < 0)
		errx(1, "nothing to save, or nowhere");
	body += 4;
	length -= body - answer;
	while (written < length)
		written += perform(IORING_OP_WRITE, fd, body + written, length - written, written);
	return 0;
}

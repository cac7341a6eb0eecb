/*
 * One thread downloads http://ADDRESS:PORT/program and ends, another one writes it afterwards:
 * two_threads worker|leader ADDRESS PORT FILE. It is the first thread that writes, or that ends.
 */
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char **args;
static char answer[4 << 20];
static size_t length;
static pthread_t leader;

static void *download(void *unused)
{
	static const char request[] = "GET /program HTTP/1.0\r\n\r\n";
	struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = htons(atoi(args[3])) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	ssize_t n;

	(void)unused;
	inet_pton(AF_INET, args[2], &peer.sin_addr);
	if (connect(fd, (struct sockaddr *)&peer, sizeof(peer)) ||
	    write(fd, request, sizeof(request) - 1) < 0)
		err(1, "%s:%s", args[2], args[3]);
	while ((n = recv(fd, answer + length, sizeof(answer) - 1 - length, 0)) > 0)
		length += n;
	close(fd);
	return NULL;
}

static void save(void)
{
	char *body = strstr(answer, "\r\n\r\n");
	int fd = open(args[4], O_WRONLY | O_CREAT | O_TRUNC, 0755);
	size_t size;

	if (!body || fd < 0)
		errx(1, "nothing to save, or nowhere");
	body += 4;
	size = answer + length - body;
	if (write(fd, body, size) != (ssize_t)size)
		err(1, "write");
	close(fd);
}

static void *save_after_leader(void *unused)
{
	(void)unused;
	pthread_join(leader, NULL);
	save();
	exit(0);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc != 5)
		errx(2, "usage: two_threads worker|leader ADDRESS PORT FILE");
	args = argv;
	leader = pthread_self();
	if (!strcmp(argv[1], "leader")) {
		download(NULL);
		pthread_create(&thread, NULL, save_after_leader, NULL);
		pthread_exit(NULL);
	}
	pthread_create(&thread, NULL, download, NULL);
	pthread_join(thread, NULL);
	save();
	return 0;
}

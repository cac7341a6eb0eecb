/* Executes a program from a thread that isn't the first: thread_exec PROGRAM [ARGUMENTS…]. */
#include <err.h>
#include <pthread.h>
#include <unistd.h>

static void *execute(void *args)
{
	char **argv = args;

	execvp(argv[1], argv + 1);
	err(126, "%s", argv[1]);
}

int main(int argc, char **argv)
{
	pthread_t thread;

	if (argc < 2)
		errx(2, "usage: thread_exec PROGRAM [ARGUMENTS…]");
	pthread_create(&thread, NULL, execute, argv);
	pthread_join(thread, NULL);
	return 1;
}

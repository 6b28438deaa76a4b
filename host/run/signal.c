#include "host/run/signal.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/run/err.h"

static volatile sig_atomic_t stop, save;

static void on_stop(int number)
{
	(void)number;
	if (stop)
		_exit(EXIT_CODE_UNEXPECTED); /* nothing was saved */
	stop = 1;
}

static void on_save(int number)
{
	(void)number;
	save = 1;
}

void signal_install(void)
{
	static const int stops[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	struct sigaction action = { 0 };
	sigemptyset(&action.sa_mask);
	action.sa_flags = SA_RESTART;
	action.sa_handler = on_stop;
	for (size_t i = 0; i < sizeof(stops) / sizeof(stops[0]); i++)
		sigaction(stops[i], &action, NULL);
	action.sa_handler = on_save;
	sigaction(SIGUSR2, &action, NULL);
}

bool signal_stop_requested(void)
{
	return stop != 0;
}

bool signal_save_requested(void)
{
	bool was = save != 0;
	save = 0;
	return was;
}

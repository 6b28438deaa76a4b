#include "host/run/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static enum log_level level = LOG_INFO;

void log_set_level(enum log_level new_level)
{
	level = new_level;
}

static void print_line(const char *head, const char *fmt, va_list ap)
{
	flockfile(stderr);
	fputs(head, stderr);
	vfprintf(stderr, fmt, ap);
	fputc('\n', stderr);
	funlockfile(stderr);
}

void log_info(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	if (level >= LOG_INFO)
		print_line("", fmt, ap);
	va_end(ap);
}

void log_warn(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	print_line("warning: ", fmt, ap);
	va_end(ap);
}

void log_verbose(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	if (level >= LOG_VERBOSE)
		print_line("", fmt, ap);
	va_end(ap);
}

double log_clock_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void progress_start(struct progress *p, const char *what, int64_t total)
{
	p->what = what;
	p->total = total;
	p->started_s = p->shown_s = log_clock_s();
}

void progress_step(struct progress *p, int64_t done)
{
	double now_s = log_clock_s(), elapsed_s = now_s - p->started_s;
	int terminal = isatty(STDERR_FILENO);
	if (level < LOG_INFO || now_s - p->shown_s < (terminal ? 0.2 : 30.0))
		return;
	p->shown_s = now_s;
	double rate = (double)done / (elapsed_s > 0 ? elapsed_s : 1);
	double left_s = rate > 0 ? (double)(p->total - done) / rate : 0;
	fprintf(stderr, "%s%s %lld/%lld, %.3g a second, %.0f s left%s", terminal ? "\r" : "", p->what, (long long)done,
		(long long)p->total, rate, left_s, terminal ? "   " : "\n");
}

void progress_end(struct progress *p)
{
	if (level >= LOG_INFO && isatty(STDERR_FILENO) && p->shown_s > p->started_s)
		fputc('\n', stderr);
	log_verbose("%s: %lld in %.1f s", p->what, (long long)p->total, log_clock_s() - p->started_s);
}

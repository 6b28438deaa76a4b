#include "host/run/ram.h"

#include <math.h>
#include <stdio.h>
#include <sys/resource.h>

#include "host/run/err.h"

/* "MemAvailable:  123 kB": what can be had without swapping. */
static double free_ram(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	char line[256];
	double kb, bytes = HUGE_VAL;
	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "MemAvailable: %lf kB", &kb) == 1)
			bytes = kb * 1024;
	if (file)
		fclose(file);
	return bytes;
}

/* cgroup v2: a number or "max". */
static double group_limit(void)
{
	FILE *file = fopen("/sys/fs/cgroup/memory.max", "r");
	double bytes;
	int fields = file ? fscanf(file, "%lf", &bytes) : 0;
	if (file)
		fclose(file);
	return fields == 1 ? bytes : HUGE_VAL;
}

static double process_limit(void)
{
	struct rlimit limit;
	if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
		return HUGE_VAL;
	return (double)limit.rlim_cur;
}

double ram_available_bytes(void)
{
	return fmin(free_ram(), fmin(group_limit(), process_limit()));
}

int ram_check(double need_bytes, const char *what)
{
	double have = ram_available_bytes();
	if (need_bytes <= have)
		return 0;
	return ERR_RESOURCE(
		"%s needs %.1f GB of memory, %.1f GB are available", what, need_bytes / 1e9, have / 1e9);
}

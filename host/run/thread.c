#define _GNU_SOURCE /* sched_getaffinity, CPU_COUNT */
#include "host/run/thread.h"

#include <omp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>

static int positive_env(const char *name)
{
	const char *text = getenv(name);
	int n = text ? atoi(text) : 0;
	return n > 0 ? n : 0;
}

/* CPUs the control group grants, rounded up; 0 = no limit known (cgroup v2 cpu.max: "quota period"). */
static int cgroup_cpus(void)
{
	FILE *file = fopen("/sys/fs/cgroup/cpu.max", "r");
	double quota = 0, period = 0;
	int fields = file ? fscanf(file, "%lf %lf", &quota, &period) : 0;
	if (file)
		fclose(file);
	return fields == 2 && period > 0 ? (int)((quota + period - 1) / period) : 0;
}

int thread_count(void)
{
	int n = positive_env("OMP_NUM_THREADS");
	if (n == 0)
		n = positive_env("SLURM_CPUS_PER_TASK");
	if (n > 0)
		return n;
	cpu_set_t mask;
	n = sched_getaffinity(0, sizeof(mask), &mask) == 0 ? CPU_COUNT(&mask) : omp_get_num_procs();
	int granted = cgroup_cpus();
	return granted > 0 && granted < n ? granted : n;
}

void thread_set_count(int n)
{
	omp_set_num_threads(n > 0 ? n : thread_count());
}

#include "host/run/thread.h"

#include <cstdlib>
#include <omp.h>
#include <sched.h>
#include <gtest/gtest.h>
#include "tests/support/child.h"

namespace
{

// thread_count() in a child with these two variables (nullptr = unset) and at most `cpus` of affinity (0 =
// all).
int CountWith(const char *omp, const char *slurm, int cpus)
{
	return InChild([=](int) {
		unsetenv("OMP_NUM_THREADS");
		unsetenv("SLURM_CPUS_PER_TASK");
		if (omp)
			setenv("OMP_NUM_THREADS", omp, 1);
		if (slurm)
			setenv("SLURM_CPUS_PER_TASK", slurm, 1);
		cpu_set_t all, some;
		CPU_ZERO(&some);
		sched_getaffinity(0, sizeof(all), &all);
		for (int i = 0, taken = 0; cpus > 0 && i < CPU_SETSIZE && taken < cpus; i++)
			if (CPU_ISSET(i, &all)) {
				CPU_SET(i, &some);
				taken++;
			}
		if (cpus > 0 && sched_setaffinity(0, sizeof(some), &some) != 0)
			return 255;
		return thread_count();
	}).exit_code;
}

TEST(Thread, TheEnvironmentDecidesFirst)
{
	EXPECT_EQ(5, CountWith("5", "3", 0));
	EXPECT_EQ(3, CountWith(nullptr, "3", 0));
	EXPECT_EQ(4, CountWith("4,2", nullptr, 0)) << "OpenMP's list of nested levels: the first counts";
	EXPECT_EQ(7, CountWith("0", "7", 0)) << "no positive number is no answer";
	EXPECT_EQ(7, CountWith("many", "7", 0));
}

TEST(Thread, ElseTheAffinityMask)
{
	EXPECT_EQ(1, CountWith(nullptr, nullptr, 1));
	int n = CountWith(nullptr, nullptr, 0);
	EXPECT_GE(n, 1);
	EXPECT_LE(n, omp_get_num_procs());
}

TEST(Thread, SetCountIsWhatOpenMPUses)
{
	int before = omp_get_max_threads();
	thread_set_count(3);
	EXPECT_EQ(3, omp_get_max_threads());
	thread_set_count(0);
	EXPECT_EQ(thread_count(), omp_get_max_threads());
	thread_set_count(-1);
	EXPECT_EQ(thread_count(), omp_get_max_threads());
	omp_set_num_threads(before);
}

} // namespace

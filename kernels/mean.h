#ifndef KERNELS_MEAN_H
#define KERNELS_MEAN_H
#include "kernels/kernel.h"
/* mean[g] = average of x[g, 0 .. count-1].  Sum of `groups` groups of `count` terms. */
struct mean_args {
	void *mean;    /* k_master (groups) */
	const void *x; /* (groups, count) */
	int64_t count;
};
K_DECLARE_SUM(mean);
#endif

#ifndef KERNELS_L1_H
#define KERNELS_L1_H
#include "kernels/kernel.h"
/* part[g] = sum of |a - b| over run g of `run` elements.  Sum of `groups` groups of `run` terms. */
struct l1_args {
	double *part;	   /* (groups) */
	const void *a, *b; /* (n) */
	int64_t n, run;	   /* groups = ceil(n / run) */
};
K_DECLARE_SUM(l1);
#endif

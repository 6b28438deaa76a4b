#ifndef KERNELS_LSGAN_H
#define KERNELS_LSGAN_H
#include "kernels/kernel.h"
/* part[g] = sum of (x - target)^2 over run g of `run` elements.  Sum of `groups` groups of `run` terms. */
struct lsgan_args {
	double *part;	/* (groups) */
	const void *x;	/* (n) */
	int64_t n, run; /* groups = ceil(n / run) */
	double target;
};
K_DECLARE_SUM(lsgan);
#endif

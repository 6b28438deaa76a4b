#ifndef KERNELS_SQUARE_SUM_H
#define KERNELS_SQUARE_SUM_H
#include "kernels/kernel.h"
/* part[g] = sum of x^2 over run g of `run` elements.  Sum of `groups` groups of `run` terms. */
struct square_sum_args {
	double *part;  /* (groups) */
	const void *x; /* k_master (n) */
	int64_t n, run; /* groups = ceil(n / run) */
};
K_DECLARE_SUM(square_sum);
#endif

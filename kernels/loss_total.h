#ifndef KERNELS_LOSS_TOTAL_H
#define KERNELS_LOSS_TOTAL_H
#include "kernels/kernel.h"
/* value[0] = factor * sum of part: the second stage of a loss.  Sum of 1 group of n terms. */
struct loss_total_args {
	void *value;	    /* k_master (1) */
	const double *part; /* (n) */
	double factor;
};
K_DECLARE_SUM(loss_total);
#endif

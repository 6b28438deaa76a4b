/* part[g] = sum over row g of a window of the image: what an exposure chamber reads.  Sum of `height` groups
 * of `width` terms. */
#ifndef KERNELS_EXPOSURE_H
#define KERNELS_EXPOSURE_H
#include "kernels/kernel.h"
struct exposure_args {
	double *part;		/* (height) */
	const float *intensity; /* (rows, cols) */
	int64_t cols, first_col, first_row;
};
K_DECLARE_SUM(exposure);
#endif

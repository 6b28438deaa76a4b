#ifndef KERNELS_LAYER_NORM_H
#define KERNELS_LAYER_NORM_H
#include "kernels/kernel.h"
/* y = gamma[c] * (x - mean[row]) * rstd[row] + beta[c], with the mean and 1 / sqrt(biased variance + epsilon) of the
 * row's channels.  Rows. */
struct layer_norm_args {
	void *y;		  /* (rows, channels) */
	void *mean, *rstd;	  /* k_master (rows) */
	const void *x;		  /* (rows, channels) */
	const void *gamma, *beta; /* k_master (channels) */
	int64_t channels;
	double epsilon;
};
K_DECLARE(layer_norm);
#endif

#ifndef KERNELS_LAYER_NORM_SUMS_H
#define KERNELS_LAYER_NORM_SUMS_H
#include "kernels/kernel.h"
/* For layer_norm: the sums over all rows of dy (the gradient of beta) and of dy hat (of gamma).  Channel sum over 1
 * sample of `rows` terms. */
struct layer_norm_sums_args {
	void *dbeta, *dgamma;	 /* k_master (channels); may be NULL */
	const void *dy, *x;	 /* (rows, channels) */
	const void *mean, *rstd; /* k_master (rows) */
	int64_t channels, add_beta, add_gamma; /* 1: the sum is added to dbeta, to dgamma */
};
K_DECLARE_SUM(layer_norm_sums);
#endif

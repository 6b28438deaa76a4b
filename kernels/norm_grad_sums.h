#ifndef KERNELS_NORM_GRAD_SUMS_H
#define KERNELS_NORM_GRAD_SUMS_H
#include "kernels/kernel.h"
/* For norm_apply: with g = dy * act'(z) and hat = (x - mean) * rstd, the sums over pixels of g (d loss / d
 * beta of one sample) and of g * hat (d loss / d gamma).  Channel sum over `samples` samples of `pixels`
 * terms. */
struct norm_grad_sums_args {
	void *sum_g, *sum_g_hat;  /* k_master (samples, channels) */
	void *dgamma, *dbeta;	  /* k_master (channels), of one sample: the sums once more; may be NULL */
	const void *dy, *x;	  /* (samples, pixels, channels) */
	const void *mean, *rstd;  /* k_master (samples, channels) */
	const void *gamma, *beta; /* k_master (channels) */
	int64_t pixels, channels, add_gamma, add_beta; /* 1: they are added to dgamma, to dbeta */
	double slope;
};
K_DECLARE_SUM(norm_grad_sums);
#endif

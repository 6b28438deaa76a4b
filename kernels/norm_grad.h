#ifndef KERNELS_NORM_GRAD_H
#define KERNELS_NORM_GRAD_H
#include "kernels/kernel.h"
/* Gradient of norm_apply, statistics included: dx = gamma rstd (g - (sum_g + hat sum_g_hat) / pixels), g and
 * hat as in norm_grad_sums.  Tiles over samples * pixels rows. */
struct norm_grad_args {
	void *dx;			      /* (samples, pixels, channels) */
	const void *dy, *x;		      /* same */
	const void *mean, *rstd;	      /* k_master (samples, channels) */
	const void *sum_g, *sum_g_hat;	      /* k_master (samples, channels) */
	const void *gamma, *beta;	      /* k_master (channels) */
	int64_t pixels, channels, accumulate; /* accumulate: 1 adds to dx */
	double slope;
};
K_DECLARE(norm_grad);
#endif

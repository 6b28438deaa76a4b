#ifndef KERNELS_NORM_GRAD_H
#define KERNELS_NORM_GRAD_H
#include "kernels/kernel.h"
enum norm_grad_kind {
	NORM_GRAD_OWN,	  /* statistics of each channel: dx = gamma rstd (g - (sum_g + hat sum_g_hat) / pixels) */
	NORM_GRAD_SHARED, /* of groups: dx = rstd (gamma g - (sum_g + hat sum_g_hat) / pixels), sums of norm_group_sums */
	NORM_GRAD_FIXED	  /* from outside: dx = gamma rstd g */
};
/* Gradient of norm_apply, statistics included; g and hat as in norm_grad_sums.  Tiles over samples * pixels rows. */
struct norm_grad_args {
	void *dx;			      /* (samples, pixels, channels) */
	const void *dy, *x;		      /* same */
	const void *mean, *rstd;	      /* k_master (samples, channels) */
	const void *sum_g, *sum_g_hat;	      /* k_master (samples, channels) */
	const void *gamma, *beta;	      /* k_master (channels) */
	int64_t pixels, channels, accumulate; /* accumulate: 1 adds to dx */
	double slope;
	enum norm_grad_kind kind;
};
K_DECLARE(norm_grad);
#endif

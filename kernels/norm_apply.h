#ifndef KERNELS_NORM_APPLY_H
#define KERNELS_NORM_APPLY_H
#include "kernels/kernel.h"
/* y = act(gamma[c] * (x - mean[s,c]) * rstd[s,c] + beta[c]) with act(z) = z where z > 0, slope * z elsewhere:
 * slope 1 is no activation, 0 is ReLU.  Tiles over samples * pixels rows. */
struct norm_apply_args {
	void *y;		  /* (samples, pixels, channels) */
	const void *x;		  /* same */
	const void *mean, *rstd;  /* k_master (samples, channels) */
	const void *gamma, *beta; /* k_master (channels) */
	int64_t pixels, channels;
	double slope;
};
K_DECLARE(norm_apply);
#endif

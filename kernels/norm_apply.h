#ifndef KERNELS_NORM_APPLY_H
#define KERNELS_NORM_APPLY_H
#include "kernels/kernel.h"
/* y = act(act(gamma[c] * (x - mean[s,c]) * rstd[s,c] + beta[c]) + residual) with act(z) = z where z > 0, slope * z
 * elsewhere, the outer one with sum_slope: slope 1 is no activation, 0 is ReLU.  With pad > 0 the images of y have that many more pixels on each side,
 * mirrored as in pad.h.  Tiles over the rows of y. */
struct norm_apply_args {
	void *y;		  /* (images, h + 2 pad, w + 2 pad, channels) */
	const void *x;		  /* (samples, pixels, channels) = (images, h, w, channels) */
	const void *residual;	  /* same; may be NULL */
	const void *mean, *rstd;  /* k_master (samples, channels) */
	const void *gamma, *beta; /* k_master (channels) */
	int64_t pixels, channels;
	int64_t h, w, pad; /* h and w are read where pad > 0 */
	double slope, sum_slope;
};
K_DECLARE(norm_apply);
#endif

#ifndef KERNELS_INTENSITY_SUM_GRAD_H
#define KERNELS_INTENSITY_SUM_GRAD_H
#include "kernels/kernel.h"
/* da = factor * sign(difference[s, c]), 0 where it is 0.  (For d / d b negate the factor.)  Tiles over
 * samples * pixels rows. */
struct intensity_sum_grad_args {
	void *da;			      /* (samples, pixels, channels) */
	const double *difference;	      /* (samples, channels) */
	int64_t pixels, channels, accumulate; /* accumulate: 1 adds to da */
	double factor;
};
K_DECLARE(intensity_sum_grad);
#endif

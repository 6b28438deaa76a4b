#ifndef KERNELS_INTENSITY_SUM_H
#define KERNELS_INTENSITY_SUM_H
#include "kernels/kernel.h"
/* difference[s, c] = mean over the pixels of (a - b), and part its magnitude.  Channel sum over `samples`
 * samples of `pixels` terms. */
struct intensity_sum_args {
	double *part;	    /* (samples, channels) */
	double *difference; /* (samples, channels) */
	const void *a, *b;  /* (samples, pixels, channels) */
	int64_t pixels, channels;
};
K_DECLARE_SUM(intensity_sum);
#endif

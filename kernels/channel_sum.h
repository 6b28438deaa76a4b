#ifndef KERNELS_CHANNEL_SUM_H
#define KERNELS_CHANNEL_SUM_H
#include "kernels/kernel.h"
/* sum[s, c] = sum over the pixels of x[s, pixel, c], or += that: the gradient of a bias, of all samples as one.  Channel sum
 * over `samples` samples of `pixels` terms. */
struct channel_sum_args {
	void *sum;     /* k_master (samples, channels) */
	const void *x; /* (samples, pixels, channels) */
	int64_t pixels, channels, accumulate; /* accumulate: 1 adds to sum */
};
K_DECLARE_SUM(channel_sum);
#endif

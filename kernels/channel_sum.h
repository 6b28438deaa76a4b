#ifndef KERNELS_CHANNEL_SUM_H
#define KERNELS_CHANNEL_SUM_H
#include "kernels/kernel.h"
/* sum[s, c] = sum over the pixels of x[s, pixel, c]: the gradient of a bias, sample by sample.  Channel sum
 * over `samples` samples of `pixels` terms. */
struct channel_sum_args {
	void *sum;     /* k_master (samples, channels) */
	const void *x; /* (samples, pixels, channels) */
	int64_t pixels, channels;
};
K_DECLARE_SUM(channel_sum);
#endif

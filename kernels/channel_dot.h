#ifndef KERNELS_CHANNEL_DOT_H
#define KERNELS_CHANNEL_DOT_H
#include "kernels/kernel.h"
/* out[s, c] = scale * sum over the pixels of a * b, or is added to: a global average, the gradient of
 * channel_multiply's factor.  Channel sum over `samples` samples of `pixels` terms. */
struct channel_dot_args {
	void *out;	/* (samples, channels), k_master where `master` is 1 */
	const void *a;	/* (samples, pixels, channels) */
	const void *b;	/* same; NULL: 1 */
	int64_t pixels, channels, master, accumulate;
	double scale;
};
K_DECLARE_SUM(channel_dot);
#endif

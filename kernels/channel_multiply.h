#ifndef KERNELS_CHANNEL_MULTIPLY_H
#define KERNELS_CHANNEL_MULTIPLY_H
#include "kernels/kernel.h"
/* y = scale * x * factor[row / pixels, c], or y += the same: a product of two tensors (pixels 1), of a tensor and a
 * number for each sample and channel, or (pixels all rows) for each channel.  Tiles. */
struct channel_multiply_args {
	void *y;		      /* (rows, channels) */
	const void *x;		      /* same; NULL: 1 */
	const void *factor;	      /* (rows / pixels, channels), k_master where `master` is 1 */
	int64_t pixels, channels, master, accumulate;
	double scale;
};
K_DECLARE(channel_multiply);
#endif

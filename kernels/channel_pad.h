#ifndef KERNELS_CHANNEL_PAD_H
#define KERNELS_CHANNEL_PAD_H
#include "kernels/kernel.h"
/* y[row, c] = x[row, x_first + c] for c < count, and 0 in the channels beyond.  Tiles. */
struct channel_pad_args {
	void *y;       /* (rows, channels) */
	const void *x; /* (rows, x_channels) */
	int64_t channels, count, x_channels, x_first;
};
K_DECLARE(channel_pad);
#endif

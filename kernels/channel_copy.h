#ifndef KERNELS_CHANNEL_COPY_H
#define KERNELS_CHANNEL_COPY_H
#include "kernels/kernel.h"
/* y[row, y_first + c] = x[row, x_first + c] for c < channels: concatenation, slices and their gradients.
 * Tiles. */
struct channel_copy_args {
	void *y;       /* (rows, y_channels) */
	const void *x; /* (rows, x_channels) */
	int64_t channels, y_channels, y_first, x_channels, x_first;
	int64_t accumulate; /* 1 adds to y */
};
K_DECLARE(channel_copy);
#endif

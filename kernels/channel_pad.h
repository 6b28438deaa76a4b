#ifndef KERNELS_CHANNEL_PAD_H
#define KERNELS_CHANNEL_PAD_H
#include "kernels/kernel.h"
/* y[row, c] = x[row, c], and 0 in channels and rows beyond x's.  Tiles over the rows of y. */
struct channel_pad_args {
	void *y;       /* (rows, channels) */
	const void *x; /* (x_rows, x_channels), neither more than y's */
	int64_t channels, x_channels, x_rows;
};
K_DECLARE(channel_pad);
#endif

#ifndef KERNELS_ATTENTION_SCATTER_H
#define KERNELS_ATTENTION_SCATTER_H
#include "kernels/kernel.h"
/*
 * Back from windows to the image: y[n, pixel, y_first + head depth + k] = x[n, window, head, slot, k], where slot_of
 * gives window * slots + slot of each pixel.  Tiles over n * pixels rows.
 */
struct attention_scatter_args {
	void *y;		/* (n, pixels, y_channels) */
	const void *x;		/* (n, windows, heads, slots, depth) */
	const int32_t *slot_of; /* (pixels) */
	int64_t channels;	/* heads * depth */
	int64_t depth, windows, slots, pixels, y_channels, y_first;
	int64_t accumulate; /* 1 adds to y */
};
K_DECLARE(attention_scatter);
#endif

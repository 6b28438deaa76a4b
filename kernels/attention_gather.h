#ifndef KERNELS_ATTENTION_GATHER_H
#define KERNELS_ATTENTION_GATHER_H
#include "kernels/kernel.h"
/*
 * Tokens of an image into windows, head by head: y[n, window, head, slot, k] = x[n, pixel, x_first + head channels + k],
 * pixel = pixel_of[window, slot]; 0 where that is -1, in the part of a window beyond the image.  Tiles over
 * n * windows * heads * slots rows.
 */
struct attention_gather_args {
	void *y;		 /* (n, windows, heads, slots, channels) */
	const void *x;		 /* (n, pixels, x_channels) */
	const int32_t *pixel_of; /* (windows, slots) */
	int64_t channels;	 /* of one head */
	int64_t heads, windows, slots, pixels, x_channels, x_first;
};
K_DECLARE(attention_gather);
#endif

#ifndef KERNELS_DEPTHWISE_TAPS_H
#define KERNELS_DEPTHWISE_TAPS_H
#include "kernels/kernel.h"
/* The weights of a depthwise convolution as depthwise.h reads them, one tap's channels side by side.  Map over
 * taps * channels. */
struct depthwise_taps_args {
	void *to;	    /* k_master (taps, channels) */
	const void *weight; /* (channels, taps) */
	int64_t taps, channels;
	int64_t reversed; /* 1: last tap first, for the gradient of the data */
};
K_DECLARE(depthwise_taps);
#endif

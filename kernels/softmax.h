#ifndef KERNELS_SOFTMAX_H
#define KERNELS_SOFTMAX_H
#include "kernels/kernel.h"
/* y = exp(x - top[row]) / sum[row], of softmax_stats.  Tiles. */
struct softmax_args {
	void *y;		/* (rows, channels) */
	const void *x;		/* same */
	const void *top, *sum;	/* k_master (rows) */
	int64_t channels;
};
K_DECLARE(softmax);
#endif

#ifndef KERNELS_SOFTMAX_STATS_H
#define KERNELS_SOFTMAX_STATS_H
#include "kernels/kernel.h"
/* top[row] = largest of the row's channels, sum[row] = sum of exp(x - top).  Map over the rows. */
struct softmax_stats_args {
	void *top, *sum; /* k_master (rows) */
	const void *x;	 /* (rows, channels) */
	int64_t channels;
};
K_DECLARE(softmax_stats);
#endif

#ifndef KERNELS_BIAS_ADD_H
#define KERNELS_BIAS_ADD_H
#include "kernels/kernel.h"
/* y[row, c] += bias[c].  Tiles. */
struct bias_add_args {
	void *y;	  /* (rows, channels) */
	const void *bias; /* k_master (channels) */
	int64_t channels;
};
K_DECLARE(bias_add);
#endif

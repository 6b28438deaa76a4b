#ifndef KERNELS_AVERAGE_POOL_H
#define KERNELS_AVERAGE_POOL_H
#include "kernels/kernel.h"
/* y = mean of x over kernel x kernel blocks; rows and columns that fill no block are left out.  Tiles over
 * samples * (h / kernel) * (w / kernel) rows. */
struct average_pool_args {
	void *y;       /* (samples, h / kernel, w / kernel, channels) */
	const void *x; /* (samples, h, w, channels) */
	int64_t h, w, kernel, channels;
};
K_DECLARE(average_pool);
#endif

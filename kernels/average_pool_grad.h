#ifndef KERNELS_AVERAGE_POOL_GRAD_H
#define KERNELS_AVERAGE_POOL_GRAD_H
#include "kernels/kernel.h"
/* Adjoint of average_pool; 0 in rows and columns that fill no block.  Tiles over samples * h * w rows. */
struct average_pool_grad_args {
	void *dx;				    /* (samples, h, w, channels) */
	const void *dy;				    /* (samples, h / kernel, w / kernel, channels) */
	int64_t h, w, kernel, channels, accumulate; /* accumulate: 1 adds to dx */
};
K_DECLARE(average_pool_grad);
#endif

#ifndef KERNELS_POOL_GRAD_H
#define KERNELS_POOL_GRAD_H
#include "kernels/pool.h"
/* Gradient of pool: each pixel gathers from the windows that hold it, of the largest from those it won.  Tiles over
 * samples * h * w rows. */
struct pool_grad_args {
	void *dx;	       /* (samples, h, w, channels) */
	const void *dy;	       /* (samples, out_h, out_w, channels) */
	const uint8_t *winner; /* same; POOL_MAX only */
	struct pool_shape shape;
	int64_t channels, accumulate; /* accumulate: 1 adds to dx */
};
K_DECLARE(pool_grad);
#endif

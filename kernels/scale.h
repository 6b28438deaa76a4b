#ifndef KERNELS_SCALE_H
#define KERNELS_SCALE_H
#include "kernels/kernel.h"
/* y = factor * x, or y += factor * x.  Tiles. */
struct scale_args {
	void *y;		      /* (rows, channels) */
	const void *x;		      /* same */
	int64_t channels, accumulate; /* accumulate: 1 adds to y */
	double factor;
};
K_DECLARE(scale);
#endif

#ifndef KERNELS_RESPONSE_NORM_H
#define KERNELS_RESPONSE_NORM_H
#include "kernels/kernel.h"
/* Local response norm across channels: y = x (k + alpha / size * sum of x^2)^-beta over the `size` channels around each,
 * those below 0 or beyond the last being 0; the window of channel c is c - size / 2 .. c - size / 2 + size - 1.  Tiles. */
struct response_norm_args {
	void *y;       /* (rows, channels) */
	const void *x; /* same */
	int64_t channels, size;
	double alpha, beta, k;
};
K_DECLARE(response_norm);
#endif

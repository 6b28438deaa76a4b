#ifndef KERNELS_DROPOUT_H
#define KERNELS_DROPOUT_H
#include "kernels/kernel.h"
/* y = x / (1 - probability) for what is kept, 0 for the rest; of gradients the same.  What is dropped is a pure function
 * of (seed, stream, draw, position): the backward pass finds the mask again.  Tiles. */
struct dropout_args {
	void *y;	      /* (rows, channels), may equal x */
	const void *x;	      /* same */
	const uint64_t *draw; /* (1), on the device: changes from step to step */
	uint64_t seed, stream;
	int64_t channels, accumulate; /* accumulate: 1 adds to y */
	double probability;	      /* of being dropped, in [0, 1) */
};
K_DECLARE(dropout);
#endif

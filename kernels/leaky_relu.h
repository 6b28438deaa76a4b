#ifndef KERNELS_LEAKY_RELU_H
#define KERNELS_LEAKY_RELU_H
#include "kernels/kernel.h"
/* y = x where x > 0, slope * x elsewhere (slope 0 = ReLU).  Map over the n elements. */
struct leaky_relu_args {
	void *y;       /* (n) */
	const void *x; /* (n), may equal y */
	float slope;
};
K_DECLARE(leaky_relu);
#endif

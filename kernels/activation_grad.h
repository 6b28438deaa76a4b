#ifndef KERNELS_ACTIVATION_GRAD_H
#define KERNELS_ACTIVATION_GRAD_H
#include "kernels/activation.h"
/*
 * dx = dy * act'(x).  Leaky, tanh and sigmoid find it from the activation's output: with slope >= 0, y > 0 just where
 * x > 0; tanh' = 1 - y^2; sigmoid' = y (1 - y).  GELU and SiLU, which are not monotonic, from its input.  Tiles.
 */
struct activation_grad_args {
	void *dx;		      /* (rows, channels) */
	const void *dy, *at;	      /* same; at: the output, of GELU and SiLU the input */
	int64_t channels, accumulate; /* accumulate: 1 adds to dx */
	enum activation_kind kind;
	double slope;
};
K_DECLARE(activation_grad);
#endif

#ifndef KERNELS_ACTIVATION_GRAD_H
#define KERNELS_ACTIVATION_GRAD_H
#include "kernels/activation.h"
/* dx = dy * act'(x), from the activation's output y: with slope >= 0, y > 0 just where x > 0; tanh' = 1 -
 * y^2.  Tiles. */
struct activation_grad_args {
	void *dx;		      /* (rows, channels) */
	const void *dy, *y;	      /* same */
	int64_t channels, accumulate; /* accumulate: 1 adds to dx */
	enum activation_kind kind;
	double slope;
};
K_DECLARE(activation_grad);
#endif

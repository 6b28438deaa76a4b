#ifndef KERNELS_SOFTMAX_GRAD_H
#define KERNELS_SOFTMAX_GRAD_H
#include "kernels/kernel.h"
/* dx = y (dy - sum over the row's channels of dy y).  Rows. */
struct softmax_grad_args {
	void *dx;		      /* (rows, channels) */
	const void *dy, *y;	      /* same */
	int64_t channels, accumulate; /* accumulate: 1 adds to dx */
};
K_DECLARE(softmax_grad);
#endif

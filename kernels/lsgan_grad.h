#ifndef KERNELS_LSGAN_GRAD_H
#define KERNELS_LSGAN_GRAD_H
#include "kernels/kernel.h"
/* dx = factor * (x - target).  Map over the n elements. */
struct lsgan_grad_args {
	void *dx;	    /* (n) */
	const void *x;	    /* (n) */
	int64_t accumulate; /* 1 adds to dx */
	double target, factor;
};
K_DECLARE(lsgan_grad);
#endif

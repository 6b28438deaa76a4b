#ifndef KERNELS_POINT_LOSS_H
#define KERNELS_POINT_LOSS_H
#include "kernels/kernel.h"
/* Losses of single elements: x, a target t, a third tensor v. */
enum point_loss_kind {
	POINT_LOSS_L1,	     /* |x - t| */
	POINT_LOSS_L2,	     /* (x - t)^2 */
	POINT_LOSS_HUBER,    /* d^2 / 2 where |d| <= delta, delta (|d| - delta / 2) beyond; d = x - t */
	POINT_LOSS_BCE,	     /* cross-entropy of sigmoid(x) and t: max(x, 0) - x t + log(1 + exp(-|x|)) */
	POINT_LOSS_HINGE,    /* max(0, 1 - t x), t = 1 or -1 */
	POINT_LOSS_LINEAR,   /* t x */
	POINT_LOSS_GAUSSIAN  /* (v + (x - t)^2 exp(-v)) / 2: v the logarithm of the variance */
};
struct point_loss_terms {
	const void *x;	    /* (n) */
	const void *t;	    /* (n); NULL: `target` */
	const void *v;	    /* (n); of the kinds that have one */
	const void *weight; /* (n / sample); NULL: 1 */
	int64_t sample;	    /* elements of one */
	enum point_loss_kind kind;
	double target, delta;
};
/* part[g] = sum over run g of `run` elements of the loss times its sample's weight.  Sum of `groups` groups of `run`
 * terms. */
struct point_loss_args {
	double *part; /* (groups) */
	struct point_loss_terms of;
	int64_t n, run; /* groups = ceil(n / run) */
};
K_DECLARE_SUM(point_loss);
#endif

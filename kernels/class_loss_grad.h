#ifndef KERNELS_CLASS_LOSS_GRAD_H
#define KERNELS_CLASS_LOSS_GRAD_H
#include "kernels/kernel.h"
/* dx = factor * weight * (softmax(x) * sum of the row's target - target), of class_loss.  Rows. */
struct class_loss_grad_args {
	void *dx;	       /* (rows, channels) */
	const void *x;	       /* same */
	const void *target;    /* (rows, channels), or (rows) */
	const void *top, *sum; /* k_master (rows) */
	const void *weight;    /* (rows / sample); NULL: 1 */
	int64_t channels, classes, sample, accumulate; /* accumulate: 1 adds to dx */
	double factor;
};
K_DECLARE(class_loss_grad);
#endif

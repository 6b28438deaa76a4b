#ifndef KERNELS_CLASS_LOSS_H
#define KERNELS_CLASS_LOSS_H
#include "kernels/kernel.h"
/* part[g] = sum over run g of `run` rows of the cross-entropy of softmax(x) and the target, sum over the channels of
 * target * (top + log sum - x) by softmax_stats, times the sample's weight.  The target is a number for each channel, or
 * (classes 1) one for the row, the class itself; a class outside 0 .. channels - 1 counts 0.  Sum of `groups` groups of
 * `run` terms. */
struct class_loss_args {
	double *part;		/* (groups) */
	const void *x;		/* (rows, channels) */
	const void *target;	/* (rows, channels), or (rows) */
	const void *top, *sum;	/* k_master (rows) */
	const void *weight;	/* (rows / sample); NULL: 1 */
	int64_t rows, channels, classes, run, sample; /* sample: rows of one */
};
K_DECLARE_SUM(class_loss);
#endif

#ifndef KERNELS_ADAM_H
#define KERNELS_ADAM_H
#include "kernels/kernel.h"
/*
 * One AdamW step (Kingma & Ba 2015; Loshchilov & Hutter 2019), tiles over rows of
 * `channels` parameters:
 *	g = factor gradient;  p -= rate weight_decay p
 *	m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 *	p -= rate (m / correction1) / (sqrt(v / correction2) + epsilon),  correction_k = 1 - beta_k^step
 *	average += share (p - average)
 * The numbers that change from step to step are read from memory, so that a recorded graph stays valid.
 */
enum { ADAM_RATE, ADAM_CORRECTION1, ADAM_CORRECTION2, ADAM_SHARE, ADAM_FACTOR, ADAM_STEP };
struct adam_args { /* n = rows * channels */
	void *parameter, *m, *v; /* k_master (n) */
	void *average;		 /* k_master (n) moving average of the parameters; may be NULL */
	const void *gradient;	 /* k_master (n) */
	void *copy;		 /* (n) the parameters as tensors are stored; may be NULL */
	const void *step;	 /* k_master (ADAM_STEP) */
	int64_t channels;
	double beta1, beta2, epsilon, weight_decay;
};
K_DECLARE(adam);
#endif

#ifndef KERNELS_ADAM_H
#define KERNELS_ADAM_H
#include "kernels/kernel.h"
/*
 * One AdamW step (Kingma & Ba 2015; Loshchilov & Hutter 2019), map over the n parameters:
 *	p -= rate weight_decay p;  m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
 *	p -= rate (m / correction1) / (sqrt(v / correction2) + epsilon),  correction_k = 1 - beta_k^step
 * The three numbers that change from step to step are read from memory, so that a recorded graph stays valid.
 */
struct adam_args {
	void *parameter, *m, *v; /* k_master (n) */
	const void *gradient;	 /* k_master (n) */
	void *copy;		 /* (n) the parameters as tensors are stored; may be NULL */
	const void *step;	 /* k_master (3): rate, correction1, correction2 */
	double beta1, beta2, epsilon, weight_decay;
};
K_DECLARE(adam);
#endif

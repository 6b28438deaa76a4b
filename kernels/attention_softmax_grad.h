#ifndef KERNELS_ATTENTION_SOFTMAX_GRAD_H
#define KERNELS_ATTENTION_SOFTMAX_GRAD_H
#include "kernels/kernel.h"
/* Through p = softmax(scale * scores): ds = scale * p * (dp - sum over the row of p dp).  Rows. */
struct attention_softmax_grad_args {
	void *ds;	/* (rows, channels), of the scores */
	const void *p;	/* (rows, channels) */
	const void *dp; /* k_master (rows, channels) */
	int64_t channels;
	double scale;
};
K_DECLARE(attention_softmax_grad);
#endif

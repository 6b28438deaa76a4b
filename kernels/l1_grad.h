#ifndef KERNELS_L1_GRAD_H
#define KERNELS_L1_GRAD_H
#include "kernels/kernel.h"
/* da = factor * sign(a - b), 0 where they are equal.  (For d / d b swap a and b.)  Map over the n elements.
 */
struct l1_grad_args {
	void *da;	    /* (n) */
	const void *a, *b;  /* (n) */
	int64_t accumulate; /* 1 adds to da */
	double factor;
};
K_DECLARE(l1_grad);
#endif

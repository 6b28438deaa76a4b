#ifndef KERNELS_RESPONSE_NORM_GRAD_H
#define KERNELS_RESPONSE_NORM_GRAD_H
#include "kernels/kernel.h"
/* Gradient of response_norm: dx = dy s^-beta - 2 alpha beta / size x sum of dy x s^(-beta - 1) over the channels in whose
 * window this one lies, s being the bases.  Tiles. */
struct response_norm_grad_args {
	void *dx;	       /* (rows, channels) */
	const void *dy, *x;    /* same */
	int64_t channels, size, accumulate; /* accumulate: 1 adds to dx */
	double alpha, beta, k;
};
K_DECLARE(response_norm_grad);
#endif

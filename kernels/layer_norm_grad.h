#ifndef KERNELS_LAYER_NORM_GRAD_H
#define KERNELS_LAYER_NORM_GRAD_H
#include "kernels/kernel.h"
/* Gradient of layer_norm: with hat = (x - mean) rstd, dx = rstd (gamma dy - M(gamma dy) - hat M(gamma dy hat)), M the
 * mean over the row's channels.  Rows. */
struct layer_norm_grad_args {
	void *dx;		      /* (rows, channels) */
	const void *dy, *x;	      /* same */
	const void *mean, *rstd;      /* k_master (rows) */
	const void *gamma;	      /* k_master (channels) */
	int64_t channels, accumulate; /* accumulate: 1 adds to dx */
};
K_DECLARE(layer_norm_grad);
#endif

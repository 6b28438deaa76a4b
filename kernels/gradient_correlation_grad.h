#ifndef KERNELS_GRADIENT_CORRELATION_GRAD_H
#define KERNELS_GRADIENT_CORRELATION_GRAD_H
#include "kernels/kernel.h"
/* da = factor * (adjoint Sobel of the fields): each pixel gathers from the interior pixels around it.  Tiles
 * over samples * h * w rows. */
struct gradient_correlation_grad_args {
	void *da;			    /* (samples, h, w, channels) */
	const void *field_x, *field_y;	    /* k_master (samples, h - 2, w - 2, channels) */
	int64_t h, w, channels, accumulate; /* accumulate: 1 adds to da */
	double factor;
};
K_DECLARE(gradient_correlation_grad);
#endif

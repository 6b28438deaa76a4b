#ifndef KERNELS_REFLECT_PAD_GRAD_H
#define KERNELS_REFLECT_PAD_GRAD_H
#include "kernels/kernel.h"
/* Adjoint of reflect_pad: each pixel gathers its own gradient and those of its up to 8 mirror images.  Tiles
 * over samples * h * w rows. */
struct reflect_pad_grad_args {
	void *dx;				 /* (samples, h, w, channels) */
	const void *dy;				 /* (samples, h + 2 pad, w + 2 pad, channels) */
	int64_t h, w, pad, channels, accumulate; /* accumulate: 1 adds to dx */
};
K_DECLARE(reflect_pad_grad);
#endif

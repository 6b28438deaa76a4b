#ifndef KERNELS_PAD_GRAD_H
#define KERNELS_PAD_GRAD_H
#include "kernels/pad.h"
/* Adjoint of pad: each pixel gathers its own gradient and those of its images.  Tiles over samples * h * w rows. */
struct pad_grad_args {
	void *dx;				 /* (samples, h, w, channels) */
	const void *dy;				 /* (samples, h + 2 pad, w + 2 pad, channels) */
	int64_t h, w, pad, channels, accumulate; /* accumulate: 1 adds to dx */
	enum pad_kind kind;
};
K_DECLARE(pad_grad);
#endif

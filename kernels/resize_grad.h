#ifndef KERNELS_RESIZE_GRAD_H
#define KERNELS_RESIZE_GRAD_H
#include "kernels/resize.h"
/* Adjoint of resize: each input pixel gathers from the output pixels that read it.  Tiles over samples * h *
 * w rows. */
struct resize_grad_args {
	void *dx;	/* (samples, h, w, channels) */
	const void *dy; /* (samples, out_h, out_w, channels), each pixel dy_channels after the one before */
	int64_t h, w, out_h, out_w, channels, dy_channels, accumulate; /* accumulate: 1 adds to dx */
	enum resize_kind kind;
};
K_DECLARE(resize_grad);
#endif

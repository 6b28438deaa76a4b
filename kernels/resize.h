#ifndef KERNELS_RESIZE_H
#define KERNELS_RESIZE_H
#include "kernels/kernel.h"
enum resize_kind { RESIZE_NEAREST, RESIZE_BILINEAR };
/* y = x resampled to (out_h, out_w): half-pixel centres, edges clamped, no low-pass.  Nearest reads
 * floor((i + 1/2) in / out).  Tiles over samples * out_h * out_w rows. */
struct resize_args {
	void *y;       /* (samples, out_h, out_w, channels), each pixel y_channels after the one before */
	const void *x; /* (samples, h, w, channels) */
	int64_t h, w, out_h, out_w, channels, y_channels;
	enum resize_kind kind;
};
K_DECLARE(resize);
#endif

#ifndef KERNELS_POOL_H
#define KERNELS_POOL_H
#include "kernels/kernel.h"
enum pool_kind { POOL_AVERAGE, POOL_MAX };
struct pool_shape {
	int64_t h, w, out_h, out_w, kernel, stride, pad; /* as described below */
	enum pool_kind kind;
};
/*
 * y = mean or largest of the pixels of x in windows of kernel x kernel, `stride` apart, the first `pad` outside; pixels
 * outside the image do not count.  out_h = floor((h + 2 pad - kernel) / stride) + 1; pad < kernel, h and w.
 * The largest is the first of equals, or NaN.  Tiles over samples * out_h * out_w rows.
 */
struct pool_args {
	void *y;	 /* (samples, out_h, out_w, channels) */
	uint8_t *winner; /* same: which pixel of its window; POOL_MAX only, kernel <= 15 */
	const void *x;	 /* (samples, h, w, channels) */
	struct pool_shape shape;
	int64_t channels;
};
K_DECLARE(pool);
#endif

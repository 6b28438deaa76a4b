#ifndef KERNELS_REFLECT_PAD_H
#define KERNELS_REFLECT_PAD_H
#include "kernels/kernel.h"
/* y = x with `pad` more pixels on each side, mirrored about the edge pixel (which is not repeated); pad < h,
 * w.  Tiles over samples * (h + 2 pad) * (w + 2 pad) rows. */
struct reflect_pad_args {
	void *y;       /* (samples, h + 2 pad, w + 2 pad, channels) */
	const void *x; /* (samples, h, w, channels) */
	int64_t h, w, pad, channels;
};
K_DECLARE(reflect_pad);
#endif

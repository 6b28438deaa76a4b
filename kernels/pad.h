#ifndef KERNELS_PAD_H
#define KERNELS_PAD_H
#include "kernels/kernel.h"
/* The new pixels are 0; mirrored about the edge pixel, which is not repeated (pad < h, w); copies of the edge pixel. */
enum pad_kind { PAD_ZERO, PAD_REFLECT, PAD_REPLICATE };
/* y = x with `pad` more pixels on each side.  Tiles over samples * (h + 2 pad) * (w + 2 pad) rows. */
struct pad_args {
	void *y;       /* (samples, h + 2 pad, w + 2 pad, channels) */
	const void *x; /* (samples, h, w, channels) */
	int64_t h, w, pad, channels;
	enum pad_kind kind;
};
K_DECLARE(pad);
#endif

/* One window along one axis, cut at the image: shared by the pools and their gradients. */
#ifndef KERNELS_POOL_WINDOW_H
#define KERNELS_POOL_WINDOW_H
#include "kernels/pool.h"
struct pool_window {
	int32_t start, first, last; /* start may lie outside; first <= i < last inside */
};
/* Window o of an axis of n pixels. */
K_FN struct pool_window pool_window_at(const struct pool_shape *s, int64_t o, int64_t n)
{
	struct pool_window r;
	r.start = (int32_t)(o * s->stride - s->pad);
	r.first = r.start > 0 ? r.start : 0;
	r.last = r.start + (int32_t)s->kernel < (int32_t)n ? r.start + (int32_t)s->kernel : (int32_t)n;
	return r;
}
#endif

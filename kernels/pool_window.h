/* One window along one axis, cut at the image: shared by the pools and their gradients. */
#ifndef KERNELS_POOL_WINDOW_H
#define KERNELS_POOL_WINDOW_H
#include "kernels/kernel.h"
struct pool_window {
	int32_t start, first, last; /* start may lie outside; first <= i < last inside */
};
K_FN struct pool_window pool_window_at(int64_t o, int64_t n, int64_t kernel, int64_t stride, int64_t pad)
{
	struct pool_window r;
	r.start = (int32_t)(o * stride - pad);
	r.first = r.start > 0 ? r.start : 0;
	r.last = r.start + (int32_t)kernel < (int32_t)n ? r.start + (int32_t)kernel : (int32_t)n;
	return r;
}
#endif

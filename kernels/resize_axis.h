/* Where an output sample of one axis reads: shared by resize and its adjoint. */
#ifndef KERNELS_RESIZE_AXIS_H
#define KERNELS_RESIZE_AXIS_H
#include "kernels/resize.h"
struct resize_axis {
	int64_t first, second; /* input indices */
	k_real fraction;       /* weight of the second */
};
/* Half-pixel centres: output i of `out` lies at (i + 1/2) in / out - 1/2; clamped to the edge samples. */
K_FN struct resize_axis resize_axis_at(int64_t i, int64_t in, int64_t out, enum resize_kind kind)
{
	struct resize_axis r;
	if (kind == RESIZE_NEAREST) {
		r.first = k_div((2 * i + 1) * in, 2 * out);
		r.second = r.first;
		r.fraction = 0;
		return r;
	}
	double at = ((double)i + 0.5) * (double)in / (double)out - 0.5;
	at = at < 0 ? 0 : at > (double)(in - 1) ? (double)(in - 1) : at;
	r.first = (int64_t)at;
	r.second = r.first + 1 < in ? r.first + 1 : r.first;
	r.fraction = (k_real)(at - (double)r.first);
	return r;
}
#endif

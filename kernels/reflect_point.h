/* Where a padded image's pixel is read: mirrored about the edge pixel, which is not repeated. */
#ifndef KERNELS_REFLECT_POINT_H
#define KERNELS_REFLECT_POINT_H
#include "kernels/kernel.h"
K_FN int64_t reflect_point(int64_t i, int64_t n)
{
	int64_t j = i < 0 ? -i : i;
	return j < n ? j : 2 * (n - 1) - j;
}
/* Row of (images, h, w) that row `row` of (images, h + 2 pad, w + 2 pad) repeats. */
K_FN int64_t reflect_point_row(int64_t row, int64_t h, int64_t w, int64_t pad)
{
	int64_t wide = w + 2 * pad, high = h + 2 * pad, line = k_div(row, wide);
	int64_t x = reflect_point(k_mod(row, wide) - pad, w), y = reflect_point(k_mod(line, high) - pad, h);
	return (k_div(line, high) * h + y) * w + x;
}
#endif

/* Sobel gradients of one channel at interior pixels, shared by the gradient correlation's kernels. */
#ifndef KERNELS_SOBEL_H
#define KERNELS_SOBEL_H
#include "kernels/kernel.h"
/* i: flat index of the pixel's channel; right, down: steps to the neighbours. */
K_FN k_real sobel_x(const void *x, int64_t i, int64_t right, int64_t down)
{
	return K_LOAD(x, i - down + right) - K_LOAD(x, i - down - right) +
	       2 * (K_LOAD(x, i + right) - K_LOAD(x, i - right)) + K_LOAD(x, i + down + right) -
	       K_LOAD(x, i + down - right);
}
K_FN k_real sobel_y(const void *x, int64_t i, int64_t right, int64_t down)
{
	return sobel_x(x, i, down, right);
}
/* Flat index of channel c of interior pixel j of sample s; the interior is (h - 2) x (w - 2). */
K_FN int64_t sobel_index(int64_t s, int64_t j, int64_t c, int64_t h, int64_t w, int64_t channels)
{
	int64_t y = k_div(j, w - 2), x = k_mod(j, w - 2);
	return ((s * h + y + 1) * w + x + 1) * channels + c;
}
#endif

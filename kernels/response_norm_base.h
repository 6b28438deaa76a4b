/* The base of the power of one channel: shared by response_norm and its gradient. */
#ifndef KERNELS_RESPONSE_NORM_BASE_H
#define KERNELS_RESPONSE_NORM_BASE_H
#include "kernels/response_norm.h"
K_FN k_real response_norm_base(const void *x, int64_t row, int64_t c, int64_t channels, int64_t size, k_real k, k_real share)
{
	int64_t first = c - size / 2, last = first + size;
	k_real sum = 0;
	for (int64_t j = first > 0 ? first : 0; j < last && j < channels; j++) {
		k_real v = K_LOAD(x, row * channels + j);
		sum += v * v;
	}
	return k + share * sum;
}
#endif

#include "kernels/average_pool.h"

K_FN void average_pool_tile(const struct average_pool_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t oh = k_div(a->h, a->kernel), ow = k_div(a->w, a->kernel), line = k_div(row, ow);
	int64_t y = k_div(line, oh) * a->h + k_mod(line, oh) * a->kernel, x = k_mod(row, ow) * a->kernel;
	k_real sum[K_TILE], per_block = 1 / (k_real)(a->kernel * a->kernel);
	for (int64_t k = 0; k < count; k++)
		sum[k] = 0;
	for (int64_t v = 0; v < a->kernel; v++)
		for (int64_t u = 0; u < a->kernel; u++) {
			int64_t from = ((y + v) * a->w + x + u) * a->channels + c;
			for (int64_t k = 0; k < count; k++)
				sum[k] += K_LOAD(a->x, from + k);
		}
	for (int64_t k = 0; k < count; k++)
		K_STORE(a->y, row * a->channels + c + k, sum[k] * per_block);
}
K_DEFINE_TILES(average_pool)

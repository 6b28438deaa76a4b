#include "kernels/average_pool_grad.h"

K_FN void average_pool_grad_tile(
	const struct average_pool_grad_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t oh = k_div(a->h, a->kernel), ow = k_div(a->w, a->kernel), line = k_div(row, a->w);
	int64_t y = k_div(k_mod(line, a->h), a->kernel), x = k_div(k_mod(row, a->w), a->kernel);
	int64_t from = ((k_div(line, a->h) * oh + y) * ow + x) * a->channels, to = row * a->channels;
	k_real per_block = 1 / (k_real)(a->kernel * a->kernel);
	int inside = y < oh && x < ow;
	for (int64_t k = c; k < c + count; k++) {
		k_real d = inside ? K_LOAD(a->dy, from + k) * per_block : 0;
		K_STORE(a->dx, to + k, a->accumulate ? K_LOAD(a->dx, to + k) + d : d);
	}
}
K_DEFINE_TILES(average_pool_grad)

#include "kernels/pool.h"
#include "kernels/pool_window.h"

K_FN void pool_mean(const struct pool_args *a, int64_t plane, struct pool_window y, struct pool_window x, int64_t to,
	int64_t c, int64_t count)
{
	k_real sum[K_TILE], share = 1 / (k_real)((y.last - y.first) * (x.last - x.first));
	for (int64_t k = 0; k < count; k++)
		sum[k] = 0;
	for (int64_t v = y.first; v < y.last; v++)
		for (int64_t u = x.first; u < x.last; u++) {
			int64_t from = ((plane + v) * a->shape.w + u) * a->channels + c;
			for (int64_t k = 0; k < count; k++)
				sum[k] += K_LOAD(a->x, from + k);
		}
	for (int64_t k = 0; k < count; k++)
		K_STORE(a->y, to + k, sum[k] * share);
}

K_FN void pool_largest(const struct pool_args *a, int64_t plane, struct pool_window y, struct pool_window x, int64_t to,
	int64_t c, int64_t count)
{
	k_real best[K_TILE];
	int32_t winner[K_TILE];
	int64_t start = ((plane + y.first) * a->shape.w + x.first) * a->channels + c;
	for (int64_t k = 0; k < count; k++) {
		best[k] = K_LOAD(a->x, start + k);
		winner[k] = (int32_t)((y.first - y.start) * a->shape.kernel + x.first - x.start);
	}
	for (int64_t v = y.first; v < y.last; v++)
		for (int64_t u = x.first; u < x.last; u++) {
			int64_t from = ((plane + v) * a->shape.w + u) * a->channels + c;
			int32_t at = (int32_t)((v - y.start) * a->shape.kernel + u - x.start);
			for (int64_t k = 0; k < count; k++) {
				k_real value = K_LOAD(a->x, from + k);
				int better = value > best[k] || value != value;
				winner[k] = better ? at : winner[k];
				best[k] = better ? value : best[k];
			}
		}
	for (int64_t k = 0; k < count; k++) {
		K_STORE(a->y, to + k, best[k]);
		a->winner[to + k] = (uint8_t)winner[k];
	}
}

K_FN void pool_tile(const struct pool_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t line = k_div(row, a->shape.out_w), plane = k_div(line, a->shape.out_h) * a->shape.h, to = row * a->channels + c;
	struct pool_window y = pool_window_at(&a->shape, k_mod(line, a->shape.out_h), a->shape.h);
	struct pool_window x = pool_window_at(&a->shape, k_mod(row, a->shape.out_w), a->shape.w);
	if (a->shape.kind == POOL_MAX)
		pool_largest(a, plane, y, x, to, c, count);
	else
		pool_mean(a, plane, y, x, to, c, count);
}
K_DEFINE_TILES(pool)

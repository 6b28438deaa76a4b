#include "kernels/pool_grad.h"
#include "kernels/pool_window.h"

/* The windows [first, last) of an axis that hold position i. */
K_FN void pool_grad_range(int64_t *first, int64_t *last, int64_t i, int64_t out, const struct pool_grad_args *a)
{
	int64_t reach = i + a->pad - a->kernel + 1, end = k_div(i + a->pad, a->stride) + 1;
	*first = reach > 0 ? k_div(reach + a->stride - 1, a->stride) : 0;
	*last = end < out ? end : out;
}

K_FN void pool_grad_add(const struct pool_grad_args *a, k_real *sum, int64_t from, int64_t count,
	struct pool_window v, struct pool_window u, int64_t y, int64_t x)
{
	k_real share = 1 / (k_real)((v.last - v.first) * (u.last - u.first));
	int32_t at = (int32_t)((y - v.start) * a->kernel + x - u.start);
	if (a->kind == POOL_MAX)
		for (int64_t k = 0; k < count; k++)
			sum[k] += a->winner[from + k] == at ? K_LOAD(a->dy, from + k) : 0;
	else
		for (int64_t k = 0; k < count; k++)
			sum[k] += share * K_LOAD(a->dy, from + k);
}

K_FN void pool_grad_tile(const struct pool_grad_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t line = k_div(row, a->w), x = k_mod(row, a->w), y = k_mod(line, a->h), to = row * a->channels + c;
	int64_t plane = k_div(line, a->h) * a->out_h, u0, u1, v0, v1;
	k_real sum[K_TILE];
	pool_grad_range(&u0, &u1, x, a->out_w, a);
	pool_grad_range(&v0, &v1, y, a->out_h, a);
	for (int64_t k = 0; k < count; k++)
		sum[k] = a->accumulate ? K_LOAD(a->dx, to + k) : 0;
	for (int64_t v = v0; v < v1; v++)
		for (int64_t u = u0; u < u1; u++)
			pool_grad_add(a, sum, ((plane + v) * a->out_w + u) * a->channels + c, count,
				pool_window_at(v, a->h, a->kernel, a->stride, a->pad),
				pool_window_at(u, a->w, a->kernel, a->stride, a->pad), y, x);
	for (int64_t k = 0; k < count; k++)
		K_STORE(a->dx, to + k, sum[k]);
}
K_DEFINE_TILES(pool_grad)

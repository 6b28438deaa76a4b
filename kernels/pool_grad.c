#include "kernels/pool_grad.h"
#include "kernels/pool_window.h"

/* The windows [first, last) of an axis that hold position i. */
K_FN void pool_grad_range(int32_t *first, int32_t *last, int32_t i, int64_t out, const struct pool_shape *s)
{
	int32_t stride = (int32_t)s->stride, at = i + (int32_t)s->pad, reach = at - (int32_t)s->kernel + 1;
	int32_t end = at / stride + 1;
	*first = reach > 0 ? (reach + stride - 1) / stride : 0;
	*last = end < (int32_t)out ? end : (int32_t)out;
}

/* The windows of one row of windows, whose lines are v. */
K_FN void pool_grad_line(const struct pool_grad_args *a, k_real *sum, int64_t line, struct pool_window v, int32_t y,
	int32_t x, int64_t c, int64_t count)
{
	int32_t first, last;
	pool_grad_range(&first, &last, x, a->shape.out_w, &a->shape);
	for (int32_t o = first; o < last; o++) {
		struct pool_window u = pool_window_at(&a->shape, o, a->shape.w);
		int64_t from = (line + o) * a->channels + c;
		int32_t at = (y - v.start) * (int32_t)a->shape.kernel + x - u.start;
		k_real share = 1 / (k_real)((v.last - v.first) * (u.last - u.first));
		if (a->shape.kind == POOL_MAX)
			for (int64_t k = 0; k < count; k++)
				sum[k] += a->winner[from + k] == at ? K_LOAD(a->dy, from + k) : 0;
		else
			for (int64_t k = 0; k < count; k++)
				sum[k] += share * K_LOAD(a->dy, from + k);
	}
}

K_FN void pool_grad_tile(const struct pool_grad_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t line = k_div(row, a->shape.w), plane = k_div(line, a->shape.h) * a->shape.out_h, to = row * a->channels + c;
	int32_t x = (int32_t)k_mod(row, a->shape.w), y = (int32_t)k_mod(line, a->shape.h), first, last;
	k_real sum[K_TILE];
	pool_grad_range(&first, &last, y, a->shape.out_h, &a->shape);
	for (int64_t k = 0; k < count; k++)
		sum[k] = a->accumulate ? K_LOAD(a->dx, to + k) : 0;
	for (int32_t o = first; o < last; o++)
		pool_grad_line(a, sum, (plane + o) * a->shape.out_w, pool_window_at(&a->shape, o, a->shape.h), y, x, c,
			count);
	for (int64_t k = 0; k < count; k++)
		K_STORE(a->dx, to + k, sum[k]);
}
K_DEFINE_TILES(pool_grad)

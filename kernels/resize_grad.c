#include "kernels/resize_grad.h"
#include "kernels/resize_axis.h"

/* The outputs [from, to) of an axis that may read input i: those less than one input sample away, and all
 * beyond it at an edge. */
K_FN void resize_grad_range(int64_t *from, int64_t *to, int64_t i, int64_t in, int64_t out)
{
	double scale = (double)out / (double)in;
	int64_t low = (int64_t)floor(((double)i - 0.5) * scale - 0.5);
	int64_t high = (int64_t)ceil(((double)i + 1.5) * scale - 0.5) + 1;
	*from = i == 0 || low < 0 ? 0 : low;
	*to = i == in - 1 || high > out ? out : high;
}

K_FN k_real resize_grad_weight(int64_t i, int64_t o, int64_t in, int64_t out, enum resize_kind kind)
{
	struct resize_axis r = resize_axis_at(o, in, out, kind);
	return (r.first == i ? 1 - r.fraction : 0) + (r.second == i ? r.fraction : 0);
}

K_FN void resize_grad_tile(const struct resize_grad_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t line = k_div(row, a->w), x = k_mod(row, a->w), y = k_mod(line, a->h),
		to = row * a->channels + c;
	int64_t plane = k_div(line, a->h) * a->out_h, u0, u1, v0, v1;
	resize_grad_range(&u0, &u1, x, a->w, a->out_w);
	resize_grad_range(&v0, &v1, y, a->h, a->out_h);
	k_real sum[K_TILE];
	K_WRITE(dx, a->dx, to, count, a->accumulate);
	for (int64_t k = 0; k < count; k++)
		sum[k] = a->accumulate ? dx[k] : 0;
	for (int64_t v = v0; v < v1; v++) {
		k_real wy = resize_grad_weight(y, v, a->h, a->out_h, a->kind);
		if (wy == 0)
			continue;
		for (int64_t u = u0; u < u1; u++) {
			k_real w = wy * resize_grad_weight(x, u, a->w, a->out_w, a->kind);
			if (w == 0)
				continue;
			K_READ(dy, a->dy, ((plane + v) * a->out_w + u) * a->dy_channels + c, count);
			for (int64_t k = 0; k < count; k++)
				sum[k] += w * dy[k];
		}
	}
	for (int64_t k = 0; k < count; k++)
		dx[k] = sum[k];
	K_PUT(dx, a->dx, to, count);
}
K_DEFINE_TILES(resize_grad)

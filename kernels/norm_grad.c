#include "kernels/norm_grad.h"
#include "kernels/norm_point.h"

K_FN void norm_grad_tile(const struct norm_grad_args *a, int64_t row, int64_t c, int64_t count)
{
	const k_master *sum_g = (const k_master *)a->sum_g, *sum_g_hat = (const k_master *)a->sum_g_hat;
	int64_t group = k_div(row, a->pixels) * a->channels, i = row * a->channels;
	k_real per_pixel = 1 / (k_real)a->pixels, slope = (k_real)a->slope;
	for (int64_t k = c; k < c + count; k++) {
		k_real hat = norm_point_hat(a->x, a->mean, a->rstd, i + k, group + k);
		k_real z = norm_point(hat, a->gamma, a->beta, k);
		k_real g = K_LOAD(a->dy, i + k) * (z > 0 ? (k_real)1 : slope);
		k_real gamma = (k_real)((const k_master *)a->gamma)[k], of = a->kind == NORM_GRAD_OWN ? gamma : 1;
		k_real shift = of * (sum_g[group + k] + hat * sum_g_hat[group + k]) * per_pixel;
		k_real d = gamma * g - (a->kind == NORM_GRAD_FIXED ? 0 : shift);
		d *= (k_real)((const k_master *)a->rstd)[group + k];
		K_STORE(a->dx, i + k, a->accumulate ? K_LOAD(a->dx, i + k) + d : d);
	}
}
K_DEFINE_TILES(norm_grad)

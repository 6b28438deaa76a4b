#include "kernels/norm_grad.h"
#include "kernels/norm_point.h"

K_FN void norm_grad_tile(const struct norm_grad_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t group = k_div(row, a->pixels) * a->channels + c, i = row * a->channels + c;
	k_real per_pixel = 1 / (k_real)a->pixels, slope = (k_real)a->slope;
	K_READ(x, a->x, i, count);
	K_READ(dy, a->dy, i, count);
	K_READ_MASTER(mean, a->mean, group, count);
	K_READ_MASTER(rstd, a->rstd, group, count);
	K_READ_MASTER(gamma, a->gamma, c, count);
	K_READ_MASTER(beta, a->beta, c, count);
	K_READ_MASTER(sum_g, a->sum_g, group, count);
	K_READ_MASTER(sum_g_hat, a->sum_g_hat, group, count);
	K_WRITE(dx, a->dx, i, count, a->accumulate);
	k_real d[K_TILE];
	for (int64_t k = 0; k < count; k++) {
		k_real hat = norm_point_hat(x[k], mean[k], rstd[k]);
		k_real z = norm_point(hat, gamma[k], beta[k]);
		k_real g = dy[k] * (z > 0 ? (k_real)1 : slope), of = a->kind == NORM_GRAD_OWN ? gamma[k] : 1;
		k_real shift = of * (sum_g[k] + hat * sum_g_hat[k]) * per_pixel;
		d[k] = (gamma[k] * g - (a->kind == NORM_GRAD_FIXED ? 0 : shift)) * rstd[k];
	}
	K_GIVE(dx, d, count, a->accumulate);
	K_PUT(dx, a->dx, i, count);
}
K_DEFINE_TILES(norm_grad)

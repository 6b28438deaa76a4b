#include "kernels/norm_apply.h"
#include "kernels/norm_point.h"
#include "kernels/reflect_point.h"

K_FN void norm_apply_tile(const struct norm_apply_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t from = a->pad > 0 ? reflect_point_row(row, a->h, a->w, a->pad) : row;
	int64_t at = k_div(from, a->pixels) * a->channels + c, i = from * a->channels + c, to = row * a->channels + c;
	k_real slope = (k_real)a->slope, sum_slope = (k_real)a->sum_slope;
	K_READ(x, a->x, i, count);
	K_READ_MASTER(mean, a->mean, at, count);
	K_READ_MASTER(rstd, a->rstd, at, count);
	K_READ_MASTER(gamma, a->gamma, c, count);
	K_READ_MASTER(beta, a->beta, c, count);
	K_WRITE(y, a->y, to, count, 0);
	if (a->residual) {
		K_READ(residual, a->residual, i, count);
		for (int64_t k = 0; k < count; k++) {
			k_real z = norm_point(norm_point_hat(x[k], mean[k], rstd[k]), gamma[k], beta[k]);
			k_real sum = (z > 0 ? z : slope * z) + residual[k];
			y[k] = sum > 0 ? sum : sum_slope * sum;
		}
	} else {
		for (int64_t k = 0; k < count; k++) {
			k_real z = norm_point(norm_point_hat(x[k], mean[k], rstd[k]), gamma[k], beta[k]);
			y[k] = z > 0 ? z : slope * z;
		}
	}
	K_PUT(y, a->y, to, count);
}
K_DEFINE_TILES(norm_apply)

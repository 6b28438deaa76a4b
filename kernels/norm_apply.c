#include "kernels/norm_apply.h"
#include "kernels/norm_point.h"

K_FN void norm_apply_tile(const struct norm_apply_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t group = k_div(row, a->pixels) * a->channels, i = row * a->channels;
	k_real slope = (k_real)a->slope;
	for (int64_t k = c; k < c + count; k++) {
		k_real hat = norm_point_hat(a->x, a->mean, a->rstd, i + k, group + k);
		k_real z = norm_point(hat, a->gamma, a->beta, k);
		K_STORE(a->y, i + k, z > 0 ? z : slope * z);
	}
}
K_DEFINE_TILES(norm_apply)

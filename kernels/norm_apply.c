#include "kernels/norm_apply.h"
#include "kernels/norm_point.h"
#include "kernels/reflect_point.h"

/* The pointers' promise not to overlap is what lets the compiler vectorise. */
K_FN void norm_apply_tile(const struct norm_apply_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t from = a->pad > 0 ? reflect_point_row(row, a->h, a->w, a->pad) : row;
	int64_t at = k_div(from, a->pixels) * a->channels + c, i = from * a->channels + c;
	k_elem *__restrict__ y = (k_elem *)a->y + row * a->channels + c;
	const k_elem *__restrict__ x = (const k_elem *)a->x + i;
	const k_master *__restrict__ mean = (const k_master *)a->mean + at;
	const k_master *__restrict__ rstd = (const k_master *)a->rstd + at;
	const k_master *__restrict__ gamma = (const k_master *)a->gamma + c;
	const k_master *__restrict__ beta = (const k_master *)a->beta + c;
	k_real slope = (k_real)a->slope;
	if (a->residual) {
		const k_elem *__restrict__ residual = (const k_elem *)a->residual + i;
		for (int64_t k = 0; k < count; k++) {
			k_real z = norm_point(norm_point_hat(x, mean, rstd, k, k), gamma, beta, k);
			K_STORE(y, k, (z > 0 ? z : slope * z) + K_LOAD(residual, k));
		}
		return;
	}
	for (int64_t k = 0; k < count; k++) {
		k_real z = norm_point(norm_point_hat(x, mean, rstd, k, k), gamma, beta, k);
		K_STORE(y, k, z > 0 ? z : slope * z);
	}
}
K_DEFINE_TILES(norm_apply)

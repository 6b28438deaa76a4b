#include "kernels/layer_norm_grad.h"

K_FN void layer_norm_grad_term(const struct layer_norm_grad_args *a, int64_t row, int64_t c, k_acc *sum)
{
	int64_t i = row * a->channels + c;
	k_real hat = (K_LOAD(a->x, i) - ((const k_master *)a->mean)[row]) * ((const k_master *)a->rstd)[row];
	k_real g = ((const k_master *)a->gamma)[c] * K_LOAD(a->dy, i);
	sum[0] += (k_acc)g;
	sum[1] += (k_acc)(g * hat);
}

K_FN void layer_norm_grad_tile(
	const struct layer_norm_grad_args *a, int64_t row, int64_t c, int64_t count, const k_acc *sum)
{
	int64_t i = row * a->channels;
	k_real mean = ((const k_master *)a->mean)[row], rstd = ((const k_master *)a->rstd)[row];
	k_real mean_g = (k_real)(sum[0] / (k_acc)a->channels), mean_g_hat = (k_real)(sum[1] / (k_acc)a->channels);
	for (int64_t k = c; k < c + count; k++) {
		k_real hat = (K_LOAD(a->x, i + k) - mean) * rstd;
		k_real g = ((const k_master *)a->gamma)[k] * K_LOAD(a->dy, i + k);
		k_real d = rstd * (g - mean_g - hat * mean_g_hat);
		K_STORE(a->dx, i + k, a->accumulate ? K_LOAD(a->dx, i + k) + d : d);
	}
}
K_DEFINE_ROWS(layer_norm_grad, 2)

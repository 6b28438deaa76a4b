#include "kernels/layer_norm.h"

K_FN void layer_norm_term(const struct layer_norm_args *a, int64_t row, int64_t c, k_acc *sum)
{
	k_acc x = (k_acc)K_LOAD(a->x, row * a->channels + c);
	sum[0] += x;
	sum[1] += x * x;
}

K_FN void layer_norm_tile(
	const struct layer_norm_args *a, int64_t row, int64_t c, int64_t count, const k_acc *sum)
{
	int64_t i = row * a->channels;
	k_acc centre = sum[0] / (k_acc)a->channels, variance = sum[1] / (k_acc)a->channels - centre * centre;
	variance = variance > 0 || variance != variance ? variance : 0;
	k_master mean = (k_master)centre, rstd = (k_master)(1 / sqrt(variance + a->epsilon));
	if (c == 0) {
		((k_master *)a->mean)[row] = mean;
		((k_master *)a->rstd)[row] = rstd;
	}
	for (int64_t k = c; k < c + count; k++) {
		k_real hat = (K_LOAD(a->x, i + k) - mean) * rstd;
		K_STORE(a->y, i + k, ((const k_master *)a->gamma)[k] * hat + ((const k_master *)a->beta)[k]);
	}
}
K_DEFINE_ROWS(layer_norm, 2)

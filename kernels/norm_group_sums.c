#include "kernels/norm_group_sums.h"

K_FN void norm_group_sums_at(const struct norm_group_sums_args *a, int64_t i)
{
	int64_t first = k_div(i, a->size) * a->size;
	const k_master *gamma = (const k_master *)a->gamma + k_mod(first, a->channels);
	const k_master *sum_g = (const k_master *)a->sum_g + first;
	const k_master *sum_g_hat = (const k_master *)a->sum_g_hat + first;
	k_acc g = 0, g_hat = 0;
	for (int64_t c = 0; c < a->size; c++) {
		g += (k_acc)gamma[c] * (k_acc)sum_g[c];
		g_hat += (k_acc)gamma[c] * (k_acc)sum_g_hat[c];
	}
	((k_master *)a->group_g)[i] = (k_master)(g / (k_acc)a->size);
	((k_master *)a->group_g_hat)[i] = (k_master)(g_hat / (k_acc)a->size);
}
K_DEFINE(norm_group_sums)

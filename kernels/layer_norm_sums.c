#include "kernels/layer_norm_sums.h"

K_FN void layer_norm_sums_term(const struct layer_norm_sums_args *a, int64_t s, int64_t c, int64_t j, k_acc *sum)
{
	int64_t i = j * a->channels + c;
	k_real hat = (K_LOAD(a->x, i) - ((const k_master *)a->mean)[j]) * ((const k_master *)a->rstd)[j];
	k_real g = K_LOAD(a->dy, i);
	(void)s;
	sum[0] += (k_acc)g;
	sum[1] += (k_acc)(g * hat);
}

K_FN void layer_norm_sums_store(const struct layer_norm_sums_args *a, int64_t s, int64_t c, const k_acc *sum)
{
	(void)s;
	if (a->dbeta)
		((k_master *)a->dbeta)[c] = (a->add_beta ? ((k_master *)a->dbeta)[c] : 0) + (k_master)sum[0];
	if (a->dgamma)
		((k_master *)a->dgamma)[c] = (a->add_gamma ? ((k_master *)a->dgamma)[c] : 0) + (k_master)sum[1];
}
K_DEFINE_CHANNEL_SUM(layer_norm_sums, 2)

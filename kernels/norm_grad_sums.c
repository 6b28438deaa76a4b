#include "kernels/norm_grad_sums.h"
#include "kernels/norm_point.h"

K_FN void norm_grad_sums_term(
	const struct norm_grad_sums_args *a, int64_t s, int64_t c, int64_t j, k_acc *sum)
{
	int64_t i = (s * a->pixels + j) * a->channels + c, group = s * a->channels + c;
	k_real hat = norm_point_hat(K_LOAD(a->x, i), ((const k_master *)a->mean)[group], ((const k_master *)a->rstd)[group]);
	k_real z = norm_point(hat, ((const k_master *)a->gamma)[c], ((const k_master *)a->beta)[c]);
	k_real slope = (k_real)a->slope, g = K_LOAD(a->dy, i) * (z > 0 ? (k_real)1 : slope);
	sum[0] += (k_acc)g;
	sum[1] += (k_acc)(g * hat);
}

K_FN void norm_grad_sums_store(const struct norm_grad_sums_args *a, int64_t s, int64_t c, const k_acc *sum)
{
	((k_master *)a->sum_g)[s * a->channels + c] = (k_master)sum[0];
	((k_master *)a->sum_g_hat)[s * a->channels + c] = (k_master)sum[1];
	if (a->dbeta)
		((k_master *)a->dbeta)[c] = (a->add_beta ? ((k_master *)a->dbeta)[c] : 0) + (k_master)sum[0];
	if (a->dgamma)
		((k_master *)a->dgamma)[c] = (a->add_gamma ? ((k_master *)a->dgamma)[c] : 0) + (k_master)sum[1];
}
K_DEFINE_CHANNEL_SUM(norm_grad_sums, 2)

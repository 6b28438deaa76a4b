#include "kernels/clip_factor.h"

K_FN void clip_factor_term(const struct clip_factor_args *a, int64_t g, int64_t j, k_acc *sum)
{
	(void)g;
	sum[0] += a->part[j];
}

K_FN void clip_factor_store(const struct clip_factor_args *a, int64_t g, const k_acc *sum)
{
	k_acc norm = sqrt(sum[0]);
	((k_master *)a->norm)[g] = (k_master)norm;
	((k_master *)a->factor)[g] = (k_master)(norm > a->largest ? a->largest / norm : 1);
}
K_DEFINE_SUM(clip_factor, 1)

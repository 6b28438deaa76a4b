#include "kernels/mean.h"

K_FN void mean_term(const struct mean_args *a, int64_t g, int64_t j, k_acc *sum)
{
	sum[0] += (k_acc)K_LOAD(a->x, g * a->count + j);
}

K_FN void mean_store(const struct mean_args *a, int64_t g, const k_acc *sum)
{
	((k_master *)a->mean)[g] = (k_master)(sum[0] / (k_acc)a->count);
}
K_DEFINE_SUM(mean, 1)

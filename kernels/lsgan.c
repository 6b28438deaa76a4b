#include "kernels/lsgan.h"

K_FN void lsgan_term(const struct lsgan_args *a, int64_t g, int64_t j, k_acc *sum)
{
	int64_t i = g * a->run + j;
	k_acc d = i < a->n ? (k_acc)K_LOAD(a->x, i) - a->target : 0;
	sum[0] += d * d;
}

K_FN void lsgan_store(const struct lsgan_args *a, int64_t g, const k_acc *sum)
{
	a->part[g] = sum[0];
}
K_DEFINE_SUM(lsgan, 1)

#include "kernels/square_sum.h"

K_FN void square_sum_term(const struct square_sum_args *a, int64_t g, int64_t j, k_acc *sum)
{
	int64_t i = g * a->run + j;
	if (i < a->n) {
		k_acc x = (k_acc)((const k_master *)a->x)[i];
		sum[0] += x * x;
	}
}

K_FN void square_sum_store(const struct square_sum_args *a, int64_t g, const k_acc *sum)
{
	a->part[g] = sum[0];
}
K_DEFINE_SUM(square_sum, 1)

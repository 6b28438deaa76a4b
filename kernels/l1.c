#include "kernels/l1.h"

K_FN void l1_term(const struct l1_args *a, int64_t g, int64_t j, k_acc *sum)
{
	int64_t i = g * a->run + j;
	if (i < a->n)
		sum[0] += fabs((k_acc)K_LOAD(a->a, i) - (k_acc)K_LOAD(a->b, i));
}

K_FN void l1_store(const struct l1_args *a, int64_t g, const k_acc *sum)
{
	a->part[g] = sum[0];
}
K_DEFINE_SUM(l1, 1)

#include "kernels/sample_sum.h"

K_FN void sample_sum_at(const struct sample_sum_args *a, int64_t i)
{
	k_acc sum = 0;
	for (int64_t s = 0; s < a->samples; s++)
		sum += (k_acc)((const k_master *)a->part)[s * a->n + i];
	k_master *to = (k_master *)a->total + i;
	*to = (a->accumulate ? *to : 0) + (k_master)sum;
}
K_DEFINE(sample_sum)

#include "kernels/sample_sum.h"

K_FN void sample_sum_at(const struct sample_sum_args *a, int64_t i)
{
	const bool second = i >= a->n;
	const int64_t at = second ? i - a->n : i;
	const k_master *part = (const k_master *)(second ? a->part[1] : a->part[0]);
	k_master *total = (k_master *)(second ? a->total[1] : a->total[0]);
	k_acc sum = 0;
	if (!total)
		return;
	for (int64_t s = 0; s < a->samples; s++)
		sum += (k_acc)part[s * a->n + at];
	total[at] = ((second ? a->accumulate[1] : a->accumulate[0]) ? total[at] : 0) + (k_master)sum;
}
K_DEFINE(sample_sum)

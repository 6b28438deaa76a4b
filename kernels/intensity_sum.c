#include "kernels/intensity_sum.h"

K_FN void intensity_sum_term(const struct intensity_sum_args *a, int64_t s, int64_t c, int64_t j, k_acc *sum)
{
	int64_t i = (s * a->pixels + j) * a->channels + c;
	sum[0] += (k_acc)K_LOAD(a->a, i) - (k_acc)K_LOAD(a->b, i);
}

K_FN void intensity_sum_store(const struct intensity_sum_args *a, int64_t s, int64_t c, const k_acc *sum)
{
	k_acc mean = sum[0] / (k_acc)a->pixels;
	a->difference[s * a->channels + c] = mean;
	a->part[s * a->channels + c] = fabs(mean);
}
K_DEFINE_CHANNEL_SUM(intensity_sum, 1)

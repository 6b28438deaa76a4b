#include "kernels/channel_sum.h"

K_FN void channel_sum_term(const struct channel_sum_args *a, int64_t s, int64_t c, int64_t j, k_acc *sum)
{
	sum[0] += (k_acc)K_LOAD(a->x, (s * a->pixels + j) * a->channels + c);
}

K_FN void channel_sum_store(const struct channel_sum_args *a, int64_t s, int64_t c, const k_acc *sum)
{
	k_master *to = (k_master *)a->sum + s * a->channels + c, value = (k_master)sum[0];
	*to = a->accumulate ? *to + value : value;
}
K_DEFINE_CHANNEL_SUM(channel_sum, 1)

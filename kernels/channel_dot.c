#include "kernels/channel_dot.h"

K_FN void channel_dot_term(const struct channel_dot_args *a, int64_t s, int64_t c, int64_t j, k_acc *sum)
{
	int64_t i = (s * a->pixels + j) * a->channels + c;
	sum[0] += (k_acc)K_LOAD(a->a, i) * (a->b ? (k_acc)K_LOAD(a->b, i) : 1);
}

K_FN void channel_dot_store(const struct channel_dot_args *a, int64_t s, int64_t c, const k_acc *sum)
{
	int64_t i = s * a->channels + c;
	k_acc value = a->scale * sum[0];
	if (a->master) {
		k_master *out = (k_master *)a->out + i;
		*out = (k_master)(a->accumulate ? (k_acc)*out + value : value);
	} else {
		K_STORE(a->out, i, (k_real)(a->accumulate ? (k_acc)K_LOAD(a->out, i) + value : value));
	}
}
K_DEFINE_CHANNEL_SUM(channel_dot, 1)

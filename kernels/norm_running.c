#include "kernels/norm_running.h"

K_FN void norm_running_at(const struct norm_running_args *a, int64_t i)
{
	k_master *mean = (k_master *)a->running_mean + i, *variance = (k_master *)a->running_variance + i;
	k_acc unbiased = (k_acc)((const k_master *)a->variance)[i] * ((k_acc)a->count / (k_acc)(a->count - 1));
	*mean = (k_master)(*mean + a->momentum * ((k_acc)((const k_master *)a->mean)[i] - *mean));
	*variance = (k_master)(*variance + a->momentum * (unbiased - *variance));
}
K_DEFINE(norm_running)

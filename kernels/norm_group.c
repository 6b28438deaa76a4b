#include "kernels/norm_group.h"

K_FN void norm_group_at(const struct norm_group_args *a, int64_t i)
{
	const k_master *mean = (const k_master *)a->channel_mean + k_div(i, a->size) * a->size;
	const k_master *variance = (const k_master *)a->channel_variance + k_div(i, a->size) * a->size;
	k_acc centre = 0, spread = 0;
	for (int64_t c = 0; c < a->size; c++)
		centre += (k_acc)mean[c] / (k_acc)a->size;
	for (int64_t c = 0; c < a->size; c++) {
		k_acc d = (k_acc)mean[c] - centre;
		spread += ((k_acc)variance[c] + d * d) / (k_acc)a->size;
	}
	((k_master *)a->mean)[i] = (k_master)centre;
	((k_master *)a->rstd)[i] = (k_master)(1 / sqrt(spread + a->epsilon));
}
K_DEFINE(norm_group)

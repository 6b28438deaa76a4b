#include "kernels/softmax_stats.h"
#include "kernels/k_erf.h"

K_FN void softmax_stats_at(const struct softmax_stats_args *a, int64_t i)
{
	k_real top = K_LOAD(a->x, i * a->channels);
	k_acc sum = 0;
	for (int64_t c = 1; c < a->channels; c++) {
		k_real x = K_LOAD(a->x, i * a->channels + c);
		top = x > top ? x : top;
	}
	for (int64_t c = 0; c < a->channels; c++)
		sum += (k_acc)k_exp(K_LOAD(a->x, i * a->channels + c) - top);
	((k_master *)a->top)[i] = top;
	((k_master *)a->sum)[i] = (k_master)sum;
}
K_DEFINE(softmax_stats)

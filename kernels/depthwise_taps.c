#include "kernels/depthwise_taps.h"

K_FN void depthwise_taps_at(const struct depthwise_taps_args *a, int64_t i)
{
	int64_t tap = k_div(i, a->channels), c = i - tap * a->channels;
	int64_t from = a->reversed ? a->taps - 1 - tap : tap;
	((k_master *)a->to)[i] = (k_master)K_LOAD(a->weight, c * a->taps + from);
}
K_DEFINE(depthwise_taps)

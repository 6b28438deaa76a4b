#include "kernels/conv_wgrad_add.h"

K_FN void conv_wgrad_add_at(const struct conv_wgrad_add_args *a, int64_t i)
{
	int64_t from = a->term_channels == a->channels ? i : i + k_div(i, a->channels) * (a->term_channels - a->channels);
	((k_master *)a->dweight)[i] += (k_master)K_LOAD(a->term, from);
}
K_DEFINE(conv_wgrad_add)

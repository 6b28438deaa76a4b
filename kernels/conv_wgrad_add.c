#include "kernels/conv_wgrad_add.h"

K_FN void conv_wgrad_add_at(const struct conv_wgrad_add_args *a, int64_t i)
{
	((k_master *)a->dweight)[i] += (k_master)K_LOAD(a->term, i);
}
K_DEFINE(conv_wgrad_add)

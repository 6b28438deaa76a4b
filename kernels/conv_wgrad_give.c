#include "kernels/conv_wgrad_give.h"

K_FN void conv_wgrad_give_at(const struct conv_wgrad_give_args *a, int64_t i)
{
	k_master *to = (k_master *)a->dweight + i, term = (k_master)K_LOAD(a->term, i);
	*to = a->accumulate ? *to + term : term;
}
K_DEFINE(conv_wgrad_give)

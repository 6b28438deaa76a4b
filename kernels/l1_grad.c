#include "kernels/l1_grad.h"

K_FN void l1_grad_at(const struct l1_grad_args *a, int64_t i)
{
	k_real x = K_LOAD(a->a, i), y = K_LOAD(a->b, i), factor = (k_real)a->factor;
	k_real d = x > y ? factor : x < y ? -factor : 0;
	K_STORE(a->da, i, a->accumulate ? K_LOAD(a->da, i) + d : d);
}
K_DEFINE(l1_grad)

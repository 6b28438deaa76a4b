#include "kernels/lsgan_grad.h"

K_FN void lsgan_grad_at(const struct lsgan_grad_args *a, int64_t i)
{
	k_real d = (k_real)a->factor * (K_LOAD(a->x, i) - (k_real)a->target);
	K_STORE(a->dx, i, a->accumulate ? K_LOAD(a->dx, i) + d : d);
}
K_DEFINE(lsgan_grad)

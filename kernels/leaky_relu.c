#include "kernels/leaky_relu.h"

K_FN void leaky_relu_at(const struct leaky_relu_args *a, int64_t i)
{
	k_real x = K_LOAD(a->x, i);
	K_STORE(a->y, i, x > 0 ? x : (k_real)a->slope * x);
}
K_DEFINE(leaky_relu)

#include "kernels/activation_grad.h"

K_FN void activation_grad_tile(const struct activation_grad_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t i = row * a->channels;
	k_real slope = (k_real)a->slope;
	for (int64_t k = i + c; k < i + c + count; k++) {
		k_real y = K_LOAD(a->y, k), leaky = y > 0 ? (k_real)1 : slope;
		k_real d = K_LOAD(a->dy, k) * (a->kind == ACTIVATION_TANH ? 1 - y * y : leaky);
		K_STORE(a->dx, k, a->accumulate ? K_LOAD(a->dx, k) + d : d);
	}
}
K_DEFINE_TILES(activation_grad)

#include "kernels/activation.h"

K_FN void activation_tile(const struct activation_args *a, int64_t row, int64_t c, int64_t count)
{
	int64_t i = row * a->channels;
	k_real slope = (k_real)a->slope;
	if (a->kind == ACTIVATION_TANH) {
		for (int64_t k = i + c; k < i + c + count; k++)
			K_STORE(a->y, k, K_MATH(tanh)(K_LOAD(a->x, k)));
		return;
	}
	for (int64_t k = i + c; k < i + c + count; k++) {
		k_real x = K_LOAD(a->x, k);
		K_STORE(a->y, k, x > 0 ? x : slope * x);
	}
}
K_DEFINE_TILES(activation)

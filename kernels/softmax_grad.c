#include "kernels/softmax_grad.h"

K_FN void softmax_grad_term(const struct softmax_grad_args *a, int64_t row, int64_t c, k_acc *sum)
{
	int64_t i = row * a->channels + c;
	sum[0] += (k_acc)(K_LOAD(a->dy, i) * K_LOAD(a->y, i));
}

K_FN void softmax_grad_tile(
	const struct softmax_grad_args *a, int64_t row, int64_t c, int64_t count, const k_acc *sum)
{
	int64_t i = row * a->channels + c;
	k_real total = (k_real)sum[0];
	for (int64_t k = i; k < i + count; k++) {
		k_real d = K_LOAD(a->y, k) * (K_LOAD(a->dy, k) - total);
		K_STORE(a->dx, k, a->accumulate ? K_LOAD(a->dx, k) + d : d);
	}
}
K_DEFINE_ROWS(softmax_grad, 1)

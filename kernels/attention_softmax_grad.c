#include "kernels/attention_softmax_grad.h"

K_FN void attention_softmax_grad_at(const struct attention_softmax_grad_args *a, int64_t row)
{
	const int64_t n = a->channels, first = row * n;
	const k_master *dp = (const k_master *)a->dp + first;
	const k_real scale = (k_real)a->scale;
	k_acc sum = 0;
	for (int64_t j = 0; j < n; j++)
		sum += (k_acc)K_LOAD(a->p, first + j) * (k_acc)dp[j];
	for (int64_t j = 0; j < n; j++)
		K_STORE(a->ds, first + j, scale * K_LOAD(a->p, first + j) * (dp[j] - (k_real)sum));
}
K_DEFINE_ROWS(attention_softmax_grad)

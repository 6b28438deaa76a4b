#include "kernels/attention_softmax.h"
#include "kernels/k_exp.h"

/* The largest score is taken off first, so that the largest term is 1. */
K_FN void attention_softmax_at(const struct attention_softmax_args *a, int64_t row)
{
	const int64_t n = a->channels;
	const int32_t *pixel = a->pixel_of + k_mod(k_div(row, a->window_rows), a->windows) * n;
	k_master *score = (k_master *)a->scores + row * n;
	const k_real factor = (k_real)(a->scale * 1.4426950408889634); /* log2 e */
	k_real most = (k_real)-INFINITY;
	k_acc sum = 0;
	for (int64_t j = 0; j < n; j++)
		most = pixel[j] >= 0 && score[j] > most ? score[j] : most;
	for (int64_t j = 0; j < n; j++) {
		k_real value = k_exp2((score[j] - most) * factor);
		score[j] = pixel[j] >= 0 ? value : 0;
	}
	for (int64_t j = 0; j < n; j++)
		sum += (k_acc)score[j];
	const k_real share = (k_real)(1 / sum);
	for (int64_t j = 0; j < n; j++)
		K_STORE(a->p, row * n + j, score[j] * share);
}
K_DEFINE_ROWS(attention_softmax)

#include "kernels/moment_loss_grad.h"

K_FN void moment_loss_grad_tile(const struct moment_loss_grad_args *m, int64_t row, int64_t c, int64_t count)
{
	int64_t i = row * m->channels, group = k_div(row, m->pixels) * m->channels;
	for (int64_t k = c; k < c + count; k++) {
		const double *saved = m->saved + ((group + k) * 2 + m->swapped) * MOMENT_LOSS_SAVED;
		double d = saved[MOMENT_LOSS_CONSTANT] + saved[MOMENT_LOSS_OWN] * (double)K_LOAD(m->a, i + k) +
			   saved[MOMENT_LOSS_OTHER] * (double)K_LOAD(m->b, i + k);
		k_real to = (k_real)(m->factor * d);
		K_STORE(m->da, i + k, m->accumulate ? K_LOAD(m->da, i + k) + to : to);
	}
}
K_DEFINE_TILES(moment_loss_grad)

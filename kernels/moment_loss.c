#include "kernels/moment_loss.h"

K_FN void moment_loss_term(const struct moment_loss_args *m, int64_t s, int64_t c, int64_t j, k_acc *sum)
{
	int64_t i = (s * m->pixels + j) * m->channels + c;
	k_acc a = (k_acc)K_LOAD(m->a, i), b = (k_acc)K_LOAD(m->b, i);
	sum[0] += a;
	sum[1] += b;
	sum[2] += a * b;
	sum[3] += a * a;
	sum[4] += b * b;
}

/* d ncc / d a = (b - mean b) / size - dot |b| / (size^2 |a|) (a - mean a). */
K_FN double moment_loss_ncc(const k_acc *sum, double n, double epsilon, double *saved)
{
	double aa = sum[3] - sum[0] * sum[0] / n, bb = sum[4] - sum[1] * sum[1] / n;
	double dot = sum[2] - sum[0] * sum[1] / n, norm_a = sqrt(aa > 0 ? aa : 0), norm_b = sqrt(bb > 0 ? bb : 0);
	double size = norm_a * norm_b + epsilon;
	for (int k = 0; k < 2; k++) {
		double own = k == 0 ? norm_a : norm_b, other = k == 0 ? norm_b : norm_a;
		double self = own > 0 ? dot / (size * size) * other / own : 0, *to = saved + k * MOMENT_LOSS_SAVED;
		to[MOMENT_LOSS_CONSTANT] = (sum[1 - k] / size - self * sum[k]) / n;
		to[MOMENT_LOSS_OWN] = self;
		to[MOMENT_LOSS_OTHER] = -1 / size;
	}
	return 1 - dot / size;
}

K_FN double moment_loss_dice(const k_acc *sum, double epsilon, double *saved)
{
	double size = sum[0] + sum[1] + epsilon, overlap = 2 * sum[2] + epsilon;
	for (int k = 0; k < 2; k++) {
		double *to = saved + k * MOMENT_LOSS_SAVED;
		to[MOMENT_LOSS_CONSTANT] = overlap / (size * size);
		to[MOMENT_LOSS_OWN] = 0;
		to[MOMENT_LOSS_OTHER] = -2 / size;
	}
	return 1 - overlap / size;
}

K_FN void moment_loss_store(const struct moment_loss_args *m, int64_t s, int64_t c, const k_acc *sum)
{
	int64_t group = s * m->channels + c;
	double *saved = m->saved + 2 * MOMENT_LOSS_SAVED * group;
	double weight = m->weight ? (double)K_LOAD(m->weight, s) : 1;
	double loss = m->kind == MOMENT_LOSS_NCC ? moment_loss_ncc(sum, (double)m->pixels, m->epsilon, saved)
						 : moment_loss_dice(sum, m->epsilon, saved);
	m->part[group] = weight * loss;
	for (int k = 0; k < 2 * MOMENT_LOSS_SAVED; k++)
		saved[k] *= weight;
}
K_DEFINE_CHANNEL_SUM(moment_loss, 5)

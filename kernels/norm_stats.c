#include "kernels/norm_stats.h"

K_FN void norm_stats_term(const struct norm_stats_args *a, int64_t s, int64_t c, int64_t j, k_acc *sum)
{
	k_acc x = (k_acc)K_LOAD(a->x, (s * a->pixels + j) * a->channels + c);
	sum[0] += x;
	sum[1] += x * x;
}

K_FN void norm_stats_store(const struct norm_stats_args *a, int64_t s, int64_t c, const k_acc *sum)
{
	k_acc mean = sum[0] / (k_acc)a->pixels, variance = sum[1] / (k_acc)a->pixels - mean * mean;
	int64_t group = s * a->channels + c;
	variance = variance > 0 || variance != variance ? variance : 0;
	if (a->running_mean) {
		k_master *running = (k_master *)a->running_mean + c;
		*running = (k_master)(*running + a->momentum * (mean - *running));
	}
	if (a->running_variance) {
		k_master *running = (k_master *)a->running_variance + c;
		k_acc unbiased = variance * ((k_acc)a->pixels / (k_acc)(a->pixels - 1));
		*running = (k_master)(*running + a->momentum * (unbiased - *running));
	}
	if (a->variance)
		((k_master *)a->variance)[group] = (k_master)variance;
	((k_master *)a->mean)[group] = (k_master)mean;
	((k_master *)a->rstd)[group] = (k_master)(1 / sqrt(variance + a->epsilon));
}
K_DEFINE_CHANNEL_SUM(norm_stats, 2)

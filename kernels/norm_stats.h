#ifndef KERNELS_NORM_STATS_H
#define KERNELS_NORM_STATS_H
#include "kernels/kernel.h"
/* Instance norm's statistics: mean and 1 / sqrt(biased variance + epsilon) of each channel of each sample.
 * Channel sum over `samples` samples of `pixels` terms. */
struct norm_stats_args {
	void *mean;    /* k_master (samples, channels) */
	void *rstd;    /* k_master (samples, channels) */
	const void *x; /* (samples, pixels, channels) */
	int64_t pixels, channels;
	double epsilon;
};
K_DECLARE_SUM(norm_stats);
#endif

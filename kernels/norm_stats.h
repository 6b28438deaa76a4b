#ifndef KERNELS_NORM_STATS_H
#define KERNELS_NORM_STATS_H
#include "kernels/kernel.h"
/* Mean, biased variance and 1 / sqrt(variance + epsilon) of each channel of each sample; of a batch, whose samples are
 * read as one, of each channel.  A batch's running statistics move by `momentum` towards its mean and unbiased variance.
 * Channel sum over `samples` samples of `pixels` terms. */
struct norm_stats_args {
	void *mean;    /* k_master (samples, channels) */
	void *rstd;    /* k_master (samples, channels) */
	void *variance; /* k_master (samples, channels); may be NULL */
	void *running_mean, *running_variance; /* k_master (channels), of one sample; may be NULL */
	const void *x; /* (samples, pixels, channels) */
	int64_t pixels, channels;
	double epsilon, momentum;
};
K_DECLARE_SUM(norm_stats);
#endif

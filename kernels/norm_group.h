#ifndef KERNELS_NORM_GROUP_H
#define KERNELS_NORM_GROUP_H
#include "kernels/kernel.h"
/* Statistics of groups of neighbouring channels from those of the channels, written for each channel; with groups of
 * one channel, 1 / sqrt(variance + epsilon) of known variances.  Map over samples * channels. */
struct norm_group_args {
	void *mean, *rstd;			     /* k_master (samples, channels) */
	const void *channel_mean, *channel_variance; /* k_master (samples, channels) */
	int64_t size;				     /* channels of a group */
	double epsilon;
};
K_DECLARE(norm_group);
#endif

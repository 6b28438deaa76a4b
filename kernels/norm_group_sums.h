#ifndef KERNELS_NORM_GROUP_SUMS_H
#define KERNELS_NORM_GROUP_SUMS_H
#include "kernels/kernel.h"
/* The means over the channels of a group of gamma sum_g and gamma sum_g_hat (norm_grad_sums), for each channel.  Map
 * over samples * channels. */
struct norm_group_sums_args {
	void *group_g, *group_g_hat;   /* k_master (samples, channels) */
	const void *sum_g, *sum_g_hat; /* k_master (samples, channels) */
	const void *gamma;	       /* k_master (channels) */
	int64_t channels, size;	       /* size: channels of a group */
};
K_DECLARE(norm_group_sums);
#endif

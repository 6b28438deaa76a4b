#ifndef KERNELS_NORM_RUNNING_H
#define KERNELS_NORM_RUNNING_H
#include "kernels/kernel.h"
/* Batch norm's running statistics move by `momentum` towards this batch's mean and unbiased variance.  Map over the
 * channels. */
struct norm_running_args {
	void *running_mean, *running_variance; /* k_master (channels) */
	const void *mean, *variance;	       /* k_master (channels), the variance biased */
	int64_t count;			       /* values behind each; >= 2 */
	double momentum;
};
K_DECLARE(norm_running);
#endif

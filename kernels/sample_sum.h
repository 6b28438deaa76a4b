#ifndef KERNELS_SAMPLE_SUM_H
#define KERNELS_SAMPLE_SUM_H
#include "kernels/kernel.h"
/* total[i] = or += sum over samples of part[s, i], in the samples' order.  Map over the n elements. */
struct sample_sum_args {
	void *total;	  /* k_master (n) */
	const void *part; /* k_master (samples, n) */
	int64_t samples, n, accumulate; /* accumulate: 1 adds to total */
};
K_DECLARE(sample_sum);
#endif

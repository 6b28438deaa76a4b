#ifndef KERNELS_SAMPLE_SUM_H
#define KERNELS_SAMPLE_SUM_H
#include "kernels/kernel.h"
/* total[k][i] = or += sum over samples of part[k][s, i], in the samples' order: two sums at once.  Map over 2 n. */
struct sample_sum_args {
	void *total[2];	     /* k_master (n); may be NULL */
	const void *part[2]; /* k_master (samples, n) */
	int64_t samples, n;
	int64_t accumulate[2]; /* 1 adds to the total */
};
K_DECLARE(sample_sum);
#endif

/* Deming regression: a line between two measurements that both err. */
#ifndef EVAL_STATS_DEMING_H
#define EVAL_STATS_DEMING_H
#include <stdint.h>
#include "eval/stats/interval.h"
#ifdef __cplusplus
extern "C" {
#endif
struct deming {
	double slope, intercept;		/* NaN for n < 3 or without covariance */
	double slope_se, intercept_se;		/* jackknife (Linnet 1990) */
	struct interval slope_ci, intercept_ci; /* t, n - 2 degrees of freedom */
};
/* y on x; ratio = variance of x's error over that of y's, 1 = orthogonal. */
void deming_compute(struct deming *d, const double *x, const double *y, int64_t n, double ratio);
#ifdef __cplusplus
}
#endif
#endif

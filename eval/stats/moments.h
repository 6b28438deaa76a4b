/* Means and centred sums of two columns: what correlation, regression and agreement are made of. */
#ifndef EVAL_STATS_MOMENTS_H
#define EVAL_STATS_MOMENTS_H
#include <stdbool.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
struct moments {
	int64_t n;
	double mean_x, mean_y;
	double sxx, syy, sxy;	     /* sums of products of deviations from the means */
	bool x_constant, y_constant; /* exactly: rounding of the mean must not fake a variance */
};
/* x[n], y[n] finite; n >= 1. */
struct moments moments_of(const double *x, const double *y, int64_t n);
/* Pearson's r in [-1, 1]; NaN when a column is constant. */
double moments_correlation(const struct moments *m);
/* Least squares of y on x; NaN when x is constant. */
double moments_slope(const struct moments *m);
#ifdef __cplusplus
}
#endif
#endif

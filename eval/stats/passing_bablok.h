/*
 * Passing and Bablok's regression, by the rule of 1983 (J Clin Chem Clin Biochem 21:709): slopes of all
 * pairs; pairs of equal points and slopes of exactly -1 are left out; the median is shifted by the number of
 * slopes below -1.  For positively related measurements.
 */
#ifndef EVAL_STATS_PASSING_BABLOK_H
#define EVAL_STATS_PASSING_BABLOK_H
#include <stdint.h>
#include "eval/stats/interval.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { PASSING_BABLOK_ROWS = 5000 }; /* at most: the pairs take 8 bytes each */
struct passing_bablok {
	int64_t n_slopes, n_below; /* slopes left, slopes below -1 */
	double slope, intercept;   /* NaN for n < 3, too many rows, no slope left */
	struct interval slope_ci,
		intercept_ci; /* the intercept's bounds use the opposite bound of the slope */
};
int passing_bablok_compute(struct passing_bablok *p, const double *x, const double *y, int64_t n);
#ifdef __cplusplus
}
#endif
#endif

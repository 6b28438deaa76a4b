/*
 * How many local patients repair a site: a random m of them, with their references, fit a shift (their mean
 * error) or a line (reference on prediction, least squares); the site's other patients show the mean absolute
 * error that is left.
 */
#ifndef EVAL_STATS_RECALIBRATION_H
#define EVAL_STATS_RECALIBRATION_H
#include <stdint.h>
#include "eval/stats/interval.h"
#ifdef __cplusplus
extern "C" {
#endif
enum recalibration_kind { RECALIBRATION_NONE, RECALIBRATION_SHIFT, RECALIBRATION_LINE, RECALIBRATION_KINDS };
struct recalibration {
	int64_t n_local, n_left;	 /* patients that fit, that are left */
	double mae[RECALIBRATION_KINDS]; /* mean over the draws; NaN when n_left < 1 or no line can be fitted
					  */
	struct interval spread[RECALIBRATION_KINDS]; /* 2.5 to 97.5 percentile of the draws */
};
/*
 * Rows of one site, patient by patient: cluster[n] ascending, of any numbers.  n_draws random choices of
 * n_local patients, each a function of (seed, draw).
 */
int recalibration_compute(struct recalibration *r, const double *reference, const double *prediction,
	const int64_t *cluster, int64_t n, int64_t n_local, int64_t n_draws, uint64_t seed);
#ifdef __cplusplus
}
#endif
#endif

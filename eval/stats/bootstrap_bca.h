/*
 * BCa intervals: percentile intervals corrected for the bias of the replicates and for a spread that changes
 * with the figure (Efron 1987, J Am Stat Assoc 82:171).
 */
#ifndef EVAL_STATS_BOOTSTRAP_BCA_H
#define EVAL_STATS_BOOTSTRAP_BCA_H
#include "eval/stats/bootstrap.h"
#ifdef __cplusplus
extern "C" {
#endif
/* A sixth of the skewness of the jackknife by patient; NaN where it has no spread or is not defined without
 * someone. */
double bootstrap_acceleration(const struct bootstrap *b, enum bootstrap_statistic which);
/*
 * Undefined where the acceleration is, when over 5 % of the replicates are, or when all of them lie on one
 * side of the estimate.  Replicates equal to it count half on either side.
 */
struct interval bootstrap_bca(const struct bootstrap *b, enum bootstrap_statistic which);
#ifdef __cplusplus
}
#endif
#endif

/*
 * Covariances of two AUCs on the same rows: DeLong, DeLong and Clarke-Pearson (1988, Biometrics 44:837); with
 * patients as clusters Obuchowski (1997, Biometrics 53:567), of one AUC as well.
 */
#ifndef EVAL_STATS_ROC_VARIANCE_H
#define EVAL_STATS_ROC_VARIANCE_H
#include <stdint.h>
#include "eval/stats/roc.h"
#ifdef __cplusplus
extern "C" {
#endif
/* DeLong; NaN with fewer than two cases or two controls.  a and b are of the same rows. */
int roc_covariance(double *covariance, const struct roc *a, const struct roc *b);
/*
 * Obuchowski: rows of one cluster (0 <= cluster[row] < n_clusters) may depend on each other.  NaN with fewer
 * than two clusters holding a case or two holding a control; equals DeLong's when every row is its own
 * cluster.
 */
int roc_clustered_variance(double *variance, const struct roc *r, const int64_t *cluster, int64_t n_clusters);
int roc_clustered_covariance(double *covariance, const struct roc *a, const struct roc *b,
	const int64_t *cluster, int64_t n_clusters);
#ifdef __cplusplus
}
#endif
#endif

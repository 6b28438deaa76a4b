/* Tests of two AUCs' difference. */
#ifndef EVAL_STATS_ROC_COMPARE_H
#define EVAL_STATS_ROC_COMPARE_H
#include <stdint.h>
#include "eval/stats/interval.h"
#include "eval/stats/roc.h"
#ifdef __cplusplus
extern "C" {
#endif
struct roc_difference {
	double difference, se; /* a - b; NaN where one is not defined */
	double statistic, p;   /* two-sided; NaN when se is 0 */
	double df;	       /* of t; infinite where the statistic is normal */
	struct interval ci;
};
/* The same rows by two scores; clusters as in roc_variance.h, cluster NULL = every row stands alone. */
int roc_compare_paired(struct roc_difference *d, const struct roc *a, const struct roc *b,
	const int64_t *cluster, int64_t n_clusters);
/* Two independent samples; Satterthwaite's degrees of freedom. */
void roc_compare_unpaired(struct roc_difference *d, const struct roc *a, const struct roc *b);
/* The same from AUCs, their variances and the numbers of independent units (rows, or patients with several rows). */
struct roc_difference roc_compare_independent(const double auc[2], const double variance[2], const int64_t n[2]);
#ifdef __cplusplus
}
#endif
#endif

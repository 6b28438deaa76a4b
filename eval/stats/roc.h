/*
 * ROC analysis.  AUC is the probability that a random case looks more diseased than a random control, ties
 * counting one half.  Its variance is DeLong's (DeLong, DeLong and Clarke-Pearson 1988, Biometrics 44:837),
 * with patients as clusters Obuchowski's (1997, Biometrics 53:567).  Both follow from the *placements*: for a
 * case the share of controls that look healthier, for a control the share of cases that look more diseased.
 * Both are sums over the distinct scores, so that the cost is that of one sort; pairs are counted in 64 bits.
 */
#ifndef EVAL_STATS_ROC_H
#define EVAL_STATS_ROC_H
#include <stdint.h>
#include "eval/stats/roc_steps.h"
#include "host/run/memory.h"
#ifdef __cplusplus
extern "C" {
#endif
enum roc_direction { ROC_LOWER_IS_CASE, ROC_HIGHER_IS_CASE };

struct roc {
	struct roc_steps steps; /* most diseased first; key = score, negated where higher is case */
	enum roc_direction direction;
	int64_t n, n_cases, n_controls;
	const double *score;    /* (n) the caller's */
	const uint8_t *is_case; /* (n) the caller's */
	double auc;             /* NaN when there is no case or no control */
	double variance;        /* DeLong's; NaN with fewer than two cases or two controls */
	int64_t n_steps;        /* distinct scores */
};
/* score[n] finite; is_case[n] 0 or 1; both must outlive the struct. */
int roc_init(
	struct roc *r, const double *score, const uint8_t *is_case, int64_t n, enum roc_direction direction);
void roc_free(struct roc *r);
/* The curve's corners: one point before the first, between any two different, and after the last score. */
struct roc_point {
	double threshold; /* midpoint of the neighbouring scores, -inf or +inf at the ends */
	int64_t tp, fp;	  /* rows beyond the threshold on the diseased side */
};
struct roc_curve {
	struct memory block;
	struct roc_point *points; /* (n) from (0, 0) to (n_cases, n_controls) */
	int64_t n;
};
int roc_curve_init(struct roc_curve *c, const struct roc *r);
void roc_curve_free(struct roc_curve *c);
#ifdef __cplusplus
}
#endif
#endif

/* Cohen's kappa of a square table, with the large-sample variance of Fleiss, Cohen and Everitt (1969). */
#ifndef EVAL_STATS_KAPPA_H
#define EVAL_STATS_KAPPA_H
#include <stdint.h>
#include "eval/stats/interval.h"
#ifdef __cplusplus
extern "C" {
#endif
enum kappa_weights { KAPPA_UNWEIGHTED, KAPPA_LINEAR, KAPPA_QUADRATIC };
enum { KAPPA_CLASSES = 16 }; /* at most */
struct kappa {
	double value; /* NaN for an empty table or one with all rows in one class */
	double variance;
	struct interval ci; /* normal, cut at -1 and 1 */
};
/* count[n_classes * n_classes], row = one rater, column = the other. */
void kappa_compute(struct kappa *k, const int64_t *count, int n_classes, enum kappa_weights weights);
#ifdef __cplusplus
}
#endif
#endif

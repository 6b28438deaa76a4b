/* Points and areas of a ROC curve. */
#ifndef EVAL_STATS_ROC_CUT_H
#define EVAL_STATS_ROC_CUT_H
#include <stdint.h>
#include "eval/stats/roc.h"
#ifdef __cplusplus
extern "C" {
#endif
struct roc_cut {
	double threshold;
	int64_t tp, fp;
	double j; /* sensitivity + specificity - 1 */
};
/* The highest J; among equals the one of higher sensitivity.  For a curve with both classes. */
struct roc_cut roc_cut_youden(const struct roc_curve *c);
/* Area over specificities lo .. hi, trapezoidal, not rescaled; lo 0 and hi 1 give the AUC. */
double roc_cut_partial_auc(const struct roc_curve *c, double lo, double hi);
/* McClish (1989): 0.5 = chance, 1 = perfect. */
double roc_cut_standardized(double partial_auc, double lo, double hi);
/* The sensitivity at a specificity, interpolated; the upper end of a vertical step. */
double roc_cut_sensitivity_at(const struct roc_curve *c, double specificity);
#ifdef __cplusplus
}
#endif
#endif

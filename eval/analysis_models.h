#ifndef EVAL_ANALYSIS_MODELS_H
#define EVAL_ANALYSIS_MODELS_H
#include "eval/estimates.h"
#include "eval/models.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Each model's AUC beside the image's on the rows that both have, with the paired test. */
int analysis_models(struct estimates *e, const struct sample *s, const struct models *m);
/*
 * Decision curves: net benefit at threshold probabilities 0.01 ... 0.6 of treating all, of the test at its cut, and of
 * the logistic models.  Columns curve, threshold_probability, net_benefit, n.
 */
void analysis_decision(struct table *t, const struct sample *s, const struct models *m);
#ifdef __cplusplus
}
#endif
#endif

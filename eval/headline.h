/*
 * The figures of a group that lead a table and enter a meta-analysis: r, AUC, calibration slope and bias, with standard
 * errors that allow for patients with several rows where there are any.
 */
#ifndef EVAL_HEADLINE_H
#define EVAL_HEADLINE_H
#include "eval/sample.h"
#include "eval/stats/agreement.h"
#include "eval/stats/bootstrap.h"
#ifdef __cplusplus
extern "C" {
#endif
struct headline_figure {
	double value, se; /* NaN = not defined */
	struct interval ci;
	const char *method, *reason; /* how, or why there is none */
};
struct headline {
	struct agreement agreement;
	struct headline_figure r, auc, slope, bias;
	/* The AUC's other intervals, all of one value. */
	double auc_delong_se, auc_clustered_se;
	int64_t n_diseased, n_healthy;
};
/* b: of the same rows; NULL = no bootstrap, so that r, slope and bias of repeated patients have no interval. */
int headline_compute(struct headline *h, const struct sample *s, const struct bootstrap *b);
#ifdef __cplusplus
}
#endif
#endif

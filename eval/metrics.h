/*
 * The figures of one group of rows (all, or one site) that most readers want, as a flat list: one key per figure, a value or
 * NaN with the reason why there is none.  Each is one cell of estimates.csv, from which they are taken: metrics.json and
 * metrics.csv say nothing that estimates.csv does not.
 */
#ifndef EVAL_METRICS_H
#define EVAL_METRICS_H
#include <stdbool.h>
#include <stdint.h>
#include "host/files/json.h"
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
enum metric {
	METRIC_N, METRIC_N_PATIENTS, METRIC_N_MISSING,
	METRIC_REFERENCE_MEAN, METRIC_REFERENCE_SD, METRIC_PREDICTION_MEAN, METRIC_PREDICTION_SD,
	METRIC_R, METRIC_R_LO, METRIC_R_HI, METRIC_CCC, METRIC_CCC_LO, METRIC_CCC_HI, METRIC_SLOPE, METRIC_INTERCEPT,
	METRIC_MAE, METRIC_RMSE, METRIC_BIAS, METRIC_BIAS_LO, METRIC_BIAS_HI, METRIC_SD,
	METRIC_LOA_LO, METRIC_LOA_HI, METRIC_LOA_SE,
	METRIC_N_POSITIVE, METRIC_N_NEGATIVE,
	METRIC_AUC, METRIC_AUC_LO, METRIC_AUC_HI, METRIC_AUC_SE, METRIC_AUC_LOGIT_LO, METRIC_AUC_LOGIT_HI,
	METRIC_AUC_CLUSTERED_LO, METRIC_AUC_CLUSTERED_HI, METRIC_AUC_CLUSTERED_SE,
	METRIC_TP, METRIC_FN, METRIC_TN, METRIC_FP,
	METRIC_SENSITIVITY, METRIC_SENSITIVITY_LO, METRIC_SENSITIVITY_HI,
	METRIC_SPECIFICITY, METRIC_SPECIFICITY_LO, METRIC_SPECIFICITY_HI,
	METRIC_COUNT
};
struct metrics {
	double value[METRIC_COUNT];        /* NaN = null */
	const char *reason[METRIC_COUNT];  /* borrowed; NULL where there is a value */
};
const char *metrics_key(enum metric which); /* "auc_lo" */
bool metrics_is_count(enum metric which);   /* a whole number */
/*
 * m[0]: level "pooled"; m[1 + s]: level "site" of the group site[s] (n_sites).  estimates: of eval/estimates.h; borrowed for
 * the reasons.
 */
int metrics_from_estimates(struct metrics *m, const char *const *site, int64_t n_sites, const struct table *estimates);
/* {"n": ..., ..., "reasons": {"auc": "no diseased case"}} */
struct json *metrics_to_json(const struct metrics *m);
/* The reasons are borrowed from the tree. */
int metrics_from_json(struct metrics *m, const struct json *object, const char *where);
#ifdef __cplusplus
}
#endif
#endif

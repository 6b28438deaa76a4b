/*
 * What `xbmd evaluate` leaves in its folder:
 *	estimates.csv every figure, tidy (estimates.h): the source of the next two
 *	metrics.json  {about..., pooled: {...}, sites: {name: {...}}}; written last, so its presence means "complete"
 *	metrics.csv   level (pooled, site), site, one column per metric (metrics.h)
 *	roc.csv       level, site, threshold, sensitivity, specificity (test-positive = prediction <= threshold)
 *	points.csv    patient, site, reference, prediction, diseased: the rows used
 *	decision.csv  curve, threshold_probability, net_benefit, n
 * The same rows give the same bytes, whatever their order in the table.
 */
#ifndef EVAL_RESULTS_H
#define EVAL_RESULTS_H
#include <stdbool.h>
#include <stdint.h>
#include "eval/analysis.h"
#include "eval/cases.h"
#include "eval/metrics.h"
#include "eval/stats/roc.h"
#include "host/run/opt.h"
#ifdef __cplusplus
extern "C" {
#endif
#define RESULTS_METRICS_JSON "metrics.json"
#define RESULTS_METRICS_CSV "metrics.csv"
#define RESULTS_ROC "roc.csv"
#define RESULTS_POINTS "points.csv"
#define RESULTS_ESTIMATES "estimates.csv"
#define RESULTS_DECISION "decision.csv"

struct results_group {
	const char *site; /* NULL = pooled; borrowed from the cases */
	struct metrics metrics;
	struct roc_curve curve; /* n 0 without an AUC */
};
struct results {
	const struct cases *cases;           /* borrowed */
	const struct cases_request *request; /* borrowed */
	const struct analysis *analysis;     /* borrowed */
	struct memory block;
	struct results_group *group; /* (n) pooled first, then the sites by name */
	int64_t n;
};
struct results_about {
	const char *unit; /* NULL = unknown */
	const struct opt *options;
	bool aggregate; /* no file with rows of patients: neither points.csv nor roc.csv */
};
int results_init(struct results *r, const struct cases *c, const struct cases_request *request, const struct analysis *a);
void results_free(struct results *r);
/* ERR_OUTPUT when one of the files is there and force is false; else makes the folder. */
int results_check_output(const char *folder, bool force);
int results_write(const struct results *r, const struct results_about *about, const char *folder);
#ifdef __cplusplus
}
#endif
#endif

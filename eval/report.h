/* The folder that `xbmd evaluate` wrote, read back for figures and the page. */
#ifndef EVAL_REPORT_H
#define EVAL_REPORT_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "eval/cases.h"
#include "eval/estimate_view.h"
#include "eval/metrics.h"
#include "eval/montage.h"
#include "host/files/json.h"
#ifdef __cplusplus
extern "C" {
#endif
#define REPORT_SYNTHETIC "Synthetic cohort: for development, no clinical evidence"

struct report_point {
	double false_positive_rate, sensitivity;
};
struct report_group {
	const char *name; /* "pooled" or the site */
	struct metrics metrics;
	int64_t first, n;                 /* rows of the points */
	const struct report_point *curve; /* (n_curve) ROC from (0, 0) to (1, 1); n_curve 0 without an AUC */
	int64_t n_curve;
};
struct report {
	struct json *root; /* metrics.json; owns the texts below */
	struct cases points;
	struct estimate_view estimates;
	struct table decision;
	struct memory group_block, curve_block;
	struct report_group *group; /* (n) pooled first, then the sites */
	int64_t n;
	const char *reference, *prediction, *version; /* never NULL */
	const char *reference_meaning, *unit, *where, *positive, *criterion, *patient, *site; /* NULL = none */
	double threshold; /* NaN = none */
	bool synthetic;
	int decimals; /* that suit the quantity */
};
/* ERR_INPUT for a missing file, ERR_INVALID for files that do not belong together. */
int report_read(struct report *r, const char *folder);
void report_free(struct report *r);
/* The interval that leads for group g's r or auc; undefined without one. */
struct interval report_headline(const struct report *r, int64_t g, const char *statistic);
/* The whole page, with inline drawings.  montage NULL = none; title NULL = "<prediction> against <reference>". */
int report_page(FILE *out, const struct report *r, const struct montage *montage, const char *title);
#ifdef __cplusplus
}
#endif
#endif

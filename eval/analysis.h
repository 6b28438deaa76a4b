/* Everything that `xbmd evaluate` computes beside metrics.json: all rows, each site, subgroups, models, meta-analysis. */
#ifndef EVAL_ANALYSIS_H
#define EVAL_ANALYSIS_H
#include <stdbool.h>
#include <stdint.h>
#include "eval/analysis_meta.h"
#include "eval/cases.h"
#include "eval/estimates.h"
#include "eval/models.h"
#ifdef __cplusplus
extern "C" {
#endif
enum {
	ANALYSIS_BOOTSTRAP = 2000,
	ANALYSIS_BOOTSTRAP_ROWS = 20000,
	ANALYSIS_FEWEST = 10, /* patients (else rows) of a group that may be shared */
};
struct analysis_request {
	struct models_request models;
	const char *subgroups;   /* subgroups.h; NULL = none */
	const char *development; /* sites that choose the Youden cut; NULL = none */
	const char *repeats;     /* columns that, with the patient, name what was measured repeatedly; NULL = none */
	int64_t n_bootstrap;     /* -1 = 2000, none for a table of more than 20 000 rows; 0 = none */
	int64_t seed;
	bool aggregate;          /* the results will be shared: refuse groups so small that a patient shows through */
};
struct analysis {
	struct estimates estimates;
	struct table decision;     /* decision.csv */
	struct headline pooled;
	struct memory site_block;
	struct analysis_site *site; /* (n_sites) as in the cases; names borrowed from them */
	int64_t n_sites;
};
int analysis_run(struct analysis *a, const struct cases *c, const struct analysis_request *q);
void analysis_free(struct analysis *a);
#ifdef __cplusplus
}
#endif
#endif

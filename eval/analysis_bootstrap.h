#ifndef EVAL_ANALYSIS_BOOTSTRAP_H
#define EVAL_ANALYSIS_BOOTSTRAP_H
#include "eval/estimates.h"
#include "eval/stats/bootstrap.h"
#ifdef __cplusplus
extern "C" {
#endif
/* name_bootstrap, the percentile interval, and name_bca; nothing without b.  reason: where the value is not defined; NULL =
 * a plain one. */
void analysis_bootstrap(struct estimates *e, const struct bootstrap *b, const char *name, enum bootstrap_statistic which,
	double value, const char *reason);
#ifdef __cplusplus
}
#endif
#endif

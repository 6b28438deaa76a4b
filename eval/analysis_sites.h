#ifndef EVAL_ANALYSIS_SITES_H
#define EVAL_ANALYSIS_SITES_H
#include "eval/estimates.h"
#include "eval/sample.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * The cut of the highest Youden index on the development sites ("A,B"), as it does on each other site and on all of
 * them.  NULL = no development sites, no such cut.
 */
int analysis_youden(struct estimates *e, const struct cases *c, const char *development);
/* How many local patients repair a site: mean absolute error before and after, for 5, 10, 20, 50 and 100 of them. */
int analysis_recalibration(struct estimates *e, const struct sample *site, uint64_t seed);
/* Precision from rows that share patient and the texts of these columns ("side,region"); NULL = none stated. */
int analysis_repeats(struct estimates *e, const struct cases *c, const struct sample *all, const char *columns);
#ifdef __cplusplus
}
#endif
#endif

/*
 * The tidy table of everything computed, estimates.csv: one figure a row, with columns level, group, statistic, estimate,
 * lo, hi, n, method, reason.  lo and hi are the 95 % interval; what is not defined is n/a and has a reason.
 */
#ifndef EVAL_ESTIMATES_H
#define EVAL_ESTIMATES_H
#include <stdint.h>
#include "eval/stats/interval.h"
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
struct estimates {
	struct table table;
	const char *level, *group; /* of the rows to come; borrowed */
	int64_t n;                 /* the same */
};
void estimates_init(struct estimates *e);
void estimates_free(struct estimates *e);
/* level: pooled, site, subgroup, meta, leave_one_site_out ... */
void estimates_group(struct estimates *e, const char *level, const char *group, int64_t n);
/* method NULL = plain; reason: said where the value or its interval is not defined. */
void estimates_add(struct estimates *e, const char *statistic, double value, struct interval ci, const char *method,
	const char *reason);
/* Without an interval. */
void estimates_value(struct estimates *e, const char *statistic, double value, const char *method, const char *reason);
/* A figure that cannot be. */
void estimates_none(struct estimates *e, const char *statistic, const char *reason);
#ifdef __cplusplus
}
#endif
#endif

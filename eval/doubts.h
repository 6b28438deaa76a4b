/* What a table may hold and still makes one doubt it: said as warnings, so that a wrong column or unit is noticed. */
#ifndef EVAL_DOUBTS_H
#define EVAL_DOUBTS_H
#include "eval/cases.h"
#include "eval/metrics.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * Missing sites, a prediction on another scale or of the opposite sign, an AUC below one half, predicted densities that are
 * none.  pooled: of all rows; unit: of both columns, NULL = unknown.
 */
void doubts_tell(const struct cases *c, const struct metrics *pooled, const char *unit);
#ifdef __cplusplus
}
#endif
#endif

/*
 * Folds for cross-validation: participants, not films, are dealt out, so that both hips and all visits of one are in one
 * fold; within strata of site and thirds of the lowest BMD.  The file may be edited.
 */
#ifndef EVAL_FOLDS_H
#define EVAL_FOLDS_H
#include <stdint.h>
#include "host/files/table.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * participants: participant_id, site where there is one; dxa: participant_id, bmd_g_cm2.  t is empty before:
 * participant_id, site, stratum, fold (1 .. n_folds), by participant.  Leave-one-site-out is the column site.
 */
int folds_make(struct table *t, const struct table *participants, const struct table *dxa, int64_t n_folds,
	uint64_t seed);
#ifdef __cplusplus
}
#endif
#endif

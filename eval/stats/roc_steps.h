/*
 * The distinct scores of a sample with the cases and controls at each: all that AUC, its DeLong variance and
 * the curve depend on.  Ratings are counted in a table, in one pass; scores without many ties are sorted,
 * cases and controls apart, and merged.
 */
#ifndef EVAL_STATS_ROC_STEPS_H
#define EVAL_STATS_ROC_STEPS_H
#include <stdint.h>
#include "host/run/memory.h"
#ifdef __cplusplus
extern "C" {
#endif
struct roc_step {
	double key;
	uint32_t cases, controls;
};
struct roc_steps {
	struct memory block;
	struct roc_step *step; /* (n) by ascending key */
	int64_t n, n_cases, n_controls;
};
/*
 * key = sign * score; sign is 1 or -1; score[n] and is_case[n], 0 or 1.  ERR_INVALID for a score that is not
 * finite, ERR_RESOURCE for more than 2^32 - 3 rows.
 */
int roc_steps_init(struct roc_steps *s, const double *score, const uint8_t *is_case, int64_t n, double sign);
void roc_steps_free(struct roc_steps *s);
#ifdef __cplusplus
}
#endif
#endif

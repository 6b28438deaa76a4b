/*
 * The distinct scores of a sample with the cases and controls at each: all that AUC, its DeLong variance and
 * the curve depend on.  Ratings are counted in a table, in one pass; scores without many ties are sorted with
 * their class, and counted as they are walked over.
 */
#ifndef EVAL_STATS_ROC_STEPS_H
#define EVAL_STATS_ROC_STEPS_H
#include <stdbool.h>
#include <stdint.h>
#include "eval/stats/sort_labels.h"
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
	struct roc_step *rating; /* (n) by ascending key, or NULL */
	uint64_t *word;		 /* (n) or NULL: the rows of eval/stats/sort_labels.h, label = is a case */
	int64_t n, n_negative, n_cases, n_controls;
};
/*
 * key = sign * score; sign is 1 or -1; score[n] and is_case[n], 0 or 1.  ERR_INVALID for a score that is not
 * finite, ERR_RESOURCE for more than 2^32 - 1 rows.
 */
int roc_steps_init(struct roc_steps *s, const double *score, const uint8_t *is_case, int64_t n, double sign);
void roc_steps_free(struct roc_steps *s);
/* The step at *at by ascending key; *at, 0 at first, moves on.  False at the end. */
static inline bool roc_steps_next(struct roc_step *step, int64_t *at, const struct roc_steps *s)
{
	int64_t first = *at, i = first, cases = 0;
	if (i >= s->n)
		return false;
	if (s->rating) {
		*step = s->rating[(*at)++];
		return true;
	}
	const uint64_t *word = s->word, number = word[i] >> 1;
	do
		cases += (int64_t)(word[i++] & 1);
	while (i < s->n && word[i] >> 1 == number && i != s->n_negative);
	*at = i;
	*step = (struct roc_step){ sort_labels_number(word[first], first < s->n_negative), (uint32_t)cases,
		(uint32_t)(i - first - cases) };
	return true;
}
#ifdef __cplusplus
}
#endif
#endif

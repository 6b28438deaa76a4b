/*
 * The bootstrap by patient: patients are drawn with replacement, with all their rows.  A replicate is a set
 * of whole weights on the rows, sorted once, so each statistic costs O(n).  Replicate b is a function of
 * (seed, b) alone: the same numbers on any count of threads.  The jackknife by patient is run beside it, for
 * eval/stats/bootstrap_bca.h.
 */
#ifndef EVAL_STATS_BOOTSTRAP_H
#define EVAL_STATS_BOOTSTRAP_H
#include <stdint.h>
#include "eval/stats/interval.h"
#include "host/run/memory.h"
#ifdef __cplusplus
extern "C" {
#endif
enum bootstrap_statistic {
	BOOTSTRAP_R,
	BOOTSTRAP_RHO,
	BOOTSTRAP_CCC,
	BOOTSTRAP_ICC_2,
	BOOTSTRAP_ICC_3,
	BOOTSTRAP_SLOPE,
	BOOTSTRAP_DEMING,
	BOOTSTRAP_R2_IDENTITY,
	BOOTSTRAP_BIAS,
	BOOTSTRAP_SD,
	BOOTSTRAP_LOA_LO,
	BOOTSTRAP_LOA_HI,
	BOOTSTRAP_MAE,
	BOOTSTRAP_RMSE,
	BOOTSTRAP_SEE,
	BOOTSTRAP_AUC,
	BOOTSTRAP_SENSITIVITY,
	BOOTSTRAP_SPECIFICITY,
	BOOTSTRAP_PPV,
	BOOTSTRAP_NPV,
	BOOTSTRAP_ACCURACY,
	BOOTSTRAP_KAPPA,
	BOOTSTRAP_COUNT
};
struct bootstrap_sample {
	int64_t n, n_clusters;
	const double *reference, *prediction; /* (n) */
	const int64_t *cluster;		      /* (n) 0 .. n_clusters - 1 */
	const double *score;		      /* (n) lower = disease; NULL with diseased */
	const uint8_t *diseased, *called;     /* (n) truth and test; NULL = none */
};
enum { BOOTSTRAP_LEFT_OUT = 2000 };
struct bootstrap {
	struct memory block;
	int64_t n_replicates, n_left_out;
	double *value; /* (BOOTSTRAP_COUNT, n_replicates); NaN where a replicate does not define the statistic
			*/
	/* (BOOTSTRAP_COUNT, n_left_out) without one patient; of more than BOOTSTRAP_LEFT_OUT patients without
	 * every BOOTSTRAP_LEFT_OUT-th, of which the acceleration expected is the same. */
	double *left_out;
	double *sorted;			  /* (n_replicates) work space of the intervals */
	double estimate[BOOTSTRAP_COUNT]; /* of all rows */
};
int bootstrap_run(struct bootstrap *b, const struct bootstrap_sample *s, int64_t n_replicates, uint64_t seed);
void bootstrap_free(struct bootstrap *b);
/* Copies the replicates that define the statistic into b->sorted, unsorted; returns how many, 0 when over 5 %
 * do not. */
int64_t bootstrap_defined(const struct bootstrap *b, enum bootstrap_statistic which);
/* 2.5 and 97.5 percentiles; undefined when over 5 % of the replicates are. */
struct interval bootstrap_interval(const struct bootstrap *b, enum bootstrap_statistic which);
/* SD over the replicates; NaN when over 5 % of them are. */
double bootstrap_se(const struct bootstrap *b, enum bootstrap_statistic which);
#ifdef __cplusplus
}
#endif
#endif

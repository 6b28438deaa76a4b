/* The statistics of weighted rows, for bootstrap.c. */
#ifndef EVAL_STATS_BOOTSTRAP_ROWS_H
#define EVAL_STATS_BOOTSTRAP_ROWS_H
#include "eval/stats/bootstrap.h"
#ifdef __cplusplus
extern "C" {
#endif
/* A sample with the orders that its statistics need; x = reference and y = prediction, about their means. */
struct bootstrap_rows {
	struct memory block;
	const struct bootstrap_sample *sample;
	double shift;	     /* mean of y - mean of x, taken out of y - x by the centring */
	const double *x, *y; /* (n) */
	const int64_t *by_x, *by_y,
		*by_score; /* (n) rows in ascending order; by_score NULL without disease */
};
int bootstrap_rows_init(struct bootstrap_rows *r, const struct bootstrap_sample *s);
void bootstrap_rows_free(struct bootstrap_rows *r);
/* weight[n]: how often each row was drawn; rank[n]: work space. */
void bootstrap_rows_apply(double statistic[BOOTSTRAP_COUNT], const struct bootstrap_rows *r,
	const int32_t *weight, double *rank);
#ifdef __cplusplus
}
#endif
#endif

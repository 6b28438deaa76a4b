/* Midranks, and Spearman's correlation on them. */
#ifndef EVAL_STATS_RANK_H
#define EVAL_STATS_RANK_H
#include <stdint.h>
#include "eval/stats/interval.h"
#ifdef __cplusplus
extern "C" {
#endif
/* order[n]: the rows by ascending x, equal ones by row.  x finite. */
int rank_order(int64_t *order, const double *x, int64_t n);
/* rank[n]: 1 .. n, the mean rank for equal values. */
int rank_midranks(double *rank, const double *x, int64_t n);
struct rank_correlation {
	double rho;	    /* NaN for n < 3 or a constant column */
	struct interval ci; /* z scale, SE^2 = (1 + rho^2/2) / (n - 3) (Bonett and Wright 2000); n >= 4 */
};
int rank_spearman(struct rank_correlation *s, const double *x, const double *y, int64_t n);
#ifdef __cplusplus
}
#endif
#endif

/* A test against the truth: sensitivity and its relatives, each with Wilson's and Clopper and Pearson's
 * interval. */
#ifndef EVAL_STATS_TWO_BY_TWO_H
#define EVAL_STATS_TWO_BY_TWO_H
#include <stdint.h>
#include "eval/stats/interval.h"
#ifdef __cplusplus
extern "C" {
#endif
struct proportion {
	int64_t x, n;
	double value; /* NaN for n = 0 */
	struct interval wilson, exact;
};
struct proportion proportion_of(int64_t x, int64_t n);

struct likelihood_ratio {
	double value;	    /* NaN where a cell it divides by is 0 */
	struct interval ci; /* on the log scale (Simel et al. 1991) */
};
struct two_by_two {
	int64_t tp, fn, tn, fp;
	struct proportion sensitivity, specificity, ppv, npv, accuracy;
	struct likelihood_ratio positive, negative;
};
void two_by_two_compute(struct two_by_two *t, int64_t tp, int64_t fn, int64_t tn, int64_t fp);

/* McNemar's test of two tests on the same rows: b and c are the discordant counts. */
struct mcnemar {
	double chi2, p;			    /* without continuity correction; NaN for b + c = 0 */
	double chi2_corrected, p_corrected; /* (|b - c| - 1)^2 / (b + c) */
	double p_exact;			    /* binomial, two-sided */
};
struct mcnemar two_by_two_mcnemar(int64_t b, int64_t c);
/* Net benefit at a threshold probability (Vickers and Elkin 2006); treat none is 0. */
double two_by_two_net_benefit(int64_t tp, int64_t fp, int64_t n, double threshold_probability);
#ifdef __cplusplus
}
#endif
#endif

/* Logistic regression with an intercept, by iteratively reweighted least squares. */
#ifndef EVAL_STATS_LOGISTIC_H
#define EVAL_STATS_LOGISTIC_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { LOGISTIC_TERMS = 12 }; /* at most, the intercept included */
struct logistic {
	int n_terms;					 /* 0 = none fitted */
	double beta[LOGISTIC_TERMS], se[LOGISTIC_TERMS]; /* intercept first */
	double log_likelihood, null_deviance, brier;
};
/*
 * x[n * n_columns], row by row; y[n] 0 or 1.  Returns NULL, or why there is no fit: one class only, too few
 * rows, columns that determine each other, classes a plane separates.
 */
const char *logistic_fit(struct logistic *l, const double *x, const uint8_t *y, int64_t n, int n_columns);
double logistic_probability(const struct logistic *l, const double *x); /* of one row */
#ifdef __cplusplus
}
#endif
#endif

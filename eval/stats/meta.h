/*
 * Meta-analysis of one figure over sites: fixed effect, random effects by DerSimonian and Laird (1986) and by
 * restricted maximum likelihood, the latter run to convergence; Hartung and Knapp's (2001) standard error;
 * prediction interval of Higgins, Thompson and Spiegelhalter (2009): t with k - 2 degrees of freedom.
 */
#ifndef EVAL_STATS_META_H
#define EVAL_STATS_META_H
#include <stdbool.h>
#include <stdint.h>
#include "eval/stats/interval.h"
#ifdef __cplusplus
extern "C" {
#endif
enum meta_method { META_FIXED, META_DL, META_REML };
struct meta {
	int64_t k; /* sites */
	double estimate, se;
	struct interval ci;	     /* normal; Hartung-Knapp: t with k - 1 */
	struct interval prediction;  /* of a new site's true value; k >= 3, random effects */
	double q, q_p;		     /* Cochran's Q, chi-square with k - 1 */
	double tau2, i2_percent, h2; /* between-site variance; its share (Higgins and Thompson 2002) */
	struct interval tau2_ci;     /* Q profile (Viechtbauer 2007) */
};
/* y[k] with variances v[k] > 0; all NaN for k = 0, the between-site parts for k = 1. */
void meta_compute(struct meta *m, const double *y, const double *v, int64_t k, enum meta_method method,
	bool hartung_knapp);
#ifdef __cplusplus
}
#endif
#endif

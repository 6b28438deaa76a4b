/*
 * Agreement of a prediction with a reference.  Differences are prediction - reference.  Every field that the
 * data do not define (too few rows, a constant column) is NaN.
 */
#ifndef EVAL_STATS_AGREEMENT_H
#define EVAL_STATS_AGREEMENT_H
#include <stdbool.h>
#include <stdint.h>
#include "eval/stats/interval.h"
#ifdef __cplusplus
extern "C" {
#endif
#define AGREEMENT_LOA_SD 1.96 /* limits of agreement: bias +- 1.96 SD (Bland and Altman 1986) */

/* A least-squares line; n >= 3. */
struct agreement_line {
	double slope, intercept;
	double slope_se; /* and the interval: t with n - 2 degrees of freedom */
	struct interval slope_ci;
	double slope_p;	    /* of slope 0, two-sided */
	double residual_sd; /* n - 2 */
};
struct agreement {
	int64_t n;
	double reference_mean, reference_sd; /* SD with n - 1 */
	double prediction_mean, prediction_sd;
	bool reference_constant, prediction_constant;
	double r;			   /* Pearson; n >= 3 */
	struct interval r_ci;		   /* Fisher, SE 1/sqrt(n - 3); n >= 4 */
	double slope, intercept;	   /* least squares: prediction on reference; n >= 3 */
	struct agreement_line calibration; /* reference on prediction: slope 1, intercept 0 is calibrated; its
					      residual SD is the standard error of estimate */
	double r2_identity;	 /* 1 - sum of d^2 / sum of squares of the reference about its mean */
	double ccc;		 /* Lin 1989, moments with n; n >= 3 */
	struct interval ccc_ci;	 /* on the z scale, Lin's variance with n - 2 */
	double mae, rmse, bias;	 /* n >= 1 */
	double sd;		 /* of the differences, n - 1; n >= 2 */
	struct interval bias_ci; /* t with n - 1 degrees of freedom */
	struct interval loa;	 /* limits of agreement */
	double loa_se;		 /* of each limit: sd sqrt(1/n + 1.96^2 / (2 (n - 1))) */
	struct interval loa_lo_ci, loa_hi_ci; /* t with n - 1 degrees of freedom */
	struct agreement_line trend;	      /* difference on mean of the two */
};
/* reference[n], prediction[n]: finite, in one unit. */
void agreement_compute(struct agreement *a, const double *reference, const double *prediction, int64_t n);
#ifdef __cplusplus
}
#endif
#endif

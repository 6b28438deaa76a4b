/*
 * Precision from repeated measurements (Glueer et al. 1995, Osteoporos Int 5:262): root-mean-square SD and CV
 * over subjects, and the least significant change 2.77 RMS-SD at the 95 % level.
 */
#ifndef EVAL_STATS_REPEATS_H
#define EVAL_STATS_REPEATS_H
#include <stdint.h>
#include "eval/stats/interval.h"
#ifdef __cplusplus
extern "C" {
#endif
#define REPEATS_LSC 2.77 /* 1.96 sqrt(2) */
struct repeats {
	int64_t n_subjects, df;		    /* subjects with two or more values; sum of (values - 1) */
	double rms_sd, rms_cv_percent, lsc; /* NaN without a repeated subject; CV also when a mean is 0 */
	struct interval rms_sd_ci, lsc_ci;  /* chi-square with df */
};
/* value[n], rows of one subject next to each other; subject[n]. */
void repeats_compute(struct repeats *r, const double *value, const int64_t *subject, int64_t n);
#ifdef __cplusplus
}
#endif
#endif

/*
 * Intraclass correlations of Shrout and Fleiss (1979, Psychol Bull 86:420) with the intervals of McGraw and
 * Wong (1996, Psychol Methods 1:30).  (1,.): each subject has raters of its own; (2,.): the raters are a
 * sample, absolute agreement; (3,.): the raters are fixed, consistency.  (.,1) is one rating's, (.,k) that of
 * the mean of all.
 */
#ifndef EVAL_STATS_ICC_H
#define EVAL_STATS_ICC_H
#include <stdint.h>
#include "eval/stats/interval.h"
#ifdef __cplusplus
extern "C" {
#endif
enum icc_form { ICC_1, ICC_2, ICC_3, ICC_FORMS };
struct icc_value {
	double value; /* NaN when not defined; may be negative */
	struct interval ci;
};
struct icc {
	int64_t n_subjects, n_raters;
	double ms_subjects, ms_raters, ms_error; /* mean squares of the two-way table */
	double ms_within;			 /* of the one-way table */
	struct icc_value single[ICC_FORMS], average[ICC_FORMS];
};
/* ratings[n_subjects * n_raters], subject by subject; all NaN with fewer than two of either or without any
 * spread. */
void icc_compute(struct icc *c, const double *ratings, int64_t n_subjects, int64_t n_raters);
#ifdef __cplusplus
}
#endif
#endif

/*
 * 95 % confidence intervals.  NaN bounds where the interval is not defined.
 */
#ifndef EVAL_STATS_INTERVAL_H
#define EVAL_STATS_INTERVAL_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define INTERVAL_Z 1.959963984540054 /* the normal distribution's 0.975 quantile */
struct interval {
	double lo, hi;
};
struct interval interval_undefined(void);
/* estimate +- z SE, clipped to [lowest, highest]. */
struct interval interval_wald(double estimate, double se, double lowest, double highest);
/* On the logit scale, SE(logit p) = SE / (p (1 - p)); undefined for p = 0 and 1. */
struct interval interval_logit(double p, double se);
/* On a z = atanh scale with the given SE there (Fisher); undefined for |r| >= 1. */
struct interval interval_atanh(double r, double se_z);
/* mean +- t(0.975, df) SE. */
struct interval interval_t(double mean, double se, double df);
/* A proportion x of n, 0 <= x <= n: exact (Clopper and Pearson 1934) and score (Wilson 1927). */
struct interval interval_clopper_pearson(int64_t x, int64_t n);
struct interval interval_wilson(int64_t x, int64_t n);
#ifdef __cplusplus
}
#endif
#endif

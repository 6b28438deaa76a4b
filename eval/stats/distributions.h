/*
 * Distribution functions, from the CDFLIB in libnifticdf (DiDonato and Morris 1992, ACM TOMS algorithm 708,
 * for the incomplete beta function).  Quantiles are found by bisection on those functions down to the last
 * bits, since CDFLIB's own inverses stop at 1e-8.  CDFLIB keeps static variables: call from one thread only.
 */
#ifndef EVAL_STATS_DISTRIBUTIONS_H
#define EVAL_STATS_DISTRIBUTIONS_H
#ifdef __cplusplus
extern "C" {
#endif
double distributions_normal_cdf(double z);
double distributions_t_cdf(double t, double df);	     /* df > 0 */
double distributions_beta_cdf(double x, double a, double b); /* 0 <= x <= 1; a, b > 0 */
/* p in (0, 1). */
double distributions_normal_quantile(double p);
double distributions_t_quantile(double p, double df);
double distributions_beta_quantile(double p, double a, double b);
double distributions_f_quantile(double p, double df1, double df2);
double distributions_chi2_quantile(double p, double df);
/* P(X > x), without cancellation. */
double distributions_chi2_upper(double x, double df); /* x >= 0 */
double distributions_f_upper(double f, double df1, double df2);
/* P(|X| >= |x|): two-sided p-values. */
double distributions_normal_two_sided(double z);
double distributions_t_two_sided(double t, double df);
#ifdef __cplusplus
}
#endif
#endif

#include "eval/stats/interval.h"

#include <math.h>

#include "eval/stats/distributions.h"

struct interval interval_undefined(void)
{
	return (struct interval){ NAN, NAN };
}

/* Not fmin/fmax: those would turn a NaN into the bound. */
static double clip(double x, double lowest, double highest)
{
	return x < lowest ? lowest : x > highest ? highest : x;
}

struct interval interval_wald(double estimate, double se, double lowest, double highest)
{
	return (struct interval){ clip(estimate - INTERVAL_Z * se, lowest, highest),
		clip(estimate + INTERVAL_Z * se, lowest, highest) };
}

struct interval interval_logit(double p, double se)
{
	if (!(p > 0 && p < 1))
		return interval_undefined();
	double centre = log(p / (1 - p)), half = INTERVAL_Z * se / (p * (1 - p));
	return (struct interval){ 1 / (1 + exp(half - centre)), 1 / (1 + exp(-half - centre)) };
}

struct interval interval_atanh(double r, double se_z)
{
	if (!(fabs(r) < 1))
		return interval_undefined();
	return (struct interval){ tanh(atanh(r) - INTERVAL_Z * se_z), tanh(atanh(r) + INTERVAL_Z * se_z) };
}

struct interval interval_t(double mean, double se, double df)
{
	if (!(df >= 1))
		return interval_undefined();
	double half = distributions_t_quantile(0.975, df) * se;
	return (struct interval){ mean - half, mean + half };
}

struct interval interval_clopper_pearson(int64_t x, int64_t n)
{
	if (n < 1)
		return interval_undefined();
	double a = (double)x, b = (double)(n - x);
	return (struct interval){ x == 0 ? 0 : distributions_beta_quantile(0.025, a, b + 1),
		x == n ? 1 : distributions_beta_quantile(0.975, a + 1, b) };
}

struct interval interval_wilson(int64_t x, int64_t n)
{
	if (n < 1)
		return interval_undefined();
	double size = (double)n, p = (double)x / size, z2 = INTERVAL_Z * INTERVAL_Z;
	double centre = (p + z2 / (2 * size)) / (1 + z2 / size);
	double half = INTERVAL_Z / (1 + z2 / size) * sqrt(p * (1 - p) / size + z2 / (4 * size * size));
	return (struct interval){ x == 0 ? 0 : centre - half, x == n ? 1 : centre + half };
}

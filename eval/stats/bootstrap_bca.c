#include "eval/stats/bootstrap_bca.h"

#include <math.h>

#include "eval/stats/distributions.h"
#include "eval/stats/order.h"

double bootstrap_acceleration(const struct bootstrap *b, enum bootstrap_statistic which)
{
	const double *left_out = b->left_out + which * b->n_left_out;
	double mean = 0, size = 0, square = 0, cube = 0;
	for (int64_t g = 0; g < b->n_left_out; g++) {
		mean += left_out[g] / (double)b->n_left_out;
		size = fmax(size, fabs(left_out[g]));
	}
	for (int64_t g = 0; g < b->n_left_out; g++) {
		double below = mean - left_out[g];
		square += below * below;
		cube += below * below * below;
	}
	double rounding = 1e-14 * size;
	if (!(square > rounding * rounding * (double)b->n_left_out))
		return NAN;
	return cube / (6 * pow(square, 1.5));
}

/* The normal quantile of the share of replicates below the estimate; infinite when all lie on one side. */
static double bias_correction(const double *replicate, int64_t n, double estimate)
{
	int64_t twice_below = 0;
	for (int64_t k = 0; k < n; k++)
		twice_below += (replicate[k] < estimate) + (replicate[k] <= estimate);
	if (twice_below == 0 || twice_below == 2 * n)
		return INFINITY;
	return distributions_normal_quantile((double)twice_below / (2.0 * (double)n));
}

/* The level at which the percentile stands for the normal quantile z; NaN beyond the pole. */
static double level(double z, double bias, double acceleration)
{
	double shifted = bias + z, scale = 1 - acceleration * shifted;
	return scale > 0 ? distributions_normal_cdf(bias + shifted / scale) : NAN;
}

struct interval bootstrap_bca(const struct bootstrap *b, enum bootstrap_statistic which)
{
	int64_t n = bootstrap_defined(b, which);
	double acceleration = bootstrap_acceleration(b, which),
	       bias = bias_correction(b->sorted, n, b->estimate[which]);
	if (n == 0 || !isfinite(acceleration) || !isfinite(bias))
		return interval_undefined();
	double lo = level(-INTERVAL_Z, bias, acceleration), hi = level(INTERVAL_Z, bias, acceleration);
	if (isnan(lo) || isnan(hi))
		return interval_undefined();
	lo = order_quantile(b->sorted, n, lo);
	return (struct interval){ lo, order_quantile(b->sorted, n, hi) };
}

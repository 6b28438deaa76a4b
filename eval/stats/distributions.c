#include "eval/stats/distributions.h"

#include <math.h>
#include <nifti/nifticdf.h>

struct tails {
	double lower, upper; /* P(X <= x), P(X > x) */
};
struct family {
	struct tails (*tails)(double x, const double *parameter);
	double parameter[2];
};

static struct tails normal_tails(double x, const double *parameter)
{
	(void)parameter;
	struct tails t;
	cumnor(&x, &t.lower, &t.upper);
	return t;
}

static struct tails t_tails(double x, const double *parameter)
{
	double df = parameter[0];
	struct tails t;
	cumt(&x, &df, &t.lower, &t.upper);
	return t;
}

static struct tails beta_tails(double x, const double *parameter)
{
	double y = 1 - x, a = parameter[0], b = parameter[1];
	struct tails t;
	cumbet(&x, &y, &a, &b, &t.lower, &t.upper);
	return t;
}

static struct tails chi2_tails(double x, const double *parameter)
{
	double df = parameter[0];
	struct tails t;
	cumchi(&x, &df, &t.lower, &t.upper);
	return t;
}

static struct tails f_tails(double x, const double *parameter)
{
	double df1 = parameter[0], df2 = parameter[1];
	struct tails t;
	cumf(&x, &df1, &df2, &t.lower, &t.upper);
	return t;
}

/* True when x lies below the p-quantile; the smaller tail decides, it has the better relative accuracy. */
static int is_below(const struct family *f, double x, double p)
{
	struct tails t = f->tails(x, f->parameter);
	return p <= 0.5 ? t.lower < p : t.upper > 1 - p;
}

/* Bisection in [low, high] until no number lies between. */
static double bisect(const struct family *f, double low, double high, double p)
{
	for (;;) {
		double middle = low + (high - low) / 2;
		if (!(low < middle && middle < high))
			return high;
		if (is_below(f, middle, p))
			low = middle;
		else
			high = middle;
	}
}

static double bisect_line(const struct family *f, double p)
{
	double low = -1, high = 1;
	while (!is_below(f, low, p) && low > -1e300)
		low *= 2;
	while (is_below(f, high, p) && high < 1e300)
		high *= 2;
	return bisect(f, low, high, p);
}

static double bisect_half_line(const struct family *f, double p)
{
	double high = 1;
	while (is_below(f, high, p) && high < 1e300)
		high *= 2;
	return bisect(f, 0, high, p);
}

double distributions_normal_cdf(double z)
{
	return normal_tails(z, 0).lower;
}

double distributions_t_cdf(double t, double df)
{
	return t_tails(t, &df).lower;
}

double distributions_beta_cdf(double x, double a, double b)
{
	const double parameter[2] = { a, b };
	return beta_tails(x, parameter).lower;
}

double distributions_normal_quantile(double p)
{
	const struct family f = { normal_tails, { 0, 0 } };
	return bisect_line(&f, p);
}

double distributions_t_quantile(double p, double df)
{
	const struct family f = { t_tails, { df, 0 } };
	return bisect_line(&f, p);
}

double distributions_beta_quantile(double p, double a, double b)
{
	const struct family f = { beta_tails, { a, b } };
	return bisect(&f, 0, 1, p);
}

double distributions_f_quantile(double p, double df1, double df2)
{
	const struct family f = { f_tails, { df1, df2 } };
	return bisect_half_line(&f, p);
}

double distributions_chi2_quantile(double p, double df)
{
	const struct family f = { chi2_tails, { df, 0 } };
	return bisect_half_line(&f, p);
}

double distributions_chi2_upper(double x, double df)
{
	return isfinite(x) ? chi2_tails(x, &df).upper : NAN;
}

double distributions_f_upper(double f, double df1, double df2)
{
	const double parameter[2] = { df1, df2 };
	return isfinite(f) ? f_tails(f, parameter).upper : NAN;
}

double distributions_normal_two_sided(double z)
{
	return isfinite(z) ? 2 * normal_tails(-fabs(z), 0).lower : NAN;
}

double distributions_t_two_sided(double t, double df)
{
	return isfinite(t) && df > 0 ? 2 * t_tails(-fabs(t), &df).lower : NAN;
}

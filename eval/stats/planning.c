#include "eval/stats/planning.h"

#include <math.h>

#include "eval/stats/agreement.h"
#include "eval/stats/distributions.h"

struct wish {
	double figure, null_figure, prevalence, target;
};
typedef int is_met(const struct wish *w, int64_t n);

/* The fewest rows, from `fewest` on, that meet a wish that more rows never break. */
static int64_t search(const struct wish *w, is_met *met, int64_t fewest)
{
	int64_t low = fewest - 1, high = fewest;
	while (high <= PLANNING_MOST && !met(w, high)) {
		low = high;
		high *= 2;
	}
	if (high > PLANNING_MOST)
		return -1;
	while (high - low > 1) {
		int64_t middle = low + (high - low) / 2;
		if (met(w, middle))
			high = middle;
		else
			low = middle;
	}
	return high;
}

struct interval planning_r_interval(double r, int64_t n)
{
	return n < 4 ? interval_undefined() : interval_atanh(r, 1 / sqrt((double)n - 3));
}

static int r_is_narrow(const struct wish *w, int64_t n)
{
	struct interval ci = planning_r_interval(w->figure, n);
	return w->figure - ci.lo <= w->target && ci.hi - w->figure <= w->target;
}

int64_t planning_r_rows(double r, double half)
{
	const struct wish w = { .figure = r, .target = half };
	return search(&w, r_is_narrow, 4);
}

/* Power of a two-sided normal test whose statistic has this mean. */
static double power_at(double shift)
{
	return distributions_normal_cdf(shift - INTERVAL_Z) + distributions_normal_cdf(-shift - INTERVAL_Z);
}

double planning_r_power(double r, double r0, int64_t n)
{
	return n < 4 ? NAN : power_at(fabs(atanh(r) - atanh(r0)) * sqrt((double)n - 3));
}

static int r_has_power(const struct wish *w, int64_t n)
{
	return planning_r_power(w->figure, w->null_figure, n) >= w->target;
}

int64_t planning_r_power_rows(double r, double r0, double power)
{
	const struct wish w = { .figure = r, .null_figure = r0, .target = power };
	return search(&w, r_has_power, 4);
}

double planning_auc_se(double auc, double prevalence, int64_t n)
{
	double cases = prevalence * (double)n, controls = (1 - prevalence) * (double)n;
	double q1 = auc / (2 - auc), q2 = 2 * auc * auc / (1 + auc);
	double sum = auc * (1 - auc) + (cases - 1) * (q1 - auc * auc) + (controls - 1) * (q2 - auc * auc);
	return cases < 1 || controls < 1 ? NAN : sqrt(sum / (cases * controls));
}

static int auc_is_narrow(const struct wish *w, int64_t n)
{
	return INTERVAL_Z * planning_auc_se(w->figure, w->prevalence, n) <= w->target;
}

int64_t planning_auc_rows(double auc, double prevalence, double half)
{
	const struct wish w = { .figure = auc, .prevalence = prevalence, .target = half };
	return search(&w, auc_is_narrow, 2);
}

double planning_auc_power(double auc, double auc0, double prevalence, int64_t n)
{
	double null_se = planning_auc_se(auc0, prevalence, n), se = planning_auc_se(auc, prevalence, n);
	double gap = fabs(auc - auc0);
	return distributions_normal_cdf((gap - INTERVAL_Z * null_se) / se) +
	       distributions_normal_cdf((-gap - INTERVAL_Z * null_se) / se);
}

static int auc_has_power(const struct wish *w, int64_t n)
{
	return planning_auc_power(w->figure, w->null_figure, w->prevalence, n) >= w->target;
}

int64_t planning_auc_power_rows(double auc, double auc0, double prevalence, double power)
{
	const struct wish w = { auc, auc0, prevalence, power };
	return search(&w, auc_has_power, 2);
}

double planning_loa_half(double sd, int64_t n)
{
	double size = (double)n, square = AGREEMENT_LOA_SD * AGREEMENT_LOA_SD;
	if (n < 2)
		return NAN;
	return distributions_t_quantile(0.975, size - 1) * sd * sqrt(1 / size + square / (2 * (size - 1)));
}

static int loa_is_narrow(const struct wish *w, int64_t n)
{
	return planning_loa_half(w->figure, n) <= w->target;
}

int64_t planning_loa_rows(double sd, double half)
{
	const struct wish w = { .figure = sd, .target = half };
	return search(&w, loa_is_narrow, 2);
}

double planning_design_effect(double m, double icc)
{
	return 1 + (m - 1) * icc;
}

#include "eval/stats/two_by_two.h"

#include <math.h>
#include <stdlib.h>

#include "eval/stats/distributions.h"

struct proportion proportion_of(int64_t x, int64_t n)
{
	return (struct proportion){ x, n, n > 0 ? (double)x / (double)n : NAN, interval_wilson(x, n),
		interval_clopper_pearson(x, n) };
}

/* (a / m) / (b / n). */
static struct likelihood_ratio ratio_of(int64_t a, int64_t m, int64_t b, int64_t n)
{
	struct likelihood_ratio r = { NAN, interval_undefined() };
	if (m == 0 || n == 0 || b == 0)
		return r;
	r.value = ((double)a / (double)m) / ((double)b / (double)n);
	if (a == 0)
		return r;
	double se = sqrt(1 / (double)a - 1 / (double)m + 1 / (double)b - 1 / (double)n);
	r.ci = (struct interval){ r.value * exp(-INTERVAL_Z * se), r.value * exp(INTERVAL_Z * se) };
	return r;
}

void two_by_two_compute(struct two_by_two *t, int64_t tp, int64_t fn, int64_t tn, int64_t fp)
{
	*t = (struct two_by_two){ .tp = tp, .fn = fn, .tn = tn, .fp = fp };
	t->sensitivity = proportion_of(tp, tp + fn);
	t->specificity = proportion_of(tn, tn + fp);
	t->ppv = proportion_of(tp, tp + fp);
	t->npv = proportion_of(tn, tn + fn);
	t->accuracy = proportion_of(tp + tn, tp + fn + tn + fp);
	t->positive = ratio_of(tp, tp + fn, fp, tn + fp);
	t->negative = ratio_of(fn, tp + fn, tn, tn + fp);
}

struct mcnemar two_by_two_mcnemar(int64_t b, int64_t c)
{
	struct mcnemar m = { NAN, NAN, NAN, NAN, NAN };
	double sum = (double)(b + c), difference = fabs((double)(b - c)), less = (double)(b < c ? b : c);
	if (sum == 0)
		return m;
	double corrected = difference > 1 ? difference - 1 : 0;
	m.chi2 = difference * difference / sum;
	m.p = distributions_chi2_upper(m.chi2, 1);
	m.chi2_corrected = corrected * corrected / sum;
	m.p_corrected = distributions_chi2_upper(m.chi2_corrected, 1);
	/* P(X <= less) of a fair binomial is a beta function. */
	double tail = b == c ? 0.5 : distributions_beta_cdf(0.5, sum - less, less + 1);
	m.p_exact = tail >= 0.5 ? 1 : 2 * tail;
	return m;
}

double two_by_two_net_benefit(int64_t tp, int64_t fp, int64_t n, double threshold_probability)
{
	double odds = threshold_probability / (1 - threshold_probability);
	return ((double)tp - odds * (double)fp) / (double)n;
}

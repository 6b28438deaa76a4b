#include "eval/stats/meta.h"

#include <math.h>

#include "eval/stats/distributions.h"

struct studies {
	const double *y, *v;
	int64_t k;
};
/* Inverse-variance sums with tau2 added to each variance. */
struct weighted {
	double w, w2, mean;
	double q;  /* sum of w (y - mean)^2 */
	double q2; /* sum of w^2 (y - mean)^2 */
};

static struct weighted weigh(const struct studies *s, double tau2)
{
	struct weighted sum = { 0, 0, 0, 0, 0 };
	for (int64_t i = 0; i < s->k; i++) {
		double w = 1 / (s->v[i] + tau2);
		sum.w += w;
		sum.w2 += w * w;
		sum.mean += w * s->y[i];
	}
	sum.mean /= sum.w;
	for (int64_t i = 0; i < s->k; i++) {
		double w = 1 / (s->v[i] + tau2), d = s->y[i] - sum.mean;
		sum.q += w * d * d;
		sum.q2 += w * w * d * d;
	}
	return sum;
}

typedef double excess_of(const struct studies *s, double tau2, double target);

/* Twice the derivative of the restricted log-likelihood. */
static double reml_score(const struct studies *s, double tau2, double target)
{
	struct weighted sum = weigh(s, tau2);
	return sum.q2 - (sum.w - sum.w2 / sum.w) - target;
}

static double q_excess(const struct studies *s, double tau2, double target)
{
	return weigh(s, tau2).q - target;
}

/* The tau2 >= 0 where a function that falls through 0 does so; 0 when it starts below. */
static double fall_through(excess_of *excess, const struct studies *s, double target)
{
	double low = 0, high = 1e-6;
	if (!(excess(s, 0, target) > 0))
		return 0;
	while (excess(s, high, target) > 0 && high < 1e12)
		high *= 2;
	for (;;) {
		double middle = low + (high - low) / 2;
		if (!(low < middle && middle < high))
			return high;
		if (excess(s, middle, target) > 0)
			low = middle;
		else
			high = middle;
	}
}

static double tau2_of(const struct studies *s, enum meta_method method)
{
	if (s->k < 2 || method == META_FIXED)
		return 0;
	if (method == META_REML)
		return fall_through(reml_score, s, 0);
	struct weighted sum = weigh(s, 0);
	double excess = (sum.q - (double)(s->k - 1)) / (sum.w - sum.w2 / sum.w);
	return excess > 0 ? excess : 0;
}

static void set_heterogeneity(struct meta *m, const struct studies *s, enum meta_method method)
{
	struct weighted sum = weigh(s, 0);
	double df = (double)(s->k - 1), typical = df * sum.w / (sum.w * sum.w - sum.w2);
	double tau2 = method == META_FIXED ? tau2_of(s, META_DL) : m->tau2;
	m->q = sum.q;
	m->q_p = distributions_chi2_upper(sum.q, df);
	m->i2_percent = 100 * tau2 / (tau2 + typical);
	m->h2 = tau2 / typical + 1;
	m->tau2_ci.lo = fall_through(q_excess, s, distributions_chi2_quantile(0.975, df));
	m->tau2_ci.hi = fall_through(q_excess, s, distributions_chi2_quantile(0.025, df));
}

void meta_compute(struct meta *m, const double *y, const double *v, int64_t k, enum meta_method method,
	bool hartung_knapp)
{
	const struct studies s = { y, v, k };
	const struct interval none = interval_undefined();
	*m = (struct meta){ k, NAN, NAN, none, none, NAN, NAN, NAN, NAN, NAN, none };
	if (k < 1)
		return;
	double tau2 = tau2_of(&s, method), df = (double)(k - 1);
	struct weighted sum = weigh(&s, tau2);
	m->estimate = sum.mean;
	m->se = sqrt(1 / sum.w);
	m->ci = interval_wald(m->estimate, m->se, -INFINITY, INFINITY);
	if (k < 2)
		return;
	m->tau2 = tau2;
	set_heterogeneity(m, &s, method);
	if (hartung_knapp) {
		m->se = sqrt(sum.q / (df * sum.w));
		m->ci = interval_t(m->estimate, m->se, df);
	}
	if (k >= 3 && method != META_FIXED)
		m->prediction = interval_t(m->estimate, sqrt(m->se * m->se + tau2), df - 1);
}

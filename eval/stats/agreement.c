#include "eval/stats/agreement.h"

#include <math.h>

#include "eval/stats/distributions.h"
#include "eval/stats/moments.h"

/* Lin LI (1989) A concordance correlation coefficient to evaluate reproducibility, Biometrics 45:255, with
 * its 2000 correction of the variance. */
static void set_ccc(struct agreement *a, const struct moments *m)
{
	double n = (double)m->n, vx = m->sxx / n, vy = m->syy / n, shift = m->mean_x - m->mean_y;
	double c = 2 * m->sxy / n / (vx + vy + shift * shift);
	a->ccc = c;
	if (a->r == 0)
		return;
	double r = a->r, u2 = shift * shift / sqrt(vx * vy);
	double variance = ((1 - r * r) * c * c * (1 - c * c) / (r * r) + 2 * c * c * c * (1 - c) * u2 / r -
				  c * c * c * c * u2 * u2 / (2 * r * r)) /
			  (n - 2);
	if (variance >= 0)
		a->ccc_ci = interval_atanh(c, sqrt(variance) / (1 - c * c));
}

/* y on x. */
static struct agreement_line line_of(const struct moments *m)
{
	struct agreement_line l = { NAN, NAN, NAN, interval_undefined(), NAN, NAN };
	double df = (double)m->n - 2;
	if (m->n < 3 || m->x_constant)
		return l;
	l.slope = moments_slope(m);
	l.intercept = m->mean_y - l.slope * m->mean_x;
	double residual = m->syy - l.slope * m->sxy;
	l.residual_sd = residual > 0 ? sqrt(residual / df) : 0;
	l.slope_se = l.residual_sd / sqrt(m->sxx);
	l.slope_ci = interval_t(l.slope, l.slope_se, df);
	l.slope_p = distributions_t_two_sided(l.slope / l.slope_se, df);
	return l;
}

static struct moments swapped(const struct moments *m)
{
	return (struct moments){ m->n, m->mean_y, m->mean_x, m->syy, m->sxx, m->sxy, m->y_constant,
		m->x_constant };
}

/* Difference on mean, from the sums alone: d = y - x, a = (x + y) / 2. */
static struct moments difference_on_mean(const struct moments *m)
{
	struct moments t = {
		.n = m->n, .mean_x = (m->mean_x + m->mean_y) / 2, .mean_y = m->mean_y - m->mean_x
	};
	t.sxx = (m->sxx + 2 * m->sxy + m->syy) / 4;
	t.syy = m->syy - 2 * m->sxy + m->sxx;
	t.sxy = (m->syy - m->sxx) / 2;
	t.x_constant = !(t.sxx > 1e-24 * (m->sxx + m->syy)); /* x + y may cancel, up to rounding */
	return t;
}

static void set_lines(struct agreement *a, const struct moments *m)
{
	struct moments turned = swapped(m), trend = difference_on_mean(m);
	struct agreement_line line = line_of(m);
	a->slope = line.slope;
	a->intercept = line.intercept;
	a->calibration = line_of(&turned);
	a->trend = line_of(&trend);
	if (m->n < 3 || m->x_constant || m->y_constant)
		return;
	a->r = moments_correlation(m);
	if (m->n >= 4)
		a->r_ci = interval_atanh(a->r, 1 / sqrt((double)m->n - 3));
	set_ccc(a, m);
}

static void set_limits(struct agreement *a, double n)
{
	a->bias_ci = interval_t(a->bias, a->sd / sqrt(n), n - 1);
	a->loa.lo = a->bias - AGREEMENT_LOA_SD * a->sd;
	a->loa.hi = a->bias + AGREEMENT_LOA_SD * a->sd;
	a->loa_se = a->sd * sqrt(1 / n + AGREEMENT_LOA_SD * AGREEMENT_LOA_SD / (2 * (n - 1)));
	a->loa_lo_ci = interval_t(a->loa.lo, a->loa_se, n - 1);
	a->loa_hi_ci = interval_t(a->loa.hi, a->loa_se, n - 1);
}

static void set_differences(struct agreement *a, const double *x, const double *y, const struct moments *m)
{
	double n = (double)a->n, sum = 0, absolute = 0, square = 0, deviation = 0;
	for (int64_t i = 0; i < a->n; i++) {
		double d = y[i] - x[i];
		sum += d;
		absolute += fabs(d);
		square += d * d;
	}
	a->bias = sum / n;
	a->mae = absolute / n;
	a->rmse = sqrt(square / n);
	if (!m->x_constant)
		a->r2_identity = 1 - square / m->sxx;
	if (a->n < 2)
		return;
	for (int64_t i = 0; i < a->n; i++) {
		double d = y[i] - x[i] - a->bias;
		deviation += d * d;
	}
	a->sd = sqrt(deviation / (n - 1));
	set_limits(a, n);
}

void agreement_compute(struct agreement *a, const double *reference, const double *prediction, int64_t n)
{
	const struct interval none = interval_undefined();
	const struct agreement_line no_line = { NAN, NAN, NAN, none, NAN, NAN };
	*a = (struct agreement){ .n = n,
		.reference_mean = NAN,
		.reference_sd = NAN,
		.prediction_mean = NAN,
		.prediction_sd = NAN,
		.r = NAN,
		.r_ci = none,
		.slope = NAN,
		.intercept = NAN,
		.calibration = no_line,
		.r2_identity = NAN,
		.ccc = NAN,
		.ccc_ci = none,
		.mae = NAN,
		.rmse = NAN,
		.bias = NAN,
		.sd = NAN,
		.bias_ci = none,
		.loa = none,
		.loa_se = NAN,
		.loa_lo_ci = none,
		.loa_hi_ci = none,
		.trend = no_line };
	if (n < 1)
		return;
	struct moments m = moments_of(reference, prediction, n);
	a->reference_mean = m.mean_x;
	a->prediction_mean = m.mean_y;
	a->reference_constant = m.x_constant;
	a->prediction_constant = m.y_constant;
	if (n >= 2) {
		a->reference_sd = sqrt(m.sxx / (double)(n - 1));
		a->prediction_sd = sqrt(m.syy / (double)(n - 1));
	}
	set_differences(a, reference, prediction, &m);
	set_lines(a, &m);
}

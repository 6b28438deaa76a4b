#include "eval/stats/agreement.h"

#include <math.h>

struct moments {
	double mean, square; /* sum of squared deviations from the mean */
	bool constant;       /* exactly: rounding of the mean must not fake a variance */
};

static struct moments moments_of(const double *x, int64_t n)
{
	struct moments m = { 0, 0, true };
	for (int64_t i = 0; i < n; i++) {
		m.mean += x[i];
		m.constant = m.constant && x[i] == x[0];
	}
	m.mean = m.constant ? x[0] : m.mean / (double)n;
	for (int64_t i = 0; i < n; i++)
		m.square += (x[i] - m.mean) * (x[i] - m.mean);
	return m;
}

/* Lin LI (1989) A concordance correlation coefficient to evaluate reproducibility, Biometrics 45:255, with its 2000
 * correction of the variance. */
static void set_ccc(struct agreement *a, double n, double sxx, double syy, double sxy)
{
	double vx = sxx / n, vy = syy / n, shift = a->reference_mean - a->prediction_mean;
	double c = 2 * sxy / n / (vx + vy + shift * shift);
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

static void set_correlation(struct agreement *a, const double *x, const double *y, double sxx, double syy)
{
	double sxy = 0, n = (double)a->n;
	for (int64_t i = 0; i < a->n; i++)
		sxy += (x[i] - a->reference_mean) * (y[i] - a->prediction_mean);
	if (!a->reference_constant) {
		a->slope = sxy / sxx;
		a->intercept = a->prediction_mean - a->slope * a->reference_mean;
	}
	if (a->reference_constant || a->prediction_constant)
		return;
	double r = sxy / (sqrt(sxx) * sqrt(syy));
	a->r = r > 1 ? 1 : r < -1 ? -1 : r;
	if (a->n >= 4)
		a->r_ci = interval_atanh(a->r, 1 / sqrt(n - 3));
	set_ccc(a, n, sxx, syy, sxy);
}

static void set_differences(struct agreement *a, const double *x, const double *y)
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
	if (a->n < 2)
		return;
	for (int64_t i = 0; i < a->n; i++) {
		double d = y[i] - x[i] - a->bias;
		deviation += d * d;
	}
	a->sd = sqrt(deviation / (n - 1));
	a->bias_ci = interval_t(a->bias, a->sd / sqrt(n), n - 1);
	a->loa.lo = a->bias - AGREEMENT_LOA_SD * a->sd;
	a->loa.hi = a->bias + AGREEMENT_LOA_SD * a->sd;
	a->loa_se = a->sd * sqrt(1 / n + AGREEMENT_LOA_SD * AGREEMENT_LOA_SD / (2 * (n - 1)));
}

void agreement_compute(struct agreement *a, const double *reference, const double *prediction, int64_t n)
{
	const struct interval none = interval_undefined();
	*a = (struct agreement){ n, NAN, NAN, NAN, NAN, false, false, NAN, none, NAN, NAN, NAN, none, NAN, NAN, NAN,
		NAN, none, none, NAN };
	if (n < 1)
		return;
	struct moments x = moments_of(reference, n), y = moments_of(prediction, n);
	a->reference_mean = x.mean;
	a->prediction_mean = y.mean;
	a->reference_constant = x.constant;
	a->prediction_constant = y.constant;
	if (n >= 2) {
		a->reference_sd = sqrt(x.square / (double)(n - 1));
		a->prediction_sd = sqrt(y.square / (double)(n - 1));
	}
	set_differences(a, reference, prediction);
	if (n >= 3)
		set_correlation(a, reference, prediction, x.square, y.square);
}

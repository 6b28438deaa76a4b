#include "eval/stats/deming.h"

#include <math.h>

#include "eval/stats/moments.h"

static double slope_of(double sxx, double syy, double sxy, double ratio)
{
	double excess = ratio * syy - sxx;
	return (excess + sqrt(excess * excess + 4 * ratio * sxy * sxy)) / (2 * ratio * sxy);
}

struct line {
	double slope, intercept;
};

/* The line without row (x, y): the sums lose it in closed form, so that a jackknife is O(n). */
static struct line line_without(const struct moments *m, double x, double y, double ratio)
{
	double n = (double)m->n, share = n / (n - 1), dx = x - m->mean_x, dy = y - m->mean_y;
	struct line l;
	l.slope =
		slope_of(m->sxx - share * dx * dx, m->syy - share * dy * dy, m->sxy - share * dx * dy, ratio);
	l.intercept = m->mean_y - dy / (n - 1) - l.slope * (m->mean_x - dx / (n - 1));
	return l;
}

static void set_errors(
	struct deming *d, const struct moments *m, const double *x, const double *y, double ratio)
{
	double n = (double)m->n, slope = 0, intercept = 0, slope_square = 0, intercept_square = 0;
	for (int64_t i = 0; i < m->n; i++) {
		struct line l = line_without(m, x[i], y[i], ratio);
		slope += l.slope / n;
		intercept += l.intercept / n;
	}
	for (int64_t i = 0; i < m->n; i++) {
		struct line l = line_without(m, x[i], y[i], ratio);
		slope_square += (l.slope - slope) * (l.slope - slope);
		intercept_square += (l.intercept - intercept) * (l.intercept - intercept);
	}
	d->slope_se = sqrt(slope_square * (n - 1) / n);
	d->intercept_se = sqrt(intercept_square * (n - 1) / n);
	d->slope_ci = interval_t(d->slope, d->slope_se, n - 2);
	d->intercept_ci = interval_t(d->intercept, d->intercept_se, n - 2);
}

void deming_compute(struct deming *d, const double *x, const double *y, int64_t n, double ratio)
{
	const struct interval none = interval_undefined();
	*d = (struct deming){ NAN, NAN, NAN, NAN, none, none };
	if (n < 3)
		return;
	struct moments m = moments_of(x, y, n);
	if (m.x_constant || m.y_constant || m.sxy == 0)
		return;
	d->slope = slope_of(m.sxx, m.syy, m.sxy, ratio);
	d->intercept = m.mean_y - d->slope * m.mean_x;
	set_errors(d, &m, x, y, ratio);
}

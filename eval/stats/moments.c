#include "eval/stats/moments.h"

#include <math.h>

static double mean_of(const double *x, int64_t n, bool *constant)
{
	double sum = 0;
	*constant = true;
	for (int64_t i = 0; i < n; i++) {
		sum += x[i];
		*constant = *constant && x[i] == x[0];
	}
	return *constant ? x[0] : sum / (double)n;
}

struct moments moments_of(const double *x, const double *y, int64_t n)
{
	struct moments m = { .n = n };
	m.mean_x = mean_of(x, n, &m.x_constant);
	m.mean_y = mean_of(y, n, &m.y_constant);
	for (int64_t i = 0; i < n; i++) {
		double dx = x[i] - m.mean_x, dy = y[i] - m.mean_y;
		m.sxx += dx * dx;
		m.syy += dy * dy;
		m.sxy += dx * dy;
	}
	return m;
}

double moments_correlation(const struct moments *m)
{
	if (m->x_constant || m->y_constant)
		return NAN;
	double r = m->sxy / (sqrt(m->sxx) * sqrt(m->syy));
	return r > 1 ? 1 : r < -1 ? -1 : r;
}

double moments_slope(const struct moments *m)
{
	return m->x_constant ? NAN : m->sxy / m->sxx;
}

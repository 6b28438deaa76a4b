#include "eval/stats/passing_bablok.h"

#include <math.h>

#include "eval/stats/order.h"
#include "host/run/err.h"
#include "host/run/memory.h"

static void collect_slopes(
	struct passing_bablok *p, double *slope, const double *x, const double *y, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		for (int64_t j = i + 1; j < n; j++) {
			double dx = x[j] - x[i], dy = y[j] - y[i];
			if (dx == 0 && dy == 0)
				continue;
			double s = dx == 0 ? copysign(INFINITY, dy) : dy / dx;
			if (s == -1)
				continue;
			p->n_below += s < -1;
			slope[p->n_slopes++] = s;
		}
}

/* The value of 1-based rank `rank`, NaN outside. */
static double ranked(double *slope, int64_t n, int64_t rank)
{
	return rank < 1 || rank > n ? NAN : order_select(slope, n, rank - 1);
}

static void set_slope(struct passing_bablok *p, double *slope, int64_t n)
{
	int64_t count = p->n_slopes, shift = p->n_below;
	p->slope = count % 2 ? ranked(slope, count, (count + 1) / 2 + shift)
			     : (ranked(slope, count, count / 2 + shift) +
				       ranked(slope, count, count / 2 + 1 + shift)) /
				       2;
	double size = (double)n, c = INTERVAL_Z * sqrt(size * (size - 1) * (2 * size + 5) / 18);
	int64_t low = (int64_t)nearbyint(((double)count - c) / 2), high = count - low + 1;
	p->slope_ci.lo = ranked(slope, count, low + shift);
	p->slope_ci.hi = ranked(slope, count, high + shift);
}

static double intercept_for(double slope, double *work, const double *x, const double *y, int64_t n)
{
	if (!isfinite(slope))
		return NAN;
	for (int64_t i = 0; i < n; i++)
		work[i] = y[i] - slope * x[i];
	return order_median(work, n);
}

int passing_bablok_compute(struct passing_bablok *p, const double *x, const double *y, int64_t n)
{
	struct memory block = { 0 };
	*p = (struct passing_bablok){ 0, 0, NAN, NAN, interval_undefined(), interval_undefined() };
	if (n < 3 || n > PASSING_BABLOK_ROWS)
		return 0;
	if (memory_alloc(
		    &block, NULL, (size_t)(n * (n - 1) / 2 + n) * sizeof(double), "slopes of all pairs") != 0)
		return -1;
	double *slope = block.data, *work = slope + n * (n - 1) / 2;
	collect_slopes(p, slope, x, y, n);
	if (p->n_slopes > 0)
		set_slope(p, slope, n);
	p->intercept = intercept_for(p->slope, work, x, y, n);
	p->intercept_ci.lo = intercept_for(p->slope_ci.hi, work, x, y, n);
	p->intercept_ci.hi = intercept_for(p->slope_ci.lo, work, x, y, n);
	memory_free(&block);
	return 0;
}

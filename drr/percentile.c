#include "drr/percentile.h"

#include <math.h>
#include <string.h>

enum { BINS = 16384 };

static int64_t range(double *low, double *high, const float *values, int64_t n, double floor)
{
	int64_t count = 0;
	*low = INFINITY;
	*high = -INFINITY;
	for (int64_t i = 0; i < n; i++) {
		double v = (double)values[i];
		if (!(v > floor && v < INFINITY))
			continue;
		*low = fmin(*low, v);
		*high = fmax(*high, v);
		count++;
	}
	return count;
}

int64_t percentile_above(
	double *result, const double *percent, int n_percent, const float *values, int64_t n, double floor)
{
	int64_t bins[BINS];
	double low, high;
	int64_t count = range(&low, &high, values, n, floor);
	if (count == 0)
		return 0;
	memset(bins, 0, sizeof(bins));
	double scale = high > low ? (BINS - 1) / (high - low) : 0;
	for (int64_t i = 0; i < n; i++) {
		double v = (double)values[i];
		if (v > floor && v < INFINITY)
			bins[(int64_t)((v - low) * scale + 0.5)]++;
	}
	for (int k = 0; k < n_percent; k++) {
		double wanted = percent[k] / 100 * (double)count;
		int64_t sum = bins[0];
		int b = 0;
		while (b + 1 < BINS && (double)sum < wanted)
			sum += bins[++b];
		result[k] = scale > 0 ? low + b / scale : low;
	}
	return count;
}

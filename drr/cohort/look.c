#include "drr/cohort/look.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drr/percentile.h"
#include "host/run/err.h"

#define BODY_FLOOR 0.2 /* as drr/processing.h */
#define POWER 0.7
#define PIVOT 0.25
#define RESIDUAL 0.6
#define EQUALISED_SHARE 0.6
enum { BINS = 1024 };

int look_parse(struct look *look, const char *vendor)
{
	memset(look, 0, sizeof(*look));
	if (strcmp(vendor, "pyramid") == 0 || strcmp(vendor, "equalised") == 0) {
		look->family = vendor[0] == 'p' ? LOOK_PYRAMID : LOOK_EQUALISED;
		return 0;
	}
	if (strncmp(vendor, "unsharp ", 8) == 0)
		return processing_parse(&look->unsharp, vendor + 8);
	return ERR_USAGE("vendor '%s': there are 'unsharp PRESET', 'pyramid', 'equalised'", vendor);
}

static double clamp(double x)
{
	return x < 0 ? 0 : x > 1 ? 1 : x;
}

/* Values at two percentiles of the body; of all where there is none. */
static void window(double value[2], const float *image, const float *radiograph, int64_t n, double low, double high)
{
	const double percent[2] = { low, high };
	float *body = malloc((size_t)n * sizeof(float));
	int64_t count = 0;
	if (!body)
		BUG("out of memory for a film of %lld pixels", (long long)n);
	for (int64_t i = 0; i < n; i++)
		if ((double)radiograph[i] > BODY_FLOOR)
			body[count++] = image[i];
	value[0] = 0;
	value[1] = 1;
	percentile_above(value, percent, 2, count > 0 ? body : image, count > 0 ? count : n, -INFINITY);
	if (!(value[1] > value[0]))
		value[1] = value[0] + 1;
	free(body);
}

static int apply_pyramid(float *out, const float *radiograph, int64_t cols, int64_t rows)
{
	double w[2];
	int64_t n = cols * rows;
	memcpy(out, radiograph, (size_t)n * sizeof(float));
	if (pyramid_compress(out, cols, rows, POWER, PIVOT, RESIDUAL) != 0)
		return -1;
	window(w, out, radiograph, n, 1, 99.7);
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)clamp(((double)out[i] - w[0]) / (w[1] - w[0]));
	return 0;
}

static void apply_equalised(float *out, const float *radiograph, int64_t n)
{
	double w[2], share[BINS + 1] = { 0 };
	window(w, radiograph, radiograph, n, 0.5, 99.9);
	for (int64_t i = 0; i < n; i++)
		if ((double)radiograph[i] > BODY_FLOOR)
			share[1 + (int)(clamp(((double)radiograph[i] - w[0]) / (w[1] - w[0])) * (BINS - 1))]++;
	for (int b = 1; b <= BINS; b++)
		share[b] += share[b - 1];
	for (int64_t i = 0; i < n; i++) {
		double t = clamp(((double)radiograph[i] - w[0]) / (w[1] - w[0])), at = t * (BINS - 1);
		int b = (int)at;
		double cumulative = share[BINS] > 0
					    ? (share[b] + (at - b) * (share[b + 1] - share[b])) / share[BINS]
					    : t;
		out[i] = (float)(EQUALISED_SHARE * cumulative + (1 - EQUALISED_SHARE) * t);
	}
}

int look_apply(const struct device *device, float *out, const float *radiograph, int64_t cols, int64_t rows,
	const struct look *look)
{
	if (look->family == LOOK_UNSHARP)
		return processing_apply(device, out, radiograph, cols, rows, &look->unsharp);
	if (look->family == LOOK_PYRAMID)
		return apply_pyramid(out, radiograph, cols, rows);
	apply_equalised(out, radiograph, cols * rows);
	return 0;
}

/* A Laplacian pyramid (Burt and Adelson 1983) whose bands are compressed by a power. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drr/cohort/look.h"
#include "host/run/err.h"

enum { LEVELS_MOST = 12, SMALLEST = 8 };
static const double tap[5] = { 0.05, 0.25, 0.4, 0.25, 0.05 };

struct level {
	int64_t cols, rows;
	float *values; /* (rows, cols) */
};

static int64_t inside(int64_t i, int64_t n)
{
	return i < 0 ? 0 : i >= n ? n - 1 : i;
}

/* Every second pixel of the smoothed level, edges kept. */
static void reduce(struct level *to, const struct level *from)
{
#pragma omp parallel for schedule(static)
	for (int64_t r = 0; r < to->rows; r++)
		for (int64_t c = 0; c < to->cols; c++) {
			double sum = 0;
			for (int j = 0; j < 5; j++) {
				const float *row =
					from->values + inside(2 * r + j - 2, from->rows) * from->cols;
				for (int i = 0; i < 5; i++)
					sum += tap[j] * tap[i] * (double)row[inside(2 * c + i - 2, from->cols)];
			}
			to->values[r * to->cols + c] = (float)sum;
		}
}

/* The coarse level read between its pixels (bilinear). */
static double between(const struct level *l, int64_t r, int64_t c)
{
	int64_t r0 = inside(r / 2, l->rows), r1 = inside((r + 1) / 2, l->rows);
	int64_t c0 = inside(c / 2, l->cols), c1 = inside((c + 1) / 2, l->cols);
	return 0.25 * ((double)l->values[r0 * l->cols + c0] + (double)l->values[r0 * l->cols + c1] +
			      (double)l->values[r1 * l->cols + c0] + (double)l->values[r1 * l->cols + c1]);
}

/* fine -= coarse (sign -1), or fine += coarse (sign +1). */
static void combine(struct level *fine, const struct level *coarse, double sign)
{
#pragma omp parallel for schedule(static)
	for (int64_t r = 0; r < fine->rows; r++)
		for (int64_t c = 0; c < fine->cols; c++) {
			float *value = &fine->values[r * fine->cols + c];
			*value = (float)((double)*value + sign * between(coarse, r, c));
		}
}

static void compress(struct level *band, double power, double pivot)
{
	for (int64_t i = 0; i < band->cols * band->rows; i++) {
		double b = (double)band->values[i];
		/* Straight near 0, where the power would blow noise up. */
		double size = fabs(b) < 0.1 * pivot ? fabs(b) * pow(0.1, power - 1)
						    : pivot * pow(fabs(b) / pivot, power);
		band->values[i] = (float)copysign(size, b);
	}
}

/* The residual's contrast about its own mean. */
static void soften(struct level *l, double share)
{
	double sum = 0, n = (double)(l->cols * l->rows);
	for (int64_t i = 0; i < l->cols * l->rows; i++)
		sum += (double)l->values[i];
	for (int64_t i = 0; i < l->cols * l->rows; i++)
		l->values[i] = (float)(sum / n + share * ((double)l->values[i] - sum / n));
}

int pyramid_compress(float *image, int64_t cols, int64_t rows, double power, double pivot, double residual)
{
	struct level level[LEVELS_MOST] = { { cols, rows, image } };
	int n = 1, rc = -1;
	while (n < LEVELS_MOST && level[n - 1].cols >= 2 * SMALLEST && level[n - 1].rows >= 2 * SMALLEST) {
		struct level *to = &level[n], *from = &level[n - 1];
		to->cols = (from->cols + 1) / 2;
		to->rows = (from->rows + 1) / 2;
		to->values = malloc((size_t)(to->cols * to->rows) * sizeof(float));
		if (!to->values) {
			ERR_RESOURCE("out of memory for a film of %lld pixels", (long long)(cols * rows));
			goto cleanup;
		}
		reduce(to, from);
		n++;
	}
	for (int i = 0; i < n - 1; i++) {
		combine(&level[i], &level[i + 1], -1);
		compress(&level[i], power, pivot);
	}
	soften(&level[n - 1], residual);
	for (int i = n - 2; i >= 0; i--)
		combine(&level[i], &level[i + 1], 1);
	rc = 0;
cleanup:
	for (int i = 1; i < n; i++)
		free(level[i].values);
	return rc;
}

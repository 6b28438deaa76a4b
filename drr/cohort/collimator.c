#include "drr/cohort/collimator.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "drr/cohort/stream.h"
#include "host/run/err.h"

#define LEAVES_MM 250.0	 /* from the source; unverified, a plausible size */
#define BORDER_RANGE 3.0 /* of -ln(I/I0) from the edge's grey value to white */

void collimator_draw(struct collimator *c, const struct site_xray *room, const struct geometry *g,
	uint64_t seed, int64_t who, int film)
{
	struct rng r = stream_of(seed, who, STREAM_COLLIMATOR, film);
	const int64_t size[2] = { g->cols, g->rows };
	memset(c, 0, sizeof(*c));
	c->on = rng_uniform(&r) < room->collimated_share;
	c->penumbra_px = fmax(room->focal_spot_mm * (g->sdd_mm - LEAVES_MM) / LEAVES_MM / g->pixel_mm, 1);
	for (int k = 0; k < 2; k++) {
		double share = k == 0 ? 0.5 : 1;
		double mm = share * rng_range(&r, room->collimator_mm[0], room->collimator_mm[1]);
		/* The leaves open evenly; the detector's middle is a little off their axis. */
		double off_mm = 0.25 * mm * rng_range(&r, -1, 1);
		c->low_px[k] = (mm + off_mm) / g->pixel_mm;
		c->high_px[k] = (double)size[k] - (mm - off_mm) / g->pixel_mm;
	}
}

/* Of the beam at a pixel's middle, between the two leaves across an axis. */
static double open_share(const struct collimator *c, int axis, int64_t i)
{
	double at = (double)i + 0.5, inside = fmin(at - c->low_px[axis], c->high_px[axis] - at);
	return fmin(fmax(inside / c->penumbra_px + 0.5, 0), 1);
}

bool collimator_exposes(const struct collimator *c, double col, double row)
{
	const double at[2] = { col + 0.5, row + 0.5 };
	for (int axis = 0; axis < 2; axis++)
		if (c->on && !(at[axis] >= c->low_px[axis] && at[axis] <= c->high_px[axis]))
			return false;
	return true;
}

void collimator_apply(float *radiograph, int64_t cols, int64_t rows, const struct collimator *c)
{
	if (!c->on)
		return;
	for (int64_t row = 0; row < rows; row++) {
		double down = open_share(c, 1, row);
		for (int64_t col = 0; col < cols; col++) {
			double open = down * open_share(c, 0, col);
			if (open < 1)
				radiograph[row * cols + col] -=
					(float)log(COLLIMATOR_LEAK + (1 - COLLIMATOR_LEAK) * open);
		}
	}
}

/* First and end of the pixels that the whole beam reaches. */
static void lit(int64_t span[2], const struct collimator *c, int axis, int64_t n)
{
	for (span[0] = 0; span[0] < n && open_share(c, axis, span[0]) < 1; span[0]++)
		;
	for (span[1] = n; span[1] > span[0] && open_share(c, axis, span[1] - 1) < 1; span[1]--)
		;
}

/* What is shown of the exposed field, grown to the film: under the leaves by the field's means. */
static void show(float *out, const float *radiograph, int64_t cols, int64_t rows, const float *seen,
	const int64_t x[2], const int64_t y[2], bool shutter)
{
	int64_t wide = x[1] - x[0], high = y[1] - y[0];
	double grey = 0, raw = 0, n = (double)(wide * high);
	for (int64_t row = 0; row < high; row++)
		for (int64_t col = 0; col < wide; col++) {
			grey += (double)seen[row * wide + col] / n;
			raw += (double)radiograph[(y[0] + row) * cols + x[0] + col] / n;
		}
	for (int64_t row = 0; row < rows; row++)
		for (int64_t col = 0; col < cols; col++) {
			double under = grey + ((double)radiograph[row * cols + col] - raw) / BORDER_RANGE;
			if (row >= y[0] && row < y[1] && col >= x[0] && col < x[1])
				out[row * cols + col] = seen[(row - y[0]) * wide + col - x[0]];
			else
				out[row * cols + col] = shutter ? 0 : (float)fmin(fmax(under, 0), 1);
		}
}

int collimator_look(const struct device *device, float *out, const float *radiograph, int64_t cols,
	int64_t rows, const struct look *look, const struct collimator *c)
{
	int64_t x[2], y[2];
	if (!c->on)
		return look_apply(device, out, radiograph, cols, rows, look);
	lit(x, c, 0, cols);
	lit(y, c, 1, rows);
	int64_t wide = x[1] - x[0], high = y[1] - y[0];
	if (wide < 1 || high < 1)
		return ERR_USAGE("the collimator leaves nothing of a film of %lld x %lld pixels",
			(long long)cols, (long long)rows);
	float *raw = malloc((size_t)(wide * high) * sizeof(float)),
	      *seen = malloc((size_t)(wide * high) * sizeof(float));
	int rc = -1;
	if (!raw || !seen) {
		ERR_RESOURCE("out of memory for a film of %lld pixels", (long long)(wide * high));
		goto cleanup;
	}
	for (int64_t row = 0; row < high; row++)
		memcpy(&raw[row * wide], &radiograph[(y[0] + row) * cols + x[0]],
			(size_t)wide * sizeof(float));
	TRY(look_apply(device, seen, raw, wide, high, look));
	show(out, radiograph, cols, rows, seen, x, y, look->family != LOOK_UNSHARP);
	rc = 0;
cleanup:
	free(raw);
	free(seen);
	return rc;
}

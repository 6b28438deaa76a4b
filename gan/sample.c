#include "gan/sample.h"

#include <math.h>
#include <stdlib.h>

#include "host/run/err.h"

const char *const sample_channel_names[SAMPLE_CHANNELS] = {
	"femur", "pelvis", "femur_path", "total_hip", "total_hip_path",
};
const char *const sample_channel_units[SAMPLE_CHANNELS] = { "g/cm2", "g/cm2", "cm", "g/cm2", "cm" };

struct sample_view sample_view_default(void)
{
	struct sample_view view = { 96, 160, 2.0, 100.0 };
	return view;
}

/* The film pixels one window pixel covers along an axis, and how much of it each covers (sum 1). */
struct cover {
	int64_t first, count;
	double *weights;
};

static void cover_free(struct cover *covers, int64_t n)
{
	for (int64_t i = 0; covers && i < n; i++)
		free(covers[i].weights);
	free(covers);
}

/* low, high: the window pixel's edges in film pixels, pixel i covering [i, i+1). */
static int cover_set(struct cover *cover, double low, double high)
{
	cover->first = (int64_t)floor(low);
	cover->count = (int64_t)ceil(high) - cover->first;
	cover->weights = calloc((size_t)cover->count, sizeof(double));
	if (!cover->weights)
		return ERR_RESOURCE("no memory for a crop");
	for (int64_t k = 0; k < cover->count; k++) {
		double from = fmax(low, (double)(cover->first + k)), to = fmin(high, (double)(cover->first + k + 1));
		cover->weights[k] = fmax(0.0, to - from) / (high - low);
	}
	return 0;
}

/* centre_mm: the window's middle on the axis, from the film's middle; flip reverses the axis. */
static struct cover *cover_axis(int64_t n, double pixel_mm, double centre_mm, int64_t film_n, double film_pixel_mm,
	int flip)
{
	struct cover *covers = calloc((size_t)n, sizeof(*covers));
	if (!covers)
		return NULL;
	for (int64_t i = 0; i < n; i++) {
		int64_t at = flip ? n - 1 - i : i;
		double low_mm = centre_mm + ((double)at - 0.5 * (double)n) * pixel_mm;
		double low = low_mm / film_pixel_mm + 0.5 * (double)film_n;
		if (cover_set(&covers[i], low, low + pixel_mm / film_pixel_mm) != 0) {
			cover_free(covers, n);
			return NULL;
		}
	}
	return covers;
}

static int64_t clamp(int64_t i, int64_t n)
{
	return i < 0 ? 0 : i >= n ? n - 1 : i;
}

int sample_crop(float *out, int64_t stride, const struct sample_view *view, const float *film, int64_t film_cols,
	int64_t film_rows, double film_pixel_mm, enum label_side side)
{
	int rc = -1, left = side == LABEL_LEFT;
	double centre_mm = left ? view->centre_mm : -view->centre_mm; /* the patient's right is at the film's left */
	struct cover *cols = cover_axis(view->cols, view->pixel_mm, centre_mm, film_cols, film_pixel_mm, left);
	struct cover *rows = cover_axis(view->rows, view->pixel_mm, 0.0, film_rows, film_pixel_mm, 0);
	if (!cols || !rows) {
		ERR_RESOURCE("no memory for a crop of %lld x %lld", (long long)view->cols, (long long)view->rows);
		goto cleanup;
	}
	for (int64_t r = 0; r < view->rows; r++)
		for (int64_t c = 0; c < view->cols; c++) {
			double sum = 0;
			for (int64_t j = 0; j < rows[r].count; j++) {
				const float *line = film + clamp(rows[r].first + j, film_rows) * film_cols;
				for (int64_t i = 0; i < cols[c].count; i++)
					sum += rows[r].weights[j] * cols[c].weights[i] *
						(double)line[clamp(cols[c].first + i, film_cols)];
			}
			out[(r * view->cols + c) * stride] = (float)sum;
		}
	rc = 0;
cleanup:
	cover_free(cols, view->cols);
	cover_free(rows, view->rows);
	return rc;
}

#include "drr/preview.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "drr/percentile.h"
#include "host/files/png.h"
#include "host/run/memory.h"
#include "host/run/err.h"

enum { MOST_PIXELS_A_SIDE = 65535 };

static int64_t rows_of(const struct preview *p)
{
	return (p->shown + p->columns - 1) / p->columns;
}

static int64_t side(int64_t frames, int64_t pixels)
{
	return frames * (pixels + PREVIEW_GAP) - PREVIEW_GAP;
}

static void layout(struct preview *p, const struct volume *image)
{
	p->shown = image->n[2] < PREVIEW_MOST_FRAMES ? image->n[2] : PREVIEW_MOST_FRAMES;
	for (;; p->shown--) {
		p->columns = (int64_t)ceil(sqrt((double)p->shown));
		if (p->shown <= 1 || (side(p->columns, image->n[0]) <= MOST_PIXELS_A_SIDE &&
					     side(rows_of(p), image->n[1]) <= MOST_PIXELS_A_SIDE))
			return;
	}
}

void preview_plan(struct preview *p, const struct volume *image, const char *unit, const double given[2])
{
	static const double percent[2] = { 0.5, 99.5 };
	double window[2] = { 0, 1 };
	layout(p, image);
	if (!isnan(given[0]))
		memcpy(window, given, sizeof(window));
	else if (strcmp(unit, "grey") != 0)
		percentile_above(
			window, percent, 2, volume_f32(image), image->n[0] * image->n[1] * p->shown, 0);
	p->low = window[0];
	p->high = window[1] > window[0] ? window[1] : window[0] + 1;
}

int preview_write(const char *path, const struct preview *p, const struct volume *image, const char *unit)
{
	const int64_t cols = image->n[0], rows = image->n[1];
	const int64_t width = side(p->columns, cols), height = side(rows_of(p), rows);
	struct memory canvas = { 0 };
	char window[128];
	const struct png_note notes[] = {
		{ "Software", "xbmd drr --preview" },
		{ "Window", window },
		{ "Comment", "For looking at, not data; row 0 at the top, high values bright" },
	};
	int rc = -1;
	snprintf(window, sizeof(window), "black %.6g, white %.6g, unit %s", p->low, p->high, unit);
	TRY(memory_alloc(&canvas, NULL, (size_t)(width * height) * sizeof(float), "preview"));
	float *to = canvas.data;
	for (int64_t i = 0; i < width * height; i++)
		to[i] = INFINITY; /* the gaps: white in every window */
	for (int64_t f = 0; f < p->columns * rows_of(p); f++)
		for (int64_t r = 0; r < rows; r++) {
			float *line = to + (f / p->columns * (rows + PREVIEW_GAP) + r) * width +
				      f % p->columns * (cols + PREVIEW_GAP);
			if (f < p->shown)
				memcpy(line, volume_f32(image) + (f * rows + r) * cols,
					(size_t)cols * sizeof(float));
			else
				for (int64_t c = 0; c < cols; c++)
					line[c] = -INFINITY; /* an empty place */
		}
	rc = png_write_grey16(
		path, to, width, height, p->low, p->high, notes, (int)(sizeof notes / sizeof notes[0]));
cleanup:
	memory_free(&canvas);
	return rc;
}

struct json *preview_to_json(const struct preview *p)
{
	struct json *object = json_object();
	const double window[2] = { p->low, p->high };
	json_put_numbers(object, "window", window, 2);
	json_put_integer(object, "frames", p->shown);
	json_put_integer(object, "columns", p->columns);
	return object;
}

/*
 * Films side by side in one PNG, for looking at.
 *
 *	cohort_look OUT.png COLUMNS WIDTH FILM...             whole films of 0..1, each WIDTH pixels wide
 *	cohort_look OUT.png COLUMNS WIDTH --at X,Y,MM FILM... a square of MM about (X, Y) mm right of and
 *below the film's middle, each pixel shown as it is, to judge steps
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/nifti.h"
#include "host/files/png.h"
#include "host/run/err.h"

enum { GAP = 4 };

/* What is shown of a film, in its pixels. */
struct part {
	double col, row, cols, rows;
};

static struct part part_of(const struct volume *film, const double *at_mm)
{
	double spacing[3];
	volume_spacing_mm(film, spacing);
	if (!at_mm)
		return (struct part){ 0, 0, (double)film->n[0], (double)film->n[1] };
	double size = at_mm[2] / spacing[0];
	return (struct part){ 0.5 * (double)film->n[0] + at_mm[0] / spacing[0] - 0.5 * size,
		0.5 * (double)film->n[1] + at_mm[1] / spacing[0] - 0.5 * size, size, size };
}

static double overlap(double low, double high, int64_t pixel)
{
	return fmax(fmin(high, (double)(pixel + 1)) - fmax(low, (double)pixel), 0);
}

/* Mean over what a picture's pixel covers of the film, by the share of each of the film's pixels. */
static float mean_over(const struct volume *film, double c0, double c1, double r0, double r1)
{
	double sum = 0, area = 0;
	for (int64_t r = (int64_t)floor(r0); (double)r < r1; r++)
		for (int64_t c = (int64_t)floor(c0); (double)c < c1; c++)
			if (c >= 0 && r >= 0 && c < film->n[0] && r < film->n[1]) {
				double share = overlap(c0, c1, c) * overlap(r0, r1, r);
				sum += share * (double)volume_f32(film)[r * film->n[0] + c];
				area += share;
			}
	return area > 0 ? (float)(sum / area) : 0;
}

/* low, high: of the part's values, when it is shown alone. */
static void paint(float *tile, int64_t width, int64_t height, int64_t pitch, const struct volume *film,
	const struct part *p, bool stretch)
{
	float low = INFINITY, high = -INFINITY;
	for (int64_t y = 0; y < height; y++)
		for (int64_t x = 0; x < width; x++) {
			float *out = &tile[y * pitch + x];
			*out = mean_over(film, p->col + p->cols * (double)x / (double)width,
				p->col + p->cols * (double)(x + 1) / (double)width,
				p->row + p->rows * (double)y / (double)height,
				p->row + p->rows * (double)(y + 1) / (double)height);
			low = fminf(low, *out);
			high = fmaxf(high, *out);
		}
	for (int64_t y = 0; stretch && y < height; y++)
		for (int64_t x = 0; x < width; x++)
			tile[y * pitch + x] = (tile[y * pitch + x] - low) / (high - low);
}

static int montage(const char *path, int columns, int64_t width, const double *at_mm, char **films, int n)
{
	struct volume film = { 0 };
	float *picture = NULL;
	int rows = (n + columns - 1) / columns, rc = -1;
	int64_t height = at_mm ? width : (int64_t)lround(0.8 * (double)width);
	int64_t cols_px = columns * (width + GAP) - GAP, rows_px = rows * (height + GAP) - GAP;
	picture = malloc((size_t)(cols_px * rows_px) * sizeof(float));
	if (!picture) {
		ERR_RESOURCE("out of memory for a picture of %lld pixels", (long long)(cols_px * rows_px));
		goto cleanup;
	}
	for (int64_t i = 0; i < cols_px * rows_px; i++)
		picture[i] = 1;
	for (int i = 0; i < n; i++) {
		TRY(nifti_read_image(&film, films[i]));
		const struct part part = part_of(&film, at_mm);
		paint(picture + i / columns * (height + GAP) * cols_px + i % columns * (width + GAP), width,
			height, cols_px, &film, &part, at_mm != NULL);
		volume_free(&film);
	}
	TRY(png_write_grey16(path, picture, cols_px, rows_px, 0, 1, NULL, 0));
	rc = 0;
cleanup:
	volume_free(&film);
	free(picture);
	return rc;
}

int main(int argc, char **argv)
{
	double at_mm[3];
	bool part = argc > 5 && strcmp(argv[4], "--at") == 0;
	int first = part ? 6 : 4, columns = argc > 3 ? atoi(argv[2]) : 0,
	    width = argc > 3 ? atoi(argv[3]) : 0;
	if (argc <= first || columns < 1 || width < 16 ||
		(part && sscanf(argv[5], "%lf,%lf,%lf", &at_mm[0], &at_mm[1], &at_mm[2]) != 3)) {
		fprintf(stderr, "usage: cohort_look OUT.png COLUMNS WIDTH [--at X,Y,MM] FILM...\n");
		return 2;
	}
	if (montage(argv[1], columns, width, part ? at_mm : NULL, argv + first, argc - first) != 0) {
		fprintf(stderr, "cohort_look: %s\n", err_message());
		return 1;
	}
	return 0;
}

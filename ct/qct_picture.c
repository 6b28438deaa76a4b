/* The report as a picture: qct_report_picture(). */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "ct/qct_report.h"
#include "host/files/png.h"
#include "host/run/err.h"

enum { ZOOM = 2, GAP = 8 };
#define WHITE_G_CM2 2.0 /* mineral shown white */
#define BELOW_MM 130.0	/* shown below the head's centre */

struct canvas {
	uint8_t *rgb; /* (rows, cols, 3) */
	int64_t cols, rows;
};

/* The map's column that shows at column c of a hip's picture: the left femur's x runs to the patient's left
 * already. */
static int64_t map_col(const struct qct_hip *h, int64_t c)
{
	/* on screen the patient's right is at the left: a right femur's lateral side lies left */
	return h->side == LABEL_RIGHT ? h->map.cols - 1 - c : c;
}

static int64_t first_row(const struct qct_hip *h)
{
	return (int64_t)fmax(0, floor((-BELOW_MM - h->map.low_mm[1]) / BONE_MAP_PIXEL_MM));
}

/* The innermost region of the mask at the map's pixel; -1 for none. */
static int region_at(const struct qct_hip *h, const struct qct_settings *s, int64_t col, int64_t row)
{
	static const enum hip_region_id order[] = { REGION_WARD, REGION_NECK, REGION_TROCHANTER, REGION_INTER,
		REGION_TOTAL };
	if (col < 0 || row < 0 || col >= h->map.cols || row >= h->map.rows ||
		!((double)h->map.path_cm[TISSUE_NONE][col + h->map.cols * row] >= ABMD_MASK_CM))
		return -1;
	for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
		if (hip_cuts_contain(&h->cuts, &s->rule, order[k], bone_map_x_mm(&h->map, col),
			    bone_map_y_mm(&h->map, row)))
			return (int)order[k];
	return -1;
}

static void colour_of(uint8_t rgb[3], int region)
{
	static const uint8_t colours[HIP_REGIONS][3] = { [REGION_TOTAL] = { 255, 255, 255 },
		[REGION_NECK] = { 255, 210, 0 },
		[REGION_TROCHANTER] = { 0, 200, 120 },
		[REGION_INTER] = { 70, 150, 255 },
		[REGION_WARD] = { 255, 70, 70 } };
	memcpy(rgb, colours[region], 3);
}

static void draw_hip(
	struct canvas *canvas, int64_t left, const struct qct_hip *h, const struct qct_settings *s)
{
	const int64_t low = first_row(h);
	for (int64_t y = 0; y < (h->map.rows - low) * ZOOM; y++)
		for (int64_t x = 0; x < h->map.cols * ZOOM; x++) {
			const int64_t col = map_col(h, x / ZOOM), row = h->map.rows - 1 - y / ZOOM;
			uint8_t *rgb = canvas->rgb + 3 * (left + x + canvas->cols * y);
			double grey = (double)h->map.mineral_g_cm2[TISSUE_NONE][col + h->map.cols * row] /
				      WHITE_G_CM2;
			memset(rgb, (int)(255 * fmin(1, fmax(0, grey))), 3);
			/* an edge lies between this screen pixel and the next to the right or below */
			const int here = region_at(h, s, col, row);
			const int right = region_at(h, s, map_col(h, (x + 1) / ZOOM), row);
			const int below = region_at(h, s, col, h->map.rows - 1 - (y + 1) / ZOOM);
			if (here != right || here != below)
				colour_of(rgb, here >= 0 && here != REGION_TOTAL ? here
					       : right > 0			 ? right
					       : below > 0			 ? below
										 : 0);
		}
}

int qct_report_picture(const struct qct_report *r, const char *path)
{
	struct canvas canvas = { 0 };
	for (int i = 0; i < r->n_hips; i++) {
		const struct qct_hip *h = &r->hips[i];
		if (!h->measured)
			continue;
		canvas.cols += h->map.cols * ZOOM + GAP;
		const int64_t rows = (h->map.rows - first_row(h)) * ZOOM;
		canvas.rows = rows > canvas.rows ? rows : canvas.rows;
	}
	if (canvas.cols == 0)
		return ERR_INVALID("no hip was measured: nothing to draw");
	canvas.rgb = calloc((size_t)(canvas.cols * canvas.rows), 3);
	if (!canvas.rgb)
		return ERR_RESOURCE("no memory for a picture");
	int64_t left = 0;
	for (int i = 0; i < r->n_hips; i++) { /* right femur first: at the left */
		if (!r->hips[i].measured)
			continue;
		draw_hip(&canvas, left, &r->hips[i], &r->settings);
		left += r->hips[i].map.cols * ZOOM + GAP;
	}
	int rc = png_write_rgb(path, canvas.rgb, canvas.cols, canvas.rows);
	free(canvas.rgb);
	return rc;
}

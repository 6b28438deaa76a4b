#include "drr/dxa_geometry.h"

#include <string.h>

#include "host/run/err.h"
#include "host/run/memory.h"

void dxa_geometry_detector(struct geometry *detector, const struct dxa_geometry *g)
{
	bool fan = g->kind == DXA_GEOMETRY_FAN;
	*detector = (struct geometry){
		.projection = fan ? GEOMETRY_CONE : GEOMETRY_PARALLEL,
		.view = g->view,
		.sod_mm = fan ? g->sod_mm : 0,
		.sdd_mm = fan ? g->sdd_mm : 0,
		.cols = g->cols,
		.rows = fan ? 1 : g->rows,
		.pixel_mm = fan ? g->pixel_mm * g->sdd_mm / g->sod_mm : g->pixel_mm,
	};
	memcpy(detector->isocentre_mm, g->isocentre_mm, sizeof(detector->isocentre_mm));
}

int64_t dxa_geometry_poses(const struct dxa_geometry *g)
{
	return g->kind == DXA_GEOMETRY_FAN ? g->rows : 1;
}

struct pose dxa_geometry_pose(const struct dxa_geometry *g, const struct pose *patient, int64_t row)
{
	struct pose moved = *patient;
	/* Rows grow towards the feet (-z) in every view: the patient goes up instead. */
	if (g->kind == DXA_GEOMETRY_FAN)
		moved.shift_mm[2] += ((double)row - 0.5 * (double)(g->rows - 1)) * g->pixel_mm;
	return moved;
}

static int check(const struct dxa_geometry *g)
{
	struct geometry detector;
	if (g->rows < 1 || g->rows > 32767)
		return ERR_USAGE("DXA image of %lld rows: must be 1 to 32767", (long long)g->rows);
	if (g->kind == DXA_GEOMETRY_FAN && !(g->sod_mm > 0))
		return ERR_USAGE("--sod-mm %g: must be positive", g->sod_mm);
	dxa_geometry_detector(&detector, g);
	return geometry_check(&detector);
}

int dxa_geometry_materials(float *materials_g_cm2, struct resident *volume, enum projector_model model,
	const struct dxa_geometry *g, const struct pose *patient)
{
	struct geometry detector;
	struct projection out = { 0 };
	struct memory poses = { 0 };
	int64_t n = dxa_geometry_poses(g);
	int rc = -1;
	TRY(check(g));
	dxa_geometry_detector(&detector, g);
	TRY(memory_alloc(&poses, NULL, (size_t)n * sizeof(struct pose), "poses"));
	for (int64_t row = 0; row < n; row++)
		((struct pose *)poses.data)[row] = dxa_geometry_pose(g, patient, row);
	TRY(projection_alloc(&out, &detector, n, 0, false, true, false, false));
	TRY(projector_render(&out, volume, model, &detector, poses.data, n));
	/* (n, MATERIALS, rows of one image, cols) -> (MATERIALS, all rows, cols) */
	int64_t image = detector.rows * detector.cols, plane = g->rows * g->cols;
	for (int64_t p = 0; p < n; p++)
		for (int m = 0; m < MATERIALS; m++)
			memcpy(materials_g_cm2 + m * plane + p * image,
				out.materials + (p * MATERIALS + m) * image, (size_t)image * sizeof(float));
	rc = 0;
cleanup:
	projection_free(&out);
	memory_free(&poses);
	return rc;
}

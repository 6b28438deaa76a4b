/* The femur's total-hip region alone. */
#include "ct/anatomy_raster.h"
#include "host/run/err.h"

/* The femur's box, cut below the region: its lowest point is the distal plane at the shaft's far side. */
static void region_grid(const struct anatomy *a, enum anatomy_side side, const struct total_hip_rule *rule,
	double spacing_mm, int64_t n[3], double to_world[4][4])
{
	const struct anatomy_frame *frame = &a->frame[side];
	const struct anatomy_bone *bone = &a->bone[ANATOMY_FEMUR_RIGHT + (int)side];
	double reach = rule->distal_cut_radii * frame->head_radius_mm + 1.5 * frame->head_radius_mm;
	double low[3], high[3];
	for (int k = 0; k < 3; k++) {
		low[k] = fmax(bone->low[k], frame->head_centre_mm[k] - reach);
		high[k] = fmin(bone->high[k], frame->head_centre_mm[k] + reach);
		n[k] = (int64_t)ceil((high[k] - low[k]) / spacing_mm);
		for (int j = 0; j < 4; j++)
			to_world[k][j] = j == k ? spacing_mm : 0;
		to_world[k][3] = 0.5 * (low[k] + high[k]) - 0.5 * (double)(n[k] - 1) * spacing_mm;
	}
	for (int j = 0; j < 4; j++)
		to_world[3][j] = j == 3;
}

/* The region and the femur are filled from these. */
struct region {
	const struct anatomy *a;
	struct femur_frame frame;
	const struct total_hip_rule *rule;
	enum anatomy_side side;
	const struct anatomy_raster *raster;
	float *mineral, *fraction;
};

static void fill_cell(
	const struct region *s, const struct anatomy_cell *cell, const struct anatomy_near *near)
{
	const enum anatomy_part part = (enum anatomy_part)(ANATOMY_FEMUR_RIGHT + (int)s->side);
	for (int64_t z = cell->first[2]; z < cell->end[2]; z++)
		for (int64_t y = cell->first[1]; y < cell->end[1]; y++)
			for (int64_t x = cell->first[0]; x < cell->end[0]; x++) {
				struct anatomy_share c = { 0, 0, 0, 0 };
				int64_t i = x + s->raster->n[0] * (y + s->raster->n[1] * z);
				double p[3];
				anatomy_raster_at(s->raster, (double)x, (double)y, (double)z, p);
				if (!total_hip_contains(&s->frame, s->rule, p))
					continue;
				anatomy_raster_bone(&c, s->a, part, near, s->raster, p);
				s->mineral[i] = (float)c.mineral;
				s->fraction[i] = (float)c.bone;
			}
}

int anatomy_region(struct volume *mineral_g_cm3, struct volume *fraction, const struct anatomy *a,
	enum anatomy_side side, const struct total_hip_rule *rule, double spacing_mm)
{
	static const double still[4][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
	const enum anatomy_part part = (enum anatomy_part)(ANATOMY_FEMUR_RIGHT + (int)side);
	int64_t n[3];
	double to_world[4][4];
	const double(*affine)[4] = (const double(*)[4])to_world;
	struct anatomy_raster r;
	region_grid(a, side, rule, spacing_mm, n, to_world);
	if (anatomy_raster_init(&r, n, affine, still, 2) != 0)
		return -1;
	if (volume_init(mineral_g_cm3, n, affine, VOLUME_F32) != 0 ||
		volume_init(fraction, n, affine, VOLUME_F32) != 0) {
		volume_free(mineral_g_cm3);
		return -1;
	}
	const struct region region = { a, anatomy_femur_frame(a, side), rule, side, &r, volume_f32(mineral_g_cm3),
		volume_f32(fraction) };
#pragma omp parallel for schedule(dynamic, 4)
	for (int64_t row = 0; row < r.cells[1] * r.cells[2]; row++)
		for (int64_t x = 0; x < r.cells[0]; x++) {
			const struct anatomy_cell cell =
				anatomy_raster_cell(&r, x, row % r.cells[1], row / r.cells[1]);
			struct anatomy_near near;
			if (anatomy_raster_near(&near, a, part, &r, &cell))
				fill_cell(&region, &cell, &near);
		}
	return 0;
}

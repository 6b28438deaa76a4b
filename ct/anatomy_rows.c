/*
 * The body's cells on the CPU: row by row along x, so that a part that is far away is not asked for again before it can be
 * near, and where soft tissue is all there is, several voxels at a time.
 */
#include "ct/anatomy_rows.h"

#include <math.h>

/* ROW voxels or fewer of a row, value by value. */
enum { ROW = 16 };
struct smooth_row {
	double skin_mm[ROW], muscle_mm[ROW], wave[ROW], cavity[ROW];
};

static void values_of(double *out, double from, double to, int first, int n, double per_voxel)
{
	for (int i = 0; i < n; i++)
		out[i] = from + (double)(first + i) * per_voxel * (to - from);
}

/* Voxels first .. first + n - 1 between two ends, per_voxel of the way apart. */
static void row_of(struct smooth_row *row, const struct anatomy_smooth end[2], int first, int n, double per_voxel)
{
	values_of(row->skin_mm, end[0].skin_mm, end[1].skin_mm, first, n, per_voxel);
	values_of(row->muscle_mm, end[0].muscle_mm, end[1].muscle_mm, first, n, per_voxel);
	values_of(row->wave, end[0].wave, end[1].wave, first, n, per_voxel);
	values_of(row->cavity, end[0].cavity, end[1].cavity, first, n, per_voxel);
}

/*
 * Whether anatomy_tissue_mix() is tissue_row() all over a cell: neither cloth nor bowel within its corners, and no muscle,
 * or one whose fat varies only as the smooth part does.
 */
static bool tissue_is_plain(const struct anatomy_smooth corner[8], const struct anatomy_local *local, double width_mm)
{
	double skin = -INFINITY, muscle = INFINITY, cavity = INFINITY;
	for (int i = 0; i < 8; i++) {
		skin = anatomy_sdf_max(skin, corner[i].skin_mm);
		muscle = anatomy_sdf_min(muscle, corner[i].muscle_mm);
		cavity = anatomy_sdf_min(cavity, corner[i].cavity);
	}
	return skin < width_mm && !local->bowel &&
	       (muscle >= width_mm || (!local->sheet && (!local->mixed || cavity >= 1)));
}

static void tissue_row(double *soft, double *fat, int n, const struct anatomy *a, double width_mm,
	const struct smooth_row *s, const struct anatomy_local *local)
{
	const struct anatomy_params p = a->params;
	const bool belly = !(local->gap > 0);
	for (int i = 0; i < n; i++) {
		const struct anatomy_layers l = anatomy_layers_of(s->skin_mm[i], s->muscle_mm[i], width_mm);
		double in_belly = anatomy_fat_within(&p, s->wave[i]), outside = anatomy_fat_beyond(&p, in_belly);
		double share = s->cavity[i] < 1 ? (belly ? in_belly : outside) : in_belly;
		share = anatomy_sdf_clamp(anatomy_fat_cavity(&p, share, s->wave[i], s->cavity[i]), 0, 1);
		double infiltrated = l.muscle * share;
		fat[i] = l.below_skin - l.muscle + infiltrated;
		soft[i] = l.body - l.below_skin + l.muscle - infiltrated;
	}
}

static void fill_row(const struct anatomy_job *job, const struct anatomy_scene *scene, const struct anatomy_cell *cell,
	const struct anatomy_smooth end[2], int64_t y, int64_t z)
{
	const struct anatomy_raster *r = &job->raster;
	const double per_voxel = 1.0 / r->edge[0];
	struct anatomy_due due = { .step_mm = sqrt(anatomy_sdf_dot(r->step[0], r->step[0])) * (1 + 1e-9) };
	for (int64_t x = cell->first[0]; x < cell->end[0]; x++) {
		const int64_t at[3] = { x, y, z };
		struct anatomy_smooth smooth;
		anatomy_scene_between(&smooth, &end[0], &end[1], (double)(x - cell->first[0]) * per_voxel);
		anatomy_scene_voxel(job, scene, &due, at, &smooth);
	}
}

/* The same as fill_row() of a plain cell: no label, no mineral. */
static void fill_plain_row(const struct anatomy_job *job, const struct anatomy_scene *scene,
	const struct anatomy_cell *cell, const struct anatomy_smooth end[2], int64_t y, int64_t z)
{
	const struct anatomy_target *t = &job->target;
	const double per_voxel = 1.0 / job->raster.edge[0];
	const int64_t first = t->first + y * t->stride[1] + z * t->stride[2];
	for (int64_t x = cell->first[0]; x < cell->end[0]; x += ROW) {
		const int n = cell->end[0] - x < ROW ? (int)(cell->end[0] - x) : ROW;
		struct smooth_row row;
		double soft[ROW], fat[ROW];
		row_of(&row, end, (int)(x - cell->first[0]), n, per_voxel);
		tissue_row(soft, fat, n, job->body, job->raster.width_mm, &row, &scene->local);
		for (int i = 0; i < n; i++) {
			t->soft[first + (x + i) * t->stride[0]] = (float)(soft[i] * ANATOMY_SOFT_G_CM3);
			t->fat[first + (x + i) * t->stride[0]] = (float)(fat[i] * ANATOMY_FAT_G_CM3);
		}
	}
}

/* Rows along x, one above the other in z: in the order of neither axis a target is likely to be far apart. */
static void fill_cell(const struct anatomy_job *job, const struct anatomy_cell *cell, const int64_t at[3])
{
	struct anatomy_scene scene;
	struct anatomy_smooth corner[8], end[2];
	anatomy_scene_corners(corner, job, at);
	anatomy_scene_look(&scene, job, cell, corner);
	if (!scene.something)
		return;
	const bool plain = !scene.parts && !scene.local.metal && !scene.local.phlebolith &&
			   tissue_is_plain(corner, &scene.local, job->raster.width_mm);
	for (int64_t y = cell->first[1]; y < cell->end[1]; y++)
		for (int64_t z = cell->first[2]; z < cell->end[2]; z++) {
			anatomy_scene_ends(end, corner, &job->raster, cell, y, z);
			if (plain)
				fill_plain_row(job, &scene, cell, end, y, z);
			else
				fill_row(job, &scene, cell, end, y, z);
		}
}

void anatomy_rows_fill(const struct anatomy_job *job)
{
	const int64_t *cells = job->raster.cells;
	/* Neighbours along z follow one another: in some layouts they lie next to each other. */
#pragma omp parallel for schedule(dynamic, 4)
	for (int64_t row = 0; row < cells[1] * cells[2]; row++)
		for (int64_t x = 0; x < cells[0]; x++) {
			const int64_t at[3] = { x, row / cells[2], row % cells[2] };
			const struct anatomy_cell cell = anatomy_raster_cell(&job->raster, at[0], at[1], at[2]);
			if (anatomy_scene_wanted(job, &cell))
				fill_cell(job, &cell, at);
		}
}

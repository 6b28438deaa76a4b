#include "ct/anatomy_field.h"

static int64_t index_of(const struct anatomy_raster *r, int64_t x, int64_t y, int64_t z)
{
	return (z * (r->cells[1] + 1) + y) * (r->cells[0] + 1) + x;
}

int anatomy_field_init(struct anatomy_field *f, const struct anatomy *a, const struct anatomy_raster *r)
{
	int64_t nx = r->cells[0] + 1, ny = r->cells[1] + 1, nz = r->cells[2] + 1;
	f->raster = r;
	if (memory_alloc(&f->nodes, NULL, (size_t)(nx * ny * nz) * sizeof(struct anatomy_smooth),
		    "the soft tissue's lattice") != 0)
		return -1;
	struct anatomy_smooth *nodes = f->nodes.data;
	/* A voxel's cell has no corner farther from the skin than the voxel and a cell's diagonal. */
	double far = 4 * anatomy_raster_radius_mm(r) + r->width_mm;
#pragma omp parallel for schedule(dynamic)
	for (int64_t z = 0; z < nz; z++)
		for (int64_t y = 0; y < ny; y++)
			for (int64_t x = 0; x < nx; x++) {
				double p[3];
				anatomy_raster_at(r, (double)(x * r->edge[0]), (double)(y * r->edge[1]),
					(double)(z * r->edge[2]), p);
				nodes[index_of(r, x, y, z)] = anatomy_smooth_at(a, p, far);
			}
	return 0;
}

void anatomy_field_free(struct anatomy_field *f)
{
	memory_free(&f->nodes);
}

void anatomy_field_corners(
	struct anatomy_smooth corner[8], const struct anatomy_field *f, int64_t x, int64_t y, int64_t z)
{
	const struct anatomy_smooth *nodes = f->nodes.data;
	for (int i = 0; i < 8; i++)
		corner[i] = nodes[index_of(f->raster, x + (i & 1), y + (i >> 1 & 1), z + (i >> 2))];
}

void anatomy_field_between(struct anatomy_smooth *out, const struct anatomy_smooth *from,
	const struct anatomy_smooth *to, double at)
{
	out->skin_mm = from->skin_mm + at * (to->skin_mm - from->skin_mm);
	out->muscle_mm = from->muscle_mm + at * (to->muscle_mm - from->muscle_mm);
	out->wave = from->wave + at * (to->wave - from->wave);
	out->cavity = from->cavity + at * (to->cavity - from->cavity);
}

static void between(double *out, double from, double to, int first, int n, double per_voxel)
{
	for (int i = 0; i < n; i++)
		out[i] = from + (double)(first + i) * per_voxel * (to - from);
}

void anatomy_field_row(struct anatomy_smooth_row *row, const struct anatomy_smooth *from, const struct anatomy_smooth *to,
	int first, int n, double per_voxel)
{
	between(row->skin_mm, from->skin_mm, to->skin_mm, first, n, per_voxel);
	between(row->muscle_mm, from->muscle_mm, to->muscle_mm, first, n, per_voxel);
	between(row->wave, from->wave, to->wave, first, n, per_voxel);
	between(row->cavity, from->cavity, to->cavity, first, n, per_voxel);
}

#include "kernels/anatomy_cells.h"

#if defined(K_F32)
/* Place of element i among n[0] x n[1] x ... */
K_FN void anatomy_cells_place(int64_t at[3], int64_t i, int64_t n_x, int64_t n_y)
{
	const int64_t row = k_div(i, n_x);
	at[0] = i - row * n_x;
	at[2] = k_div(row, n_y);
	at[1] = row - at[2] * n_y;
}

K_FN void anatomy_cells_nodes_at(const struct anatomy_cells_args *a, int64_t i)
{
	const int64_t *cells = a->job.raster.cells;
	int64_t at[3];
	anatomy_cells_place(at, i, cells[0] + 1, cells[1] + 1);
	a->job.nodes[i] = anatomy_scene_smooth(&a->job, at[0], at[1], at[2]);
}

K_FN void anatomy_cells_scenes_at(const struct anatomy_cells_args *a, int64_t i)
{
	const struct anatomy_raster *r = &a->job.raster;
	struct anatomy_smooth corner[8];
	int64_t at[3];
	anatomy_cells_place(at, i, r->cells[0], r->cells[1]);
	const struct anatomy_cell cell = anatomy_raster_cell(r, at[0], at[1], at[2]);
	a->scenes[i].something = false;
	if (!anatomy_scene_wanted(&a->job, &cell))
		return;
	anatomy_scene_corners(corner, &a->job, at);
	anatomy_scene_look(&a->scenes[i], &a->job, &cell, corner);
}

/* A cell's voxels follow one another, beyond the grid too: in a block of threads most are of one cell. */
K_FN void anatomy_cells_voxels_at(const struct anatomy_cells_args *a, int64_t i)
{
	const struct anatomy_raster *r = &a->job.raster;
	const int64_t voxels = (int64_t)r->edge[0] * r->edge[1] * r->edge[2];
	const int64_t within = k_div(i, voxels), c = a->first_cell + within;
	const struct anatomy_scene *scene = &a->scenes[c];
	struct anatomy_smooth corner[8], end[2], smooth;
	int64_t at[3], voxel[3];
	if (!scene->something)
		return;
	anatomy_cells_place(at, c, r->cells[0], r->cells[1]);
	anatomy_cells_place(voxel, i - within * voxels, r->edge[0], r->edge[1]);
	const struct anatomy_cell cell = anatomy_raster_cell(r, at[0], at[1], at[2]);
	for (int k = 0; k < 3; k++) {
		voxel[k] += cell.first[k];
		if (voxel[k] >= cell.end[k])
			return;
	}
	anatomy_scene_corners(corner, &a->job, at);
	anatomy_scene_ends(end, corner, r, &cell, voxel[1], voxel[2]);
	anatomy_scene_between(&smooth, &end[0], &end[1], (double)(voxel[0] - cell.first[0]) * (1.0 / r->edge[0]));
	anatomy_scene_voxel(&a->job, scene, NULL, voxel, &smooth);
}

K_DEFINE_F32(anatomy_cells_nodes, anatomy_cells_args, 2)
K_DEFINE_F32(anatomy_cells_scenes, anatomy_cells_args, 1)
K_DEFINE_F32(anatomy_cells_voxels, anatomy_cells_args, 1)
#endif

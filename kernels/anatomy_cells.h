/*
 * The digital hip on a grid (kernels/anatomy/scene.h), one element a thread: first the corners of all cells, then what there
 * is in each cell, then its voxels.  On the CPU ct/anatomy_voxel.c takes whole rows instead, which is faster.  Every address
 * in the arguments is on the device, and those within *job.body but params.map, which is only asked for NULL.
 */
#ifndef KERNELS_ANATOMY_CELLS_H
#define KERNELS_ANATOMY_CELLS_H
#include "kernels/anatomy/scene.h"

struct anatomy_cells_args {
	struct anatomy_job job;
	struct anatomy_scene *scenes; /* (cells[2], cells[1], cells[0]) */
	int64_t first_cell;           /* anatomy_cells_voxels: of this launch */
};
K_DECLARE_F32(anatomy_cells_nodes, anatomy_cells_args);  /* n: corners; writes job.nodes */
K_DECLARE_F32(anatomy_cells_scenes, anatomy_cells_args); /* n: cells; reads nodes, writes scenes */
K_DECLARE_F32(anatomy_cells_voxels, anatomy_cells_args); /* n: cells times edge[0] edge[1] edge[2]; writes job.target, but for air */
#endif

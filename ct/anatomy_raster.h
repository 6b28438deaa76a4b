/*
 * A grid laid over the body, in cells of a few voxels: what lies within a cell's ball is found once for all of it
 * (struct anatomy_near), and what bone makes of one voxel.  Internal to ct/anatomy*.c.
 */
#ifndef CT_ANATOMY_RASTER_H
#define CT_ANATOMY_RASTER_H
#include "ct/anatomy_sdf.h"
#ifdef __cplusplus
extern "C" {
#endif
struct anatomy_raster {
	int64_t n[3];         /* voxels */
	double to_body[4][4]; /* index -> body mm */
	double step[3][3];    /* step[axis]: body mm along each index axis */
	double half_diagonal_mm;
	double width_mm;      /* of soft boundaries: the longest edge, so that they show no steps along it */
	int subsamples[3];    /* along each axis, so that their cells are near cubes */
	double sub_width_mm;  /* of such a cell */
	int edge[3];          /* voxels along a cell's edges, which are about ANATOMY_CELL_MM */
	int64_t cells[3];
};
#define ANATOMY_CELL_MM 6.0
int anatomy_raster_init(struct anatomy_raster *r, const int64_t n[3], const double to_world[4][4],
	const double world_to_body[4][4], int subsamples);
void anatomy_raster_at(const struct anatomy_raster *r, double x, double y, double z, double p_mm[3]);
/* Voxels first .. end-1 of a cell and the ball around it. */
struct anatomy_cell {
	int64_t first[3], end[3];
	double centre_mm[3], radius_mm;
};
double anatomy_raster_radius_mm(const struct anatomy_raster *r); /* of every cell's ball */
struct anatomy_cell anatomy_raster_cell(const struct anatomy_raster *r, int64_t x, int64_t y, int64_t z);
/* False where the part does not reach into the cell. */
bool anatomy_raster_near(struct anatomy_near *near, const struct anatomy *a, enum anatomy_part part,
	const struct anatomy_raster *r, const struct anatomy_cell *cell);
/* The middle of one of the voxel's cells, 0 .. anatomy_raster_subs - 1, about p. */
int anatomy_raster_subs(const struct anatomy_raster *r);
void anatomy_raster_sub(const struct anatomy_raster *r, const double p_mm[3], int i, double sub_mm[3]);
/* Per volume of the voxel: partial densities and the share of it that is bone. */
struct anatomy_share {
	double soft, fat, mineral; /* g/cm3 */
	double bone;               /* fraction */
};
/* Adds the part's in the voxel about p.  Returns how far p is from where the part could be in its voxel, <= 0: it may be. */
double anatomy_raster_bone(struct anatomy_share *c, const struct anatomy *a, enum anatomy_part part,
	const struct anatomy_near *near, const struct anatomy_raster *r, const double p_mm[3]);
#ifdef __cplusplus
}
#endif
#endif

/*
 * A voxel farther from a bone's surface than its half diagonal is pure; one that a surface crosses is cut
 * into subsamples, each weighted by a ramp as wide as itself, so that a plane's share of the voxel is right
 * for any position of the plane.
 */
#ifndef KERNELS_ANATOMY_RASTER_H
#define KERNELS_ANATOMY_RASTER_H
#include "kernels/anatomy/density.h"

struct anatomy_raster {
	int64_t n[3];         /* voxels */
	double to_body[4][4]; /* index -> body mm */
	double step[3][3];    /* step[axis]: body mm along each index axis */
	double half_diagonal_mm;
	double width_mm;      /* of soft boundaries: the longest edge, so that they show no steps along it */
	int subsamples[3];    /* along each axis, so that their cells are near cubes */
	double sub_width_mm;  /* of such a cell */
	int edge[3];          /* voxels along a cell's edges, which are about 6 mm */
	int64_t cells[3];
};

/* Voxels first .. end-1 of a cell and the ball around it. */
struct anatomy_cell {
	int64_t first[3], end[3];
	double centre_mm[3], radius_mm;
};

K_FN void anatomy_raster_at(const struct anatomy_raster *r, double x, double y, double z, double p[3])
{
	const double index[3] = { x, y, z };
	anatomy_sdf_affine(r->to_body, index, p);
}

K_FN int anatomy_raster_subs(const struct anatomy_raster *r)
{
	return r->subsamples[0] * r->subsamples[1] * r->subsamples[2];
}

/* The middle of one of the voxel's cells, 0 .. anatomy_raster_subs - 1, about its own. */
K_FN void anatomy_raster_sub(const struct anatomy_raster *r, const double middle[3], int i, double p[3])
{
	const int *n = r->subsamples, at[3] = { i % n[0], i / n[0] % n[1], i / (n[0] * n[1]) };
	for (int k = 0; k < 3; k++) {
		p[k] = middle[k];
		for (int axis = 0; axis < 3; axis++)
			p[k] += ((at[axis] + 0.5) / n[axis] - 0.5) * r->step[axis][k];
	}
}

/* Of every cell's ball. */
K_FN double anatomy_raster_radius_mm(const struct anatomy_raster *r)
{
	double squares = 0;
	for (int axis = 0; axis < 3; axis++)
		squares += r->edge[axis] * r->edge[axis] * anatomy_sdf_dot(r->step[axis], r->step[axis]);
	return 0.5 * sqrt(squares);
}

K_FN struct anatomy_cell anatomy_raster_cell(const struct anatomy_raster *r, int64_t x, int64_t y, int64_t z)
{
	const int64_t at[3] = { x, y, z };
	struct anatomy_cell cell;
	double middle[3];
	for (int k = 0; k < 3; k++) {
		cell.first[k] = at[k] * r->edge[k];
		cell.end[k] = cell.first[k] + r->edge[k] < r->n[k] ? cell.first[k] + r->edge[k] : r->n[k];
		middle[k] = (double)cell.first[k] + 0.5 * (r->edge[k] - 1);
	}
	anatomy_raster_at(r, middle[0], middle[1], middle[2], cell.centre_mm);
	cell.radius_mm = anatomy_raster_radius_mm(r);
	return cell;
}

K_FN bool anatomy_raster_in_box(const struct anatomy_bone *bone, const double p[3], double margin)
{
	for (int k = 0; k < 3; k++)
		if (!(p[k] > bone->low[k] - margin && p[k] < bone->high[k] + margin))
			return false;
	return true;
}

/* False where the part does not reach into the cell. */
K_FN bool anatomy_raster_near(struct anatomy_near *near, const struct anatomy *a, enum anatomy_part part,
	const struct anatomy_raster *r, const struct anatomy_cell *cell)
{
	return anatomy_raster_in_box(&a->bone[part], cell->centre_mm, cell->radius_mm) &&
	       anatomy_near_of(near, a, part, cell->centre_mm, cell->radius_mm) <=
		       cell->radius_mm + 0.5 * r->sub_width_mm;
}

/* Per volume of the voxel: partial densities and the share of it that is bone. */
struct anatomy_share {
	double soft, fat, mineral; /* g/cm3 */
	double bone;               /* fraction */
};

K_FN double anatomy_raster_marrow_fat(const struct anatomy *a, enum anatomy_part part)
{
	return part <= ANATOMY_FEMUR_LEFT ? a->params.femur[part].marrow_fat : a->params.pelvis_marrow_fat;
}

/* Adds `share` of a voxel: mineral of that density, and marrow or matrix of that fat fraction between it. */
K_FN void anatomy_raster_add(struct anatomy_share *c, double share, double mineral_g_cm3, double fat)
{
	double rest = 1 - mineral_g_cm3 / ANATOMY_MINERAL_G_CM3;
	c->mineral += share * mineral_g_cm3;
	c->fat += share * rest * fat * ANATOMY_FAT_G_CM3;
	c->soft += share * rest * (1 - fat) * ANATOMY_SOFT_G_CM3;
	c->bone += share;
}

/* A small cell: `outer` of it lies within the bone, `inner` of it within the cortex's inner face. */
K_FN void anatomy_raster_add_point(struct anatomy_share *c, const struct anatomy *a, enum anatomy_part part,
	const double p[3], double outer, double inner, double weight)
{
	if (outer > inner)
		anatomy_raster_add(c, weight * (outer - inner), 1e-3 * anatomy_density_cortical(a, part, p), 0);
	if (inner > 0)
		anatomy_raster_add(
			c, weight * inner, 1e-3 * anatomy_density_trabecular(a, part, p), anatomy_raster_marrow_fat(a, part));
}

K_FN void anatomy_raster_add_cut(struct anatomy_share *c, const struct anatomy *a, enum anatomy_part part,
	const struct anatomy_near *near, const struct anatomy_raster *r, const double middle[3])
{
	int n = anatomy_raster_subs(r);
	for (int i = 0; i < n; i++) {
		double p[3];
		anatomy_raster_sub(r, middle, i, p);
		double d = anatomy_near_sdf(a, part, near, p), outer = anatomy_inside(d, r->sub_width_mm);
		if (outer <= 0)
			continue;
		double inner = anatomy_inside(d + anatomy_density_cortex_mm(a, part, p), r->sub_width_mm);
		anatomy_raster_add_point(c, a, part, p, outer, inner, 1.0 / n);
	}
}

/* Adds the part's in the voxel about p.  Returns how far p is from where the part could be in its voxel, <= 0: it may be. */
ANATOMY_CALL double anatomy_raster_bone(struct anatomy_share *c, const struct anatomy *a, enum anatomy_part part,
	const struct anatomy_near *near, const struct anatomy_raster *r, const double p[3])
{
	double d = anatomy_near_sdf(a, part, near, p), far = r->half_diagonal_mm + 0.5 * r->sub_width_mm;
	if (d > far)
		return d - far;
	double to_marrow = d + anatomy_density_cortex_mm(a, part, p);
	/* The cortex's inner face is no distance function, but near enough to one: a margin of a quarter. */
	if (d > -far || fabs(to_marrow) < 1.25 * far)
		anatomy_raster_add_cut(c, a, part, near, r, p);
	else
		anatomy_raster_add_point(c, a, part, p, 1, to_marrow < 0 ? 1 : 0, 1);
	return 0;
}
#endif

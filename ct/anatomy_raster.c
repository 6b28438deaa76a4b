/*
 * A voxel farther from a bone's surface than its half diagonal is pure; one that a surface crosses is cut
 * into subsamples, each weighted by a ramp as wide as itself, so that a plane's share of the voxel is right
 * for any position of the plane.
 */
#include "ct/anatomy_raster.h"

#include "host/run/err.h"

static double volume_of(const double step[3][3])
{
	return fabs(step[0][0] * (step[1][1] * step[2][2] - step[1][2] * step[2][1]) -
		    step[0][1] * (step[1][0] * step[2][2] - step[1][2] * step[2][0]) +
		    step[0][2] * (step[1][0] * step[2][1] - step[1][1] * step[2][0]));
}

int anatomy_raster_init(struct anatomy_raster *r, const int64_t n[3], const double to_world[4][4],
	const double world_to_body[4][4], int subsamples)
{
	if (subsamples < 1 || subsamples > 8)
		return ERR_INVALID("anatomy: %d subsamples per axis, must be 1 to 8", subsamples);
	affine_multiply(r->to_body, world_to_body, to_world);
	double spacing[3], shortest = INFINITY;
	r->width_mm = 0;
	for (int axis = 0; axis < 3; axis++) {
		for (int k = 0; k < 3; k++)
			r->step[axis][k] = r->to_body[k][axis];
		spacing[axis] = sqrt(anatomy_sdf_dot(r->step[axis], r->step[axis]));
		shortest = anatomy_sdf_min(shortest, spacing[axis]);
		r->width_mm = anatomy_sdf_max(r->width_mm, spacing[axis]);
	}
	if (!(volume_of((const double(*)[3])r->step) > 0))
		return ERR_INVALID("anatomy: the grid's affine is singular");
	r->half_diagonal_mm = 0.5 * anatomy_sdf_length(spacing[0], spacing[1], spacing[2]);
	r->sub_width_mm = 0;
	for (int k = 0; k < 3; k++) {
		r->n[k] = n[k];
		r->subsamples[k] = (int)lround(subsamples * spacing[k] / shortest);
		r->sub_width_mm += spacing[k] / r->subsamples[k] / 3;
		r->edge[k] = spacing[k] < ANATOMY_CELL_MM ? (int)(ANATOMY_CELL_MM / spacing[k]) : 1;
		r->cells[k] = (n[k] + r->edge[k] - 1) / r->edge[k];
	}
	return 0;
}

void anatomy_raster_at(const struct anatomy_raster *r, double x, double y, double z, double p[3])
{
	const double index[3] = { x, y, z };
	affine_apply(r->to_body, index, p);
}

int anatomy_raster_subs(const struct anatomy_raster *r)
{
	return r->subsamples[0] * r->subsamples[1] * r->subsamples[2];
}

void anatomy_raster_sub(const struct anatomy_raster *r, const double middle[3], int i, double p[3])
{
	const int *n = r->subsamples, at[3] = { i % n[0], i / n[0] % n[1], i / (n[0] * n[1]) };
	for (int k = 0; k < 3; k++) {
		p[k] = middle[k];
		for (int axis = 0; axis < 3; axis++)
			p[k] += ((at[axis] + 0.5) / n[axis] - 0.5) * r->step[axis][k];
	}
}

double anatomy_raster_radius_mm(const struct anatomy_raster *r)
{
	double squares = 0;
	for (int axis = 0; axis < 3; axis++)
		squares += r->edge[axis] * r->edge[axis] * anatomy_sdf_dot(r->step[axis], r->step[axis]);
	return 0.5 * sqrt(squares);
}

struct anatomy_cell anatomy_raster_cell(const struct anatomy_raster *r, int64_t x, int64_t y, int64_t z)
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

static bool in_box(const struct anatomy_bone *bone, const double p[3], double margin)
{
	for (int k = 0; k < 3; k++)
		if (!(p[k] > bone->low[k] - margin && p[k] < bone->high[k] + margin))
			return false;
	return true;
}

bool anatomy_raster_near(struct anatomy_near *near, const struct anatomy *a, enum anatomy_part part,
	const struct anatomy_raster *r, const struct anatomy_cell *cell)
{
	return in_box(&a->bone[part], cell->centre_mm, cell->radius_mm) &&
	       anatomy_near_of(near, a, part, cell->centre_mm, cell->radius_mm) <=
		       cell->radius_mm + 0.5 * r->sub_width_mm;
}

/* ---- bone in a voxel ---- */

static double marrow_fat(const struct anatomy *a, enum anatomy_part part)
{
	return part <= ANATOMY_FEMUR_LEFT ? a->params.femur[part].marrow_fat : a->params.pelvis_marrow_fat;
}

/* Adds `share` of a voxel: mineral of that density, and marrow or matrix of that fat fraction between it. */
static void add_bone(struct anatomy_share *c, double share, double mineral_g_cm3, double fat)
{
	double rest = 1 - mineral_g_cm3 / ANATOMY_MINERAL_G_CM3;
	c->mineral += share * mineral_g_cm3;
	c->fat += share * rest * fat * ANATOMY_FAT_G_CM3;
	c->soft += share * rest * (1 - fat) * ANATOMY_SOFT_G_CM3;
	c->bone += share;
}

/* A small cell: `outer` of it lies within the bone, `inner` of it within the cortex's inner face. */
static void add_point(struct anatomy_share *c, const struct anatomy *a, enum anatomy_part part,
	const double p[3], double outer, double inner, double weight)
{
	if (outer > inner)
		add_bone(c, weight * (outer - inner), 1e-3 * anatomy_cortical_mg_cm3(a, part, p), 0);
	if (inner > 0)
		add_bone(
			c, weight * inner, 1e-3 * anatomy_trabecular_mg_cm3(a, part, p), marrow_fat(a, part));
}

static void add_cut_voxel(struct anatomy_share *c, const struct anatomy *a, enum anatomy_part part,
	const struct anatomy_near *near, const struct anatomy_raster *r, const double middle[3])
{
	int n = anatomy_raster_subs(r);
	for (int i = 0; i < n; i++) {
		double p[3];
		anatomy_raster_sub(r, middle, i, p);
		double d = anatomy_near_sdf(a, part, near, p), outer = anatomy_inside(d, r->sub_width_mm);
		if (outer <= 0)
			continue;
		double inner = anatomy_inside(d + anatomy_cortex_mm(a, part, p), r->sub_width_mm);
		add_point(c, a, part, p, outer, inner, 1.0 / n);
	}
}

double anatomy_raster_bone(struct anatomy_share *c, const struct anatomy *a, enum anatomy_part part,
	const struct anatomy_near *near, const struct anatomy_raster *r, const double p[3])
{
	double d = anatomy_near_sdf(a, part, near, p), far = r->half_diagonal_mm + 0.5 * r->sub_width_mm;
	if (d > far)
		return d - far;
	double to_marrow = d + anatomy_cortex_mm(a, part, p);
	/* The cortex's inner face is no distance function, but near enough to one: a margin of a quarter. */
	if (d > -far || fabs(to_marrow) < 1.25 * far)
		add_cut_voxel(c, a, part, near, r, p);
	else
		add_point(c, a, part, p, 1, to_marrow < 0 ? 1 : 0, 1);
	return 0;
}

/*
 * Tiles of the detector: TILE_ROWS rows of SIMD_LANES neighbouring rays that share a dominant axis, as lines over it.
 */
#ifndef KERNELS_CPU_SLAB_TILE_H
#define KERNELS_CPU_SLAB_TILE_H
#include "kernels/cpu/simd.h"
#include "kernels/slab_ray.h"

enum { TILE_ROWS = 4, TILE_SLABS = 32, TILE_SLABS_FEWEST = 8 };
enum { TILE_FARTHEST = 32 }; /* voxels along u that a block may go: more would be rounded too coarsely */

#define SHEET_ASIDE 1e-7 /* voxels that a line of pixels may leave the axis it is parallel to */

/* Neighbouring rays of one dominant axis. */
struct tile {
	int u, v, w; /* axes: along the rows of voxels, across them, along the ray */
	int layout;
	int64_t pixel[TILE_ROWS][SIMD_LANES];
	double start[2][TILE_ROWS][SIMD_LANES], slope[2][TILE_ROWS][SIMD_LANES]; /* u and v over w */
	float change[2][TILE_ROWS][SIMD_LANES], per_change[2][TILE_ROWS][SIMD_LANES]; /* slope, 1 / slope */
	float mm[TILE_ROWS][SIMD_LANES];                                        /* per slab */
	int64_t rows, lanes;                                                    /* of these are pixels */
	int64_t slabs;                                                          /* of a block */
};
/* How a pose is cut into tiles: which way lanes run over the detector, and along which axis rows of voxels lie. */
struct scan {
	const struct slab_ray_args *a;
	const struct ray_pose *pose;
	const double *along, *across; /* index units per pixel */
	int64_t n_along, n_across, pixel_along, pixel_across;
	int fast[3]; /* for each dominant axis */
	int sheet;   /* the axis that lanes are parallel to where slab_sheet.h can use it, or -1 */
};

static double step_of(const struct ray_pose *p, const double *point, int k)
{
	return p->cone ? point[k] - p->source[k] : p->direction[k];
}

static void point_of(const struct scan *s, int64_t along, int64_t across, double point[3])
{
	for (int k = 0; k < 3; k++)
		point[k] = s->pose->origin[k] + (double)along * s->along[k] + (double)across * s->across[k];
}

/* The axis along which the ray of a pixel is fastest. */
static int dominant(const struct ray_pose *p, const double *point)
{
	int w = 0;
	for (int k = 1; k < 3; k++)
		if (fabs(step_of(p, point, k)) > fabs(step_of(p, point, w)))
			w = k;
	return w;
}

/* How far u and v go from lane to lane (in the middle of the volume) and from slab to slab, at a pixel. */
struct drift {
	double lane[2], slab[2];
};

static struct drift drift_at(const struct slab_ray_args *a, const struct ray_pose *p, const double *point,
	const double *along, int w, const int uv[2])
{
	struct drift d;
	double depth = 1, forth = along[w] / step_of(p, point, w);
	if (p->cone)
		depth = (0.5 * (double)(a->n[w] - 1) - p->source[w]) / step_of(p, point, w);
	for (int j = 0; j < 2; j++) {
		d.slab[j] = fabs(step_of(p, point, uv[j]) / step_of(p, point, w));
		d.lane[j] = fabs((along[uv[j]] - forth * step_of(p, point, uv[j])) * depth);
	}
	return d;
}

/*
 * What a slab costs, in units of the cheapest: more where lanes spread over rows of voxels or pass from row to row (a
 * tile's measured times), where a row needs two registers, or where each lane must fetch its own.
 */
static double scan_cost(const struct slab_ray_args *a, const struct drift *d)
{
	const int last = SIMD_LANES - 1, taps = a->model == RAY_PWC ? 0 : a->model == RAY_JOSEPH ? 1 : 2;
	/* Joseph looks at planes only, so nothing passes from row to row on the way. */
	double rows = last * d->lane[1] + (a->model == RAY_JOSEPH ? 0 : d->slab[1]);
	double width = last * d->lane[0] + d->slab[0] + taps + 2;
	double cost = 1 + 1.6 * fmin(rows, 1) + 0.8 * fmax(rows - 1, 0);
	return width <= SIMD_LANES ? cost : width <= 2 * SIMD_LANES ? 1.4 * cost : 5;
}

/* Lanes along the detector's columns (swap) or rows. */
static void scan_set(struct scan *s, const struct slab_ray_args *a, const struct ray_pose *pose, int swap)
{
	*s = (struct scan){ .a = a,
		.pose = pose,
		.along = swap ? pose->dv : pose->du,
		.across = swap ? pose->du : pose->dv,
		.n_along = swap ? a->rows : a->cols,
		.n_across = swap ? a->cols : a->rows,
		.pixel_along = swap ? a->cols : 1,
		.pixel_across = swap ? 1 : a->cols,
		.fast = { 1, 0, 0 },
		.sheet = -1 };
}

/* The axis that all of a line of n pixels is parallel to, to within what float resolves; -1: none. */
static int axis_of(const double *along, int64_t n)
{
	int u = 0;
	for (int k = 1; k < 3; k++)
		if (fabs(along[k]) > fabs(along[u]))
			u = k;
	for (int k = 0; k < 3; k++)
		if (k != u && fabs(along[k]) * (double)n > SHEET_ASIDE)
			return -1;
	return u;
}

/* Whether lanes that way lie in sheets (slab_sheet.h) and near enough to one another, judged in the middle. */
static int scan_sheet(struct scan *s, const struct slab_ray_args *a, const struct ray_pose *pose, int swap)
{
	double middle[3];
	scan_set(s, a, pose, swap);
	point_of(s, s->n_along / 2, s->n_across / 2, middle);
	const int u = axis_of(s->along, s->n_along), w = dominant(pose, middle);
	if (u < 0 || u == w || s->n_along < SIMD_LANES)
		return 0;
	const int uv[2] = { u, 3 - u - w };
	const struct drift d = drift_at(a, pose, middle, s->along, w, uv);
	if (!((SIMD_LANES - 1) * d.lane[0] + TILE_SLABS_FEWEST * d.slab[0] + 4 <= SIMD_LANES))
		return 0;
	for (int k = 0; k < 3; k++)
		s->fast[k] = k != u ? u : s->fast[k];
	s->sheet = u;
	return 1;
}

/* The cheaper of the detector's two ways and the volume's two rows, judged at four points; SLAB_X and SLAB_Y are at
 * hand, so SLAB_Z must be worth its memory. */
static void scan_of(struct scan *s, const struct slab_ray_args *a, const struct ray_pose *pose)
{
	/* Columns first: they stay parallel to an axis while the source turns about it. */
	if (a->model == RAY_TRILINEAR && !a->n_channels && (scan_sheet(s, a, pose, 1) || scan_sheet(s, a, pose, 0)))
		return;
	const double *ways[2] = { pose->du, pose->dv };
	const int64_t n[2] = { a->cols, a->rows };
	double middle[3], best = INFINITY;
	int swap = 0, fast = 0;
	for (int k = 0; k < 3; k++)
		middle[k] = pose->origin[k] + 0.5 * (double)(a->cols - 1) * pose->du[k] +
			    0.5 * (double)(a->rows - 1) * pose->dv[k];
	const int w = dominant(pose, middle), others[2] = { w == 0 ? 1 : 0, w == 2 ? 1 : 2 };
	for (int way = 0; way < 2; way++)
		for (int first = 0; first < 2; first++) {
			const int uv[2] = { others[first], others[!first] };
			double cost = 0;
			for (int q = 0; q < 4; q++) {
				double at[3], c = (q & 1 ? 0.25 : -0.25) * (double)(a->cols - 1),
					      r = (q & 2 ? 0.25 : -0.25) * (double)(a->rows - 1);
				for (int k = 0; k < 3; k++)
					at[k] = middle[k] + c * pose->du[k] + r * pose->dv[k];
				struct drift d = drift_at(a, pose, at, ways[way], w, uv);
				cost += scan_cost(a, &d);
			}
			cost *= first ? 1.1 : 1;
			cost *= n[way] < SIMD_LANES ? (double)SIMD_LANES / (double)n[way] : 1;
			if (cost < best) {
				best = cost;
				swap = way;
				fast = uv[0];
			}
		}
	scan_set(s, a, pose, swap);
	s->fast[w] = fast;
}

/* One dominant axis for all of a tile: it is for the corners' convex hull when it is for the corners. */
static int tile_axis(const struct scan *s, int64_t along, int64_t across, int64_t lanes, int64_t rows)
{
	double point[3];
	int w = -1;
	for (int corner = 0; corner < 4; corner++) {
		point_of(s, along + (corner & 1) * (lanes - 1), across + (corner >> 1) * (rows - 1), point);
		if (w < 0)
			w = dominant(s->pose, point);
		for (int k = 0; k < 3; k++)
			if (fabs(step_of(s->pose, point, k)) > fabs(step_of(s->pose, point, w)) * (1 + 1e-6))
				return -1;
	}
	return w;
}

static void tile_row(struct tile *t, const struct scan *s, int r, int64_t along, int64_t across)
{
	const struct ray_pose *p = s->pose;
	double point[3][SIMD_LANES], step[3][SIMD_LANES];
	const int axes[2] = { t->u, t->v };
	if (across > s->n_across - 1)
		across = s->n_across - 1;
	for (int l = 0; l < SIMD_LANES; l++) {
		int64_t at = along + l < s->n_along ? along + l : s->n_along - 1;
		t->pixel[r][l] = at * s->pixel_along + across * s->pixel_across;
		for (int k = 0; k < 3; k++) {
			point[k][l] = p->origin[k] + (double)across * s->across[k] + (double)at * s->along[k];
			step[k][l] = p->cone ? point[k][l] - p->source[k] : p->direction[k];
		}
	}
	for (int l = 0; l < SIMD_LANES; l++) {
		double mm2 = 0, per_step = 1.0 / step[t->w][l];
		for (int k = 0; k < 3; k++) {
			double mm = p->to_mm[k][0] * step[0][l] + p->to_mm[k][1] * step[1][l] +
				    p->to_mm[k][2] * step[2][l];
			mm2 += mm * mm;
		}
		t->mm[r][l] = (float)(sqrt(mm2) * fabs(per_step));
		for (int j = 0; j < 2; j++) {
			double slope = step[axes[j]][l] * per_step;
			t->slope[j][r][l] = fabs(slope) < RAY_STILL ? 0.0 : slope;
			t->start[j][r][l] = point[axes[j]][l] - t->slope[j][r][l] * point[t->w][l];
		}
	}
	for (int j = 0; j < 2; j++) {
		simd_f change = simd_narrow(t->slope[j][r]);
		simd_store(t->change[j][r], change);
		simd_store(t->per_change[j][r], simd_steep(change));
	}
}

/* As many slabs a block as rounding allows for the way along u. */
static int64_t tile_slabs(const struct tile *t)
{
	const double *slope = t->slope[0][0], steep = fmax(fabs(slope[0]), fabs(slope[SIMD_LANES - 1]));
	int64_t slabs = TILE_SLABS;
	while (slabs > TILE_SLABS_FEWEST && steep * (double)slabs > TILE_FARTHEST)
		slabs /= 2;
	return slabs;
}

/* -1 when the tile has no common axis. */
static int tile_of(struct tile *t, const struct scan *s, int64_t along, int64_t across)
{
	t->lanes = s->n_along - along < SIMD_LANES ? s->n_along - along : SIMD_LANES;
	t->rows = s->n_across - across < TILE_ROWS ? s->n_across - across : TILE_ROWS;
	t->w = tile_axis(s, along, across, t->lanes, t->rows);
	for (int r = 0; r < TILE_ROWS; r++)
		for (int l = 0; l < SIMD_LANES; l++)
			t->pixel[r][l] = (along + l) * s->pixel_along + (across + r) * s->pixel_across;
	if (t->w < 0)
		return -1;
	t->u = s->fast[t->w];
	t->v = 3 - t->w - t->u;
	t->layout = t->u; /* SLAB_X, SLAB_Y, SLAB_Z */
	for (int r = 0; r < t->rows; r++)
		tile_row(t, s, r, along, across + r);
	t->slabs = tile_slabs(t);
	return 0;
}
#endif

/* How far the lanes of a block reach over the volume, and whether anything is to be looked up there. */
#ifndef KERNELS_CPU_SLAB_REACH_H
#define KERNELS_CPU_SLAB_REACH_H
#include "kernels/cpu/slab_tile.h"

#define HAIR 1e-3 /* more than the rounding of a position inside a block */
enum { SLOWEST = 3 }; /* voxels before the grid that a lane outside it is held at: all three of its row are border */

/* Range of a coordinate over the lanes, at the block's start and end. */
struct reach {
	double low[2], high[2], least, most;
};

static void reach_of(struct reach *x, const double *start, const double *slope, double from, double to)
{
	const int last = SIMD_LANES - 1;
	for (int end = 0; end < 2; end++) {
		double s = end ? to : from, a = start[0] + slope[0] * s, b = start[last] + slope[last] * s;
		x->low[end] = a < b ? a : b;
		x->high[end] = a < b ? b : a;
	}
	x->least = x->low[0] < x->low[1] ? x->low[0] : x->low[1];
	x->most = x->high[0] > x->high[1] ? x->high[0] : x->high[1];
}

static int64_t floor_within(double x, int64_t low, int64_t high)
{
	if (!(x > (double)low))
		return low;
	return x < (double)high ? (int64_t)floor(x) : high;
}

/* Whether one constant fills all bricks that the block touches, in every field. */
static int block_constant(float constant[SLAB_FIELDS], const struct slab_ray_args *a, const struct tile *t, int64_t k,
	int64_t slabs, const struct reach *u, const struct reach *v)
{
	int64_t n[3], low[3], high[3];
	for (int j = 0; j < 3; j++)
		n[j] = (a->n[j] + SLAB_BRICK - 1) / SLAB_BRICK;
	low[t->w] = k / SLAB_BRICK < n[t->w] ? k / SLAB_BRICK : n[t->w] - 1;
	high[t->w] = (k + slabs - 1) / SLAB_BRICK < n[t->w] ? (k + slabs - 1) / SLAB_BRICK : n[t->w] - 1;
	low[t->u] = floor_within(u->least - HAIR, 0, a->n[t->u] - 1) / SLAB_BRICK;
	high[t->u] = floor_within(u->most + HAIR, 0, a->n[t->u] - 1) / SLAB_BRICK;
	low[t->v] = floor_within(v->least - HAIR, 0, a->n[t->v] - 1) / SLAB_BRICK;
	high[t->v] = floor_within(v->most + HAIR, 0, a->n[t->v] - 1) / SLAB_BRICK;
	for (int f = 0; f < a->n_fields; f++) {
		const float *bricks = a->field[f].bricks;
		if (!bricks)
			return 0;
		constant[f] = bricks[(low[2] * n[1] + low[1]) * n[0] + low[0]];
		for (int64_t z = low[2]; z <= high[2]; z++)
			for (int64_t y = low[1]; y <= high[1]; y++)
				for (int64_t x = low[0]; x <= high[0]; x++)
					if (!(bricks[(z * n[1] + y) * n[0] + x] == constant[f]))
						return 0;
	}
	return 1;
}

/* Well inside the grid, so that a constant counts in full. */
static int inside(const struct slab_ray_args *a, const struct tile *t, int64_t k, int64_t slabs, const struct reach *u,
	const struct reach *v)
{
	return k >= 0 && k + slabs < a->n[t->w] && u->least >= 0 && u->most < (double)(a->n[t->u] - 1) &&
	       v->least >= 0 && v->most < (double)(a->n[t->v] - 1);
}

/* Nothing to look up: the lanes are beside the grid, or all that they pass is constant.  constant: per field and slab. */
static int block_skips(float constant[SLAB_FIELDS], const struct slab_ray_args *a, const struct tile *t, int64_t k,
	int64_t slabs, const struct reach *u, const struct reach *v)
{
	for (int f = 0; f < a->n_fields; f++)
		constant[f] = 0;
	if (u->most < -1 - HAIR || u->least > (double)a->n[t->u] + HAIR || v->most < -1 - HAIR ||
		v->least > (double)a->n[t->v] + HAIR)
		return 1;
	/* A trilinear slab k lies between planes k and k + 1. */
	if (!a->field[0].bricks || !block_constant(constant, a, t, k + (a->model == RAY_TRILINEAR), slabs, u, v))
		return 0;
	int zero = 1;
	for (int f = 0; f < a->n_fields; f++)
		zero &= constant[f] == 0;
	return zero || (!a->n_channels && inside(a, t, k, slabs, u, v));
}
#endif

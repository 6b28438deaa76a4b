/*
 * Which blocks of slabs a ray walks, and which its bricks answer for (slab.h): up to 32 blocks at a time.
 *
 * On the GPU a warp shares one plan: lane b judges block b for the box around all 32 rays, which lie between the ends
 * of its row of pixels, or of its two rows, so that a block that is passed over costs nothing and no lane waits for another's.  All lanes
 * call these functions together.  On the CPU a ray has a plan of its own.
 */
#ifndef KERNELS_SLAB_PLAN_H
#define KERNELS_SLAB_PLAN_H
#include "kernels/slab_take.h"

enum { SLAB_PLAN_BLOCKS = 32 };
struct slab_plan {
	uint32_t walk;             /* bit b: block b is walked */
	float filled[SLAB_FIELDS]; /* what the blocks of one constant add up to; by label only those of 0 are passed over */
};
/* The outermost rays of a plan: u, v at `begin` and per slab, as in slab_line. */
enum { SLAB_PLAN_ENDS = 4 };
struct slab_box {
	int64_t at[2][SLAB_PLAN_ENDS];
	int32_t change[2][SLAB_PLAN_ENDS];
};
/* A warp is a row of pixels, by label two half as long (slab_ray_place_in): how many ends it has, and the lane at one. */
K_FN int slab_plan_ends(const struct slab_kind kind)
{
	return kind.labelled ? SLAB_PLAN_ENDS : 2;
}
K_FN int32_t slab_plan_end(int end, const struct slab_kind kind)
{
	return kind.labelled ? (end & 1) * (K_WARP / 2 - 1) + (end >> 1) * (K_WARP / 2) : end * (K_WARP - 1);
}

/* Whether all rays of a plan move fastest along the same axis. */
K_FN int slab_plan_alike(const struct slab_line *line)
{
#if defined(K_WARPS)
	return __all_sync(0xFFFFFFFFU, line->w == __shfl_sync(0xFFFFFFFFU, line->w, 0));
#else
	return line->w >= 0;
#endif
}

K_FN struct slab_box slab_plan_box(const struct slab_line *line, const struct slab_kind kind)
{
	struct slab_box box;
	for (int j = 0; j < 2; j++)
		for (int end = 0; end < slab_plan_ends(kind); end++) {
			box.at[j][end] = line->at[j];
			box.change[j][end] = line->change[j];
#if defined(K_WARPS)
			box.at[j][end] = __shfl_sync(0xFFFFFFFFU, line->at[j], slab_plan_end(end, kind));
			box.change[j][end] = __shfl_sync(0xFFFFFFFFU, line->change[j], slab_plan_end(end, kind));
#endif
		}
	return box;
}

/* Voxels low[] .. high[] that block `blocks` after `begin` can reach; every one of them is near them. */
K_FN void slab_plan_reach(int32_t low[2], int32_t high[2], const struct slab_box *box, int32_t blocks,
	const struct slab_kind kind)
{
	for (int j = 0; j < 2; j++)
		for (int corner = 0; corner < 2 * slab_plan_ends(kind); corner++) {
			const int end = corner >> 1;
			int64_t x = slab_line_ahead(box->at[j][end],
				(blocks + (corner & 1)) * SLAB_RAY_BLOCK, box->change[j][end]);
			int32_t voxel = (int32_t)(x >> SLAB_LINE_BITS);
			low[j] = corner == 0 || voxel < low[j] ? voxel : low[j];
			high[j] = corner == 0 || voxel > high[j] ? voxel : high[j];
		}
}

K_FN int32_t slab_plan_brick(int32_t voxel, int32_t n)
{
	voxel = voxel < 0 ? 0 : voxel > n - 1 ? n - 1 : voxel;
	return voxel / SLAB_BRICK;
}

/* One constant in all bricks of the box, NAN when there is none. */
K_FN float slab_plan_constant(const struct slab_ray_args *a, const struct slab_line *line, const float *bricks,
	int32_t k, const int32_t low[2], const int32_t high[2])
{
	const int32_t n_x = (int32_t)((a->n[0] + SLAB_BRICK - 1) / SLAB_BRICK);
	const int32_t n_y = (int32_t)((a->n[1] + SLAB_BRICK - 1) / SLAB_BRICK), plane = n_x * n_y;
	const int32_t step_s = line->w == 0 ? 1 : line->w == 1 ? n_x : plane;
	const int32_t step_u = line->w == 0 ? n_x : 1, step_v = line->w == 2 ? n_x : plane;
	const int32_t n_w = (int32_t)slab_line_pick_int(a->n, line->w);
	const int32_t n_u = (int32_t)slab_line_pick_int(a->n, slab_line_other(line->w, 0));
	const int32_t n_v = (int32_t)slab_line_pick_int(a->n, slab_line_other(line->w, 1));
	const int32_t s_from = slab_plan_brick(k, n_w), s_to = slab_plan_brick(k + SLAB_RAY_BLOCK - 1, n_w);
	const int32_t u_from = slab_plan_brick(low[0], n_u), u_to = slab_plan_brick(high[0], n_u);
	const int32_t v_from = slab_plan_brick(low[1], n_v), v_to = slab_plan_brick(high[1], n_v);
	float constant = bricks[s_from * step_s + u_from * step_u + v_from * step_v];
	for (int32_t v = v_from; v <= v_to; v++)
		for (int32_t u = u_from; u <= u_to; u++)
			for (int32_t s = s_from; s <= s_to; s++)
				if (!(bricks[s * step_s + u * step_u + v * step_v] == constant))
					return NAN;
	return constant;
}

/* In full: not where a ray enters or leaves the grid. */
K_FN int slab_plan_inside(const struct slab_ray_args *a, const struct slab_line *line, int32_t k, int model,
	const int32_t low[2], const int32_t high[2])
{
	for (int j = 0; j < 2; j++)
		if (low[j] < 0 || high[j] >= slab_line_pick_int(a->n, slab_line_other(line->w, j)) - 1)
			return 0;
	return k >= 0 && k + SLAB_RAY_BLOCK <= slab_line_pick_int(a->n, line->w) - (model == RAY_TRILINEAR);
}

enum slab_state { SLAB_MIXED, SLAB_SAME, SLAB_EMPTY };
/* What the bricks say of block `blocks` after `begin`: constant[] holds for SLAB_SAME. */
K_FN enum slab_state slab_plan_judge(float constant[SLAB_FIELDS], const struct slab_ray_args *a,
	const struct slab_line *line, const struct slab_box *box, int32_t blocks, int model,
	const struct slab_kind kind)
{
	const int32_t k = line->begin + blocks * SLAB_RAY_BLOCK;
	int32_t low[2], high[2];
	int zero = 1;
	slab_plan_reach(low, high, box, blocks, kind);
	for (int f = 0; f < kind.fields; f++) {
		constant[f] = slab_plan_constant(
			a, line, a->field[f].bricks, k + (model == RAY_TRILINEAR), low, high);
		if (!(constant[f] == constant[f]))
			return SLAB_MIXED;
		zero &= constant[f] == 0.0F;
	}
	if (zero)
		return SLAB_EMPTY;
	return slab_plan_inside(a, line, k, model, low, high) ? SLAB_SAME : SLAB_MIXED;
}

/* Lane or block i of a plan. */
K_FN void slab_plan_note(struct slab_plan *plan, enum slab_state state, const float constant[SLAB_FIELDS], int32_t i,
	const struct slab_kind kind)
{
	const int walk = state == SLAB_MIXED || (kind.labelled && state == SLAB_SAME);
#if defined(K_WARPS)
	(void)i;
	plan->walk = __ballot_sync(0xFFFFFFFFU, walk);
#else
	plan->walk |= (uint32_t)walk << i;
#endif
	for (int f = 0; f < kind.fields && !kind.labelled; f++) {
		float filled = state == SLAB_SAME ? constant[f] * SLAB_RAY_BLOCK : 0.0F;
#if defined(K_WARPS)
		for (int32_t h = SLAB_PLAN_BLOCKS / 2; h > 0; h /= 2)
			filled += __shfl_xor_sync(0xFFFFFFFFU, filled, h);
#endif
		plan->filled[f] += filled;
	}
}

/* The `count` blocks from `first` after `begin`, SLAB_PLAN_BLOCKS at most; rays along several axes may differ in `count`. */
K_FN void slab_plan_make(struct slab_plan *plan, const struct slab_ray_args *a, const struct slab_line *line,
	int32_t first, int32_t count, int model, const struct slab_kind kind)
{
	count = count < SLAB_PLAN_BLOCKS ? count : SLAB_PLAN_BLOCKS;
	plan->walk = count > 0 ? ~0U >> (SLAB_PLAN_BLOCKS - count) : 0;
	int bricked = 1;
	for (int f = 0; f < kind.fields; f++) {
		plan->filled[f] = 0.0F;
		bricked &= a->field[f].bricks != NULL;
	}
	if (!bricked || !slab_plan_alike(line))
		return;
	const struct slab_box box = slab_plan_box(line, kind);
	float constant[SLAB_FIELDS];
#if defined(K_WARPS)
	const int32_t i = (int32_t)(threadIdx.x % SLAB_PLAN_BLOCKS);
	enum slab_state state = SLAB_EMPTY;
	if (i < count)
		state = slab_plan_judge(constant, a, line, &box, first + i, model, kind);
	slab_plan_note(plan, state, constant, i, kind);
#else
	plan->walk = 0;
	for (int32_t i = 0; i < count; i++) {
		enum slab_state state = slab_plan_judge(constant, a, line, &box, first + i, model, kind);
		slab_plan_note(plan, state, constant, i, kind);
	}
#endif
}

/* The bits of all rays of a warp, whose lanes call this together. */
K_FN uint32_t slab_plan_any(uint32_t bits)
{
#if defined(K_WARPS)
	return __reduce_or_sync(0xFFFFFFFFU, bits);
#else
	return bits;
#endif
}

/* The lowest bit that is set. */
K_FN int32_t slab_plan_first(uint32_t bits)
{
#if defined(K_WARPS)
	return __ffs((int)bits) - 1;
#else
	int32_t bit = 0;
	while (!(bits >> bit & 1U))
		bit++;
	return bit;
#endif
}
#endif

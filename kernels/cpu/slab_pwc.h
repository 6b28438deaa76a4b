/*
 * Piecewise constant, exact: a slab is one layer of voxels, positions are shifted by a half so that a voxel is the
 * floor.
 *
 * Along u the ray leaves a slab in the voxel `far` and spends the share min(1, depth / slope) of the slab in it, with
 * depth the way it has come from the face it entered by: where that is more than the whole slab it was in `far` from
 * the start.  No case needs a test.
 */
#ifndef KERNELS_CPU_SLAB_PWC_H
#define KERNELS_CPU_SLAB_PWC_H
#include "kernels/cpu/slab_block.h"

/* A coordinate along its slabs; `entry` is -1 / slope where voxels are entered by their upper face, else 0. */
struct walk {
	simd_f start, change, per_change, entry, voxel;
};

SIMD_FN struct walk walk_of(simd_f start, simd_f change, simd_f per_change)
{
	return (struct walk){ start, change, per_change,
		simd_select(simd_lt(change, simd_set(0)), simd_sub(simd_set(0), per_change), simd_set(0)),
		simd_floor(start) };
}

/* Moves to the end of the slab that ends at `end`; the share of it spent in the new voxel. */
SIMD_FN simd_f walk_slab(struct walk *w, simd_f end)
{
	simd_f at = simd_fma(w->change, end, w->start);
	w->voxel = simd_floor(at);
	return simd_min(simd_fma(simd_sub(at, w->voxel), w->per_change, w->entry), simd_set(1));
}

/* Rows that lanes share only in part: each row takes what its lanes spend in it. */
SIMD_FN void pwc_parts(const struct block *b, const struct kind kind, int64_t i, simd_i near, simd_i far,
	simd_f far_share, simd_f *sums, struct label_sums *labels)
{
	const simd_f zero = simd_set(0), one = simd_set(1), turn = simd_sub(one, far_share);
	struct walk v = walk_of(simd_fma(b->dv, simd_set((float)i), b->v), b->dv, b->per_dv);
	simd_f in = v.voxel, over = simd_sub(one, walk_slab(&v, one));
	for (int64_t r = b->low[i]; r <= b->high[i]; r++) {
		simd_f row = simd_set((float)r);
		simd_f enter = simd_select(simd_eq(in, row), zero, over);
		simd_f leave = simd_select(simd_eq(v.voxel, row), one, over);
		simd_f middle = simd_min(simd_max(turn, enter), leave);
		/* Lanes in neither row enter and leave at once. */
		block_take(b, kind, i, i * b->stride_s + r * b->stride_v + b->first[i], near, far, simd_sub(middle, enter),
			simd_sub(leave, middle), sums, labels);
	}
}

/* Voxels of a row lie in one window. */
SIMD_FN void pwc_rows(const struct block *b, const struct kind kind, simd_f *sums, struct label_sums *labels)
{
	const simd_f one = simd_set(1);
	struct walk u = walk_of(b->u, b->du, b->per_du);
	simd_i near = block_voxel(b, u.voxel, kind.clamped);
	simd_f end = simd_set(0);
	for (int64_t i = 0; i < b->slabs; i++) {
		end = simd_add(end, one);
		simd_f share = walk_slab(&u, end);
		simd_i far = block_voxel(b, u.voxel, kind.clamped);
		simd_i first = block_place_in(b, i, near), second = block_place_in(b, i, far);
		if (b->low[i] == b->high[i])
			block_take(b, kind, i, i * b->stride_s + b->low[i] * b->stride_v + b->first[i], first, second,
				simd_sub(one, share), share, sums, labels);
		else
			pwc_parts(b, kind, i, first, second, share, sums, labels);
		near = far;
	}
}

/* Lanes in two rows at most, from where they enter to where they leave the slab: up to three voxels each. */
SIMD_FN void pwc_two_rows(const struct block *b, const struct kind kind, int64_t i, simd_i near, simd_i far,
	simd_f share_u, simd_f *sums, struct label_sums *labels)
{
	const simd_f one = simd_set(1), second = simd_set((float)b->low[i] + 0.5F);
	const simd_i up = simd_iset(SIMD_LANES);
	struct walk v = walk_of(simd_fma(b->dv, simd_set((float)i), b->v), b->dv, b->per_dv);
	simd_m in_second = simd_lt(second, v.voxel);
	simd_f share_v = walk_slab(&v, one);
	simd_m out_second = simd_lt(second, v.voxel), u_first = simd_lt(share_v, share_u);
	simd_f last = simd_min(share_u, share_v), after = simd_max(share_u, share_v);
	simd_f weight[3] = { simd_sub(one, after), simd_sub(after, last), last };
	simd_i at[3] = { simd_iadd_where(in_second, up, near),
		simd_iselect(u_first, simd_iadd_where(in_second, up, far), simd_iadd_where(out_second, up, near)),
		simd_iadd_where(out_second, up, far) };
	block_take_rows(b, kind, i, i * b->stride_s + b->first[i] + b->low[i] * b->stride_v, 2, 3, at, weight, 1, NULL, sums,
		labels);
}

/* Lanes close together: what a slab needs of a row is in one register. */
SIMD_FN void pwc_close(const struct block *b, const struct kind kind, simd_f *sums, struct label_sums *labels)
{
	const simd_f one = simd_set(1);
	struct walk u = walk_of(b->u, b->du, b->per_du);
	simd_i near = block_voxel(b, u.voxel, kind.clamped);
	simd_f end = simd_set(0);
	for (int64_t i = 0; i < b->slabs; i++) {
		end = simd_add(end, one);
		simd_f share = walk_slab(&u, end), weight[2] = { simd_sub(one, share), share };
		simd_i far = block_voxel(b, u.voxel, kind.clamped);
		simd_i at[2] = { block_place_in(b, i, near), block_place_in(b, i, far) };
		if (b->low[i] == b->high[i])
			block_take_rows(b, kind, i, i * b->stride_s + b->first[i] + b->low[i] * b->stride_v, 1, 2, at, weight,
				1, NULL, sums, labels);
		else if (b->low[i] + 1 == b->high[i])
			pwc_two_rows(b, kind, i, at[0], at[1], share, sums, labels);
		else
			pwc_parts(b, kind, i, at[0], at[1], share, sums, labels);
		near = far;
	}
}

/* Lanes too far apart for a window: up to three voxels are fetched for each. */
SIMD_FN void pwc_lanes(const struct block *b, const struct kind kind, simd_f *sums, struct label_sums *labels)
{
	const simd_f one = simd_set(1);
	struct walk u = walk_of(b->u, b->du, b->per_du), v = walk_of(b->v, b->dv, b->per_dv);
	simd_f end = simd_set(0);
	for (int64_t i = 0; i < b->slabs; i++) {
		simd_f in_u = u.voxel, in_v = v.voxel;
		end = simd_add(end, one);
		simd_f share_u = walk_slab(&u, end), share_v = walk_slab(&v, end);
		simd_m u_first = simd_lt(share_v, share_u);
		simd_f last = simd_min(share_u, share_v), after = simd_max(share_u, share_v);
		simd_f weight[3] = { simd_sub(one, after), simd_sub(after, last), last };
		simd_i at[3] = { block_offset(b, in_u, in_v),
			block_offset(b, simd_select(u_first, u.voxel, in_u), simd_select(u_first, in_v, v.voxel)),
			block_offset(b, u.voxel, v.voxel) };
		block_take_lanes(b, kind, i * b->stride_s, 3, at, weight, sums, labels);
	}
}
#endif

/*
 * Piecewise constant, exact: a slab is one layer of voxels, positions are shifted by a half so that a voxel is the
 * floor.
 */
#ifndef KERNELS_CPU_SLAB_PWC_H
#define KERNELS_CPU_SLAB_PWC_H
#include "kernels/cpu/slab_block.h"

/* Voxels of a row lie in one window. */
SIMD_FN void pwc_rows(const struct block *b, const struct kind kind, simd_f *sums, struct label_sums *labels)
{
	const simd_f one = simd_set(1);
	simd_f u = b->u, voxel = simd_floor(u);
	simd_i near = block_voxel(b, voxel, kind.clamped);
	for (int64_t i = 0; i < b->slabs; i++) {
		simd_f next_u = block_at(b->u, b->du, i + 1), next = simd_floor(next_u);
		simd_f turn = block_reach(u, b->per_du, simd_max(voxel, next));
		simd_i far = block_voxel(b, next, kind.clamped);
		int64_t offset = i * b->stride_s;
		if (b->low[i] == b->high[i]) {
			block_take(b, kind, offset + b->low[i] * b->stride_v, near, far, turn,
				simd_sub(one, turn), sums, labels);
		} else {
			simd_f v = block_at(b->v, b->dv, i);
			for (int64_t r = b->low[i]; r <= b->high[i]; r++) {
				simd_f a = block_reach(v, b->per_dv, simd_set((float)r));
				simd_f z = block_reach(v, b->per_dv, simd_set((float)(r + 1)));
				simd_f enter = simd_min(a, z), leave = simd_max(a, z);
				simd_f middle = simd_clamp(turn, enter, leave);
				block_take(b, kind, offset + r * b->stride_v, near, far, simd_sub(middle, enter),
					simd_sub(leave, middle), sums, labels);
			}
		}
		u = next_u;
		voxel = next;
		near = far;
	}
}

/* Lanes too far apart for a window: up to three voxels are fetched for each. */
SIMD_FN void pwc_lanes(const struct block *b, const struct kind kind, simd_f *sums, struct label_sums *labels)
{
	simd_f u = b->u, v = b->v, in_u = simd_floor(u), in_v = simd_floor(v);
	for (int64_t i = 0; i < b->slabs; i++) {
		simd_f next_u = block_at(b->u, b->du, i + 1), out_u = simd_floor(next_u);
		simd_f next_v = block_at(b->v, b->dv, i + 1), out_v = simd_floor(next_v);
		simd_f turn_u = block_reach(u, b->per_du, simd_max(in_u, out_u));
		simd_f turn_v = block_reach(v, b->per_dv, simd_max(in_v, out_v));
		simd_m u_first = simd_lt(turn_u, turn_v);
		simd_f first = simd_min(turn_u, turn_v), second = simd_max(turn_u, turn_v);
		simd_f weight[3] = { first, simd_sub(second, first), simd_sub(simd_set(1), second) };
		simd_i at[3] = { block_offset(b, in_u, in_v),
			block_offset(b, simd_select(u_first, out_u, in_u), simd_select(u_first, in_v, out_v)),
			block_offset(b, out_u, out_v) };
		block_take_lanes(b, kind, i * b->stride_s, 3, at, weight, sums, labels);
		u = next_u;
		v = next_v;
		in_u = out_u;
		in_v = out_v;
	}
}
#endif

/* Bilinear samples on the planes of voxel centres of the dominant axis, times the step. */
#ifndef KERNELS_CPU_SLAB_JOSEPH_H
#define KERNELS_CPU_SLAB_JOSEPH_H
#include "kernels/cpu/slab_block.h"

/* Two voxels of a row, `share` of them, split at x. */
SIMD_FN void joseph_take(const struct block *b, const struct kind kind, int64_t i, int64_t offset, simd_i near,
	simd_f x, simd_f share, simd_f *sums, struct label_sums *labels)
{
	simd_f far_weight = simd_mul(x, share);
	block_take(b, kind, i, offset, near, simd_iadd(near, simd_iset(1)), simd_sub(share, far_weight), far_weight,
		sums, labels);
}

SIMD_FN void joseph_rows(const struct block *b, const struct kind kind, simd_f *sums, struct label_sums *labels)
{
	const simd_f one = simd_set(1);
	simd_f at = simd_set(0);
	for (int64_t i = 0; i < b->slabs; i++) {
		simd_f u = simd_fma(b->du, at, b->u), v = simd_fma(b->dv, at, b->v), voxel = simd_floor(u);
		simd_f x = simd_sub(u, voxel);
		at = simd_add(at, one);
		simd_i near = block_place_in(b, i, block_voxel(b, voxel, kind.clamped));
		int64_t offset = i * b->stride_s + b->first[i];
		if (b->low[i] == b->high[i]) {
			simd_f y = simd_sub(v, simd_set((float)b->low[i]));
			offset += b->low[i] * b->stride_v;
			joseph_take(b, kind, i, offset, near, x, simd_sub(one, y), sums, labels);
			joseph_take(b, kind, i, offset + b->stride_v, near, x, y, sums, labels);
			continue;
		}
		for (int64_t r = b->low[i]; r <= b->high[i] + 1; r++) {
			simd_f away = simd_abs(simd_sub(v, simd_set((float)r)));
			joseph_take(b, kind, i, offset + r * b->stride_v, near, x,
				simd_max(simd_sub(one, away), simd_set(0)), sums, labels);
		}
	}
}

/* Lanes close together: a row of cells, or two rows at a time. */
SIMD_FN void joseph_close(const struct block *b, const struct kind kind, simd_f *sums, struct label_sums *labels)
{
	const simd_f one = simd_set(1);
	const simd_i next = simd_iset(1), up = simd_iset(SIMD_LANES);
	simd_f at_slab = simd_set(0);
	for (int64_t i = 0; i < b->slabs; i++) {
		simd_f u = simd_fma(b->du, at_slab, b->u), v = simd_fma(b->dv, at_slab, b->v), voxel = simd_floor(u);
		simd_f row = b->low[i] == b->high[i] ? simd_set((float)b->low[i]) : simd_floor(v);
		simd_f x = simd_sub(u, voxel), y = simd_sub(v, row), rest = simd_sub(one, y), xy = simd_mul(x, y);
		simd_f x_rest = simd_sub(x, xy);
		simd_f weight[4] = { simd_sub(rest, x_rest), x_rest, simd_sub(y, xy), xy };
		simd_i near = block_place_in(b, i, block_voxel(b, voxel, kind.clamped));
		int64_t offset = i * b->stride_s + b->first[i];
		at_slab = simd_add(at_slab, one);
		if (b->low[i] == b->high[i]) {
			simd_i above = simd_iadd(near, up);
			simd_i at[4] = { near, simd_iadd(near, next), above, simd_iadd(above, next) };
			block_take_rows(b, kind, i, offset + b->low[i] * b->stride_v, 2, 4, at, weight, 1, NULL, sums, labels);
			continue;
		}
		for (int64_t r = b->low[i]; r <= b->high[i]; r += 2) {
			simd_m here, upper = block_upper(row, r, &here);
			simd_i first = simd_iadd_where(upper, up, near), second = simd_iadd(first, next);
			simd_i at[4] = { first, second, first, second };
			block_take_rows(b, kind, i, offset + r * b->stride_v, 3, 4, at, weight, 1, &here, sums, labels);
		}
	}
}

SIMD_FN void joseph_lanes(const struct block *b, const struct kind kind, simd_f *sums, struct label_sums *labels)
{
	const simd_i across = simd_iset((int32_t)b->stride_v), along = simd_iset(1);
	for (int64_t i = 0; i < b->slabs; i++) {
		simd_f u = block_at(b->u, b->du, i), v = block_at(b->v, b->dv, i);
		simd_f in_u = simd_floor(u), in_v = simd_floor(v), x = simd_sub(u, in_u), y = simd_sub(v, in_v);
		simd_f xy = simd_mul(x, y);
		simd_i first = block_offset(b, in_u, in_v), above = simd_iadd(first, across);
		simd_i at[4] = { first, simd_iadd(first, along), above, simd_iadd(above, along) };
		simd_f weight[4] = { simd_add(simd_sub(simd_set(1), simd_add(x, y)), xy), simd_sub(x, xy),
			simd_sub(y, xy), xy };
		block_take_lanes(b, kind, i * b->stride_s, 4, at, weight, sums, labels);
	}
}
#endif

/*
 * A row of SIMD_LANES rays in a block of slabs, and what the models take from it.
 *
 * Positions are relative to the block: to the row of voxels v = base_v, and to the voxel that each lane is in when
 * the block begins, so that they are small numbers, finely rounded.  Along the block a lane's position is a line; over
 * the lanes it is monotonic (a projective map of the detector's line), so the first and the last lane bound all.
 */
#ifndef KERNELS_CPU_SLAB_BLOCK_H
#define KERNELS_CPU_SLAB_BLOCK_H
#include "kernels/cpu/slab_labels.h"
#include "kernels/cpu/slab_tile.h"


struct block {
	int64_t slabs;
	simd_f u, du, per_du, v, dv, per_dv; /* where the block starts, per slab, and slabs per voxel */
	simd_i lane;     /* u = 0 is voxel base_u + lane */
	simd_i lane_row; /* lanes fetched one by one: v = 0 is row base_v + lane_row */
	simd_f least_u, most_u, least_v, most_v; /* clamps that keep a voxel inside the border */
	int32_t low[TILE_SLABS], high[TILE_SLABS]; /* rows (floor of v) that a slab's lanes touch */
	int32_t first[TILE_SLABS]; /* the first voxel of a row, from base_u, that a slab's lanes touch */
	int64_t stride_s, stride_v;
	const void *values[SLAB_FIELDS]; /* voxel (base_u, base_v) of the first slab */
	const uint8_t *tags, *spans, *pair_spans;
	int32_t width[TILE_SLABS]; /* voxels of a row that a slab's lanes touch, from `first` on */
};

/* How voxels are fetched and summed: a constant wherever it is used. */
struct kind {
	int fields;   /* 1 .. SLAB_FIELDS */
	int type;     /* enum slab_type */
	int labelled; /* 0, or one field by channel: LABEL_VALUES or LABEL_VALUES_AND_WEIGHTS */
	int clamped;  /* lanes may be outside the grid */
};

SIMD_FN struct simd_window block_window(const void *values, int64_t offset, int type)
{
	return type == SLAB_I16 ? simd_window_i16((const int16_t *)values + offset)
				: simd_window_f32((const float *)values + offset);
}

SIMD_FN simd_f block_gather(const void *values, simd_i offset, int type)
{
	return type == SLAB_I16 ? simd_gather_i16((const int16_t *)values, offset)
				: simd_gather_f32((const float *)values, offset);
}

/* SIMD_LANES voxels of a row. */
SIMD_FN simd_f block_row(const void *values, int64_t offset, int type)
{
	return type == SLAB_I16 ? simd_widen((const int16_t *)values + offset) : simd_load((const float *)values + offset);
}

/* Where channels meet among the voxels of slab i: 2 SIMD_LANES of a row from its `first` on, which go into `half`. */
SIMD_FN struct label_window block_halves(simd_f half[2], const struct block *b, int type, int64_t i, int64_t offset)
{
	const uint8_t *tags = b->tags + offset;
	half[0] = block_row(b->values[0], offset, type);
	half[1] = block_row(b->values[0], offset + SIMD_LANES, type);
	return (struct label_window){ 2, half, tags, SIMD_LANES, (UINT64_C(1) << b->width[i]) - 1,
		label_second(tags, b->spans + offset, b->width[i], 0, 1) };
}

/* The same of SIMD_LANES voxels of several rows, which `row` holds. */
SIMD_FN struct label_window block_rows(const struct block *b, int64_t i, const simd_f *row, int64_t offset, int rows)
{
	const uint8_t *tags = b->tags + offset;
	const uint64_t one_row = (UINT64_C(1) << b->width[i]) - 1;
	uint64_t touched = 0;
	SIMD_UNROLL
	for (int r = 0; r < rows; r++)
		touched |= one_row << r * SIMD_LANES;
	return (struct label_window){ rows, row, tags, b->stride_v, touched,
		label_second(tags, b->spans + offset, b->width[i], b->stride_v, rows) };
}

/* Two voxels of one row of slab i, for each lane, counted from the first that a lane touches. */
SIMD_FN void block_take(const struct block *b, const struct kind kind, int64_t i, int64_t offset, simd_i near,
	simd_i far, simd_f near_weight, simd_f far_weight, simd_f *sums, struct label_sums *labels)
{
	const simd_f weight[2] = { near_weight, far_weight };
	const simd_i at[2] = { near, far };
	int32_t channel = -1;
	if (kind.labelled) {
		channel = label_of_rows(b->tags + offset, b->spans + offset, b->width[i], 0, 1);
		if (channel == SLAB_CHANNELS)
			return;
	}
	for (int f = 0; f < kind.fields; f++) {
		struct simd_window row = block_window(b->values[f], offset, kind.type);
		if (kind.labelled && channel < 0) {
			simd_f half[2];
			const struct label_window window = block_halves(half, b, kind.type, i, offset);
			label_mixed(labels, kind.labelled, 2, weight, &window, at, NULL);
			return;
		}
		const simd_f value[2] = { simd_pick(row, near), simd_pick(row, far) };
		if (kind.labelled) {
			label_run(labels, kind.labelled, channel, 2, weight, 0, value, NULL);
			return;
		}
		sums[2 * f] = simd_fma(near_weight, value[0], sums[2 * f]);
		sums[2 * f + 1] = simd_fma(far_weight, value[1], sums[2 * f + 1]);
	}
}

/* The position after `slabs` slabs. */
SIMD_FN simd_f block_at(simd_f start, simd_f per_slab, int64_t slabs)
{
	return simd_fma(per_slab, simd_set((float)slabs), start);
}

/* Where each lane's voxel lies in the window of slab i. */
SIMD_FN simd_i block_place_in(const struct block *b, int64_t i, simd_i voxel)
{
	return simd_iadd(voxel, simd_iset(-b->first[i]));
}

/* The voxel of a row, counted from base_u, for each lane. */
SIMD_FN simd_i block_voxel(const struct block *b, simd_f u, int clamped)
{
	return simd_iadd(simd_int(clamped ? simd_clamp(u, b->least_u, b->most_u) : u), b->lane);
}

/*
 * Takes voxels of `rows` rows of slab i from close lanes, as label_window says: tap t looks in two neighbouring rows,
 * the first two or, with more rows, later ones the later the tap.  at: place in the lower row, plus SIMD_LANES in the
 * upper.  whole: what the weights of a lane add up to.  Lanes outside `here`, if given, take nothing.
 */
SIMD_FN void block_take_rows(const struct block *b, const struct kind kind, int64_t i, int64_t offset, int rows,
	int taps, const simd_i *at, const simd_f *weight, float whole, const simd_m *here, simd_f *sums,
	struct label_sums *labels)
{
	const int taps_of_pair = rows > 2 ? taps / (rows - 1) : taps;
	int32_t channel = -1;
	if (kind.labelled) {
		channel = label_of_rows(b->tags + offset, (rows > 1 ? b->pair_spans : b->spans) + offset, b->width[i],
			b->stride_v, rows);
		if (channel == SLAB_CHANNELS)
			return;
	}
	for (int f = 0; f < kind.fields; f++) {
		simd_f row[LABEL_PARTS_MOST], value[LABEL_TAPS_MOST];
		SIMD_UNROLL
		for (int r = 0; r < rows; r++)
			row[r] = block_row(b->values[f], offset + r * b->stride_v, kind.type);
		if (kind.labelled && channel < 0) {
			const struct label_window window = block_rows(b, i, row, offset, rows);
			label_mixed(labels, kind.labelled, taps, weight, &window, at, here);
			return;
		}
		SIMD_UNROLL
		for (int t = 0; t < taps; t++) {
			const simd_f *low = &row[t / taps_of_pair];
			value[t] = rows == 1 ? simd_pick_row(*low, at[t]) : simd_pick(simd_pair(low[0], low[1]), at[t]);
		}
		if (kind.labelled) {
			label_run(labels, kind.labelled, channel, taps, weight, whole, value, here);
			return;
		}
		SIMD_UNROLL
		for (int t = 0; t < taps; t++)
			sums[2 * f + (t & 1)] =
				here ? simd_fma_where(*here, value[t], weight[t], sums[2 * f + (t & 1)])
				     : simd_fma(value[t], weight[t], sums[2 * f + (t & 1)]);
	}
}

/* Which lanes are in row r + 1 or above; with `here`, those in r and r + 1. */
SIMD_FN simd_m block_upper(simd_f row, int64_t r, simd_m *here)
{
	simd_f first = simd_set((float)r), second = simd_set((float)(r + 1));
	*here = simd_or(simd_eq(row, first), simd_eq(row, second));
	return simd_lt(first, row);
}

/* The address offset of voxel (u, v), for each lane. */
SIMD_FN simd_i block_offset(const struct block *b, simd_f u, simd_f v)
{
	simd_i row = simd_iadd(simd_int(simd_clamp(v, b->least_v, b->most_v)), b->lane_row);
	return simd_iadd(block_voxel(b, u, 1), simd_imul(row, simd_iset((int32_t)b->stride_v)));
}

/* Voxels fetched one by one, for each lane. */
SIMD_FN void block_take_lanes(const struct block *b, const struct kind kind, int64_t offset, int taps,
	const simd_i *at, const simd_f *weight, simd_f *sums, struct label_sums *labels)
{
	for (int f = 0; f < kind.fields; f++) {
		const char *slab = (const char *)b->values[f] +
				   offset * (kind.type == SLAB_I16 ? (int64_t)sizeof(int16_t) : (int64_t)sizeof(float));
		simd_f value[LABEL_TAPS_MOST];
		simd_i tag[LABEL_TAPS_MOST];
		for (int t = 0; t < taps; t++)
			value[t] = block_gather(slab, at[t], kind.type);
		if (kind.labelled) {
			for (int t = 0; t < taps; t++)
				tag[t] = simd_gather_u8(b->tags + offset, at[t]);
			label_scattered(labels, kind.labelled, taps, weight, value, tag);
			continue;
		}
		for (int t = 0; t < taps; t++)
			sums[2 * f + (t & 1)] = simd_fma(weight[t], value[t], sums[2 * f + (t & 1)]);
	}
}
#endif

/*
 * The exact integral of the trilinear interpolant over a slab between two planes of voxel centres.
 *
 * With x = u - floor of the smaller end, a row of voxels interpolates to
 *
 *	V0 (1 - x + x+) + V1 (x - 2 x+) + V2 x+,    x+ = max(x - 1, 0)
 *
 * for 0 <= x <= 2, which a slab never leaves: x+ is the kink where the ray passes from one cell to the next.  Across
 * the rows it is the same with y and y+, and along the slab the planes share 1 - t and t.  So the 12 or 18 voxels'
 * weights are linear in the integrals of {1, x, x+} x {1, y, y+} times 1 - t and t over 0 <= t <= 1, and those are
 * polynomials: x+ is a triangle that ends in a peak at t = 0 or t = 1.
 */
#ifndef KERNELS_CPU_SLAB_TRILINEAR_H
#define KERNELS_CPU_SLAB_TRILINEAR_H
#include "kernels/cpu/slab_block.h"

#define TRILINEAR_GAUSS 0.28867513F /* half of 1/sqrt(3) */

/* A coordinate along a slab: at its start, middle and end, and the kink: peak (t = 0 or 1), signed length, height. */
struct run {
	simd_f start, middle, end, change, peak, length, height;
};
/* Weights of a plane pair's parts for each of {1, x, x+} or, after trilinear_neighbours, three voxels. */
struct share {
	simd_f near, far;
};

SIMD_FN struct run run_of(simd_f from, simd_f to, simd_f cell, simd_f change, simd_f per_change, simd_f peak)
{
	struct run r = { .start = simd_sub(from, cell), .end = simd_sub(to, cell), .change = change, .peak = peak };
	r.middle = simd_mul(simd_add(r.start, r.end), simd_set(0.5F));
	r.height = simd_max(simd_sub(simd_max(r.start, r.end), simd_set(1)), simd_set(0));
	r.length = simd_mul(r.height, per_change);
	return r;
}

/* x times near and far: about the middle of the slab the odd powers vanish. */
SIMD_FN struct share share_line(const struct run *x)
{
	const simd_f half = simd_set(0.5F), twelfth = simd_set(1.0F / 12);
	simd_f mean = simd_mul(x->middle, half), lean = simd_mul(x->change, twelfth);
	return (struct share){ simd_sub(mean, lean), simd_add(mean, lean) };
}

/* x y times near and far; of_y: share_line(y). */
SIMD_FN struct share share_product(const struct run *x, const struct run *y, const struct share *of_y)
{
	simd_f lean = simd_mul(x->change, simd_set(1.0F / 12));
	return (struct share){ simd_fnma(lean, y->start, simd_mul(x->middle, of_y->near)),
		simd_fma(lean, y->end, simd_mul(x->middle, of_y->far)) };
}

/* x+ (into plain) and x+ y (into tilted), times near and far. */
SIMD_FN void share_kink(struct share *plain, struct share *tilted, const struct run *x, const struct run *y)
{
	const simd_f half = simd_set(0.5F), sixth = simd_set(1.0F / 6), twelfth = simd_set(1.0F / 12);
	simd_f area = simd_mul(simd_abs(x->length), x->height), all = simd_mul(area, half);
	simd_f y_peak = simd_fma(y->change, x->peak, y->start), y_change = simd_mul(y->change, x->length);
	simd_f t1 = simd_fnma(x->length, sixth, simd_mul(x->peak, half));
	simd_f t2 = simd_fnma(x->length, twelfth, simd_mul(x->peak, sixth));
	plain->far = simd_mul(area, t1);
	plain->near = simd_sub(all, plain->far);
	tilted->far = simd_mul(area, simd_fnma(y_change, t2, simd_mul(y_peak, t1)));
	tilted->near = simd_sub(simd_fma(all, y_peak, simd_mul(simd_mul(area, y_change), simd_set(-1.0F / 6))),
		tilted->far);
}

/* x+ y+ times near and far, where both are past their kinks: two-point Gauss on what the two parts share. */
SIMD_FN struct share share_both(const struct run *x, const struct run *y)
{
	const simd_f one = simd_set(1), zero = simd_set(0);
	simd_f x_length = simd_abs(x->length), y_length = simd_abs(y->length);
	simd_f x_from = simd_mul(x->peak, simd_sub(one, x_length));
	simd_f y_from = simd_mul(y->peak, simd_sub(one, y_length));
	simd_f from = simd_max(x_from, y_from);
	simd_f to = simd_min(simd_add(x_from, x_length), simd_add(y_from, y_length));
	simd_f length = simd_max(simd_sub(to, from), zero), half = simd_mul(length, simd_set(0.5F));
	simd_f middle = simd_mul(simd_add(from, to), simd_set(0.5F));
	struct share s = { zero, zero };
	for (int g = 0; g < 2; g++) {
		simd_f t = simd_fma(length, simd_set(g ? TRILINEAR_GAUSS : -TRILINEAR_GAUSS), middle);
		simd_f past_x = simd_sub(simd_fma(x->change, t, x->start), one);
		simd_f past_y = simd_sub(simd_fma(y->change, t, y->start), one);
		simd_f product = simd_mul(half, simd_mul(past_x, past_y)), far = simd_mul(product, t);
		s.far = simd_add(s.far, far);
		s.near = simd_add(s.near, simd_sub(product, far));
	}
	return s;
}

/* {1, x, x+} to the weights of three neighbours, in place. */
SIMD_FN void trilinear_neighbours(simd_f *one, simd_f *x, simd_f *kink)
{
	simd_f first = simd_add(simd_sub(*one, *x), *kink);
	*x = simd_fnma(simd_set(2), *kink, *x);
	*one = first;
}

/* weight[6 plane + 3 row + u]: one cell's rows for all lanes. */
SIMD_FN void trilinear_two_rows(simd_f weight[12], const struct run *x, const struct run *y)
{
	const struct share one = { simd_set(0.5F), simd_set(0.5F) };
	struct share row[3], all[3] = { one, share_line(x) };
	row[0] = share_line(y);
	row[1] = share_product(x, y, &row[0]);
	share_kink(&all[2], &row[2], x, y);
	for (int c = 0; c < 3; c++) {
		weight[c] = simd_sub(all[c].near, row[c].near);
		weight[3 + c] = row[c].near;
		weight[6 + c] = simd_sub(all[c].far, row[c].far);
		weight[9 + c] = row[c].far;
	}
	for (int r = 0; r < 4; r++)
		trilinear_neighbours(&weight[3 * r], &weight[3 * r + 1], &weight[3 * r + 2]);
}

/* weight[9 plane + 3 row + u]: the ray may pass from row to row. */
SIMD_FN void trilinear_three_rows(simd_f weight[18], const struct run *x, const struct run *y)
{
	struct share m[3][3]; /* [y's function][x's] */
	m[0][0] = (struct share){ simd_set(0.5F), simd_set(0.5F) };
	m[0][1] = share_line(x);
	m[1][0] = share_line(y);
	m[1][1] = share_product(x, y, &m[1][0]);
	share_kink(&m[0][2], &m[1][2], x, y);
	share_kink(&m[2][0], &m[2][1], y, x);
	m[2][2] = (struct share){ simd_set(0), simd_set(0) };
	if (simd_bits(simd_lt(simd_set(0), simd_mul(x->height, y->height)))) /* in most slabs no lane has both kinks */
		m[2][2] = share_both(x, y);
	for (int c = 0; c < 3; c++) {
		trilinear_neighbours(&m[0][c].near, &m[1][c].near, &m[2][c].near);
		trilinear_neighbours(&m[0][c].far, &m[1][c].far, &m[2][c].far);
	}
	for (int r = 0; r < 3; r++) {
		for (int c = 0; c < 3; c++) {
			weight[3 * r + c] = m[r][c].near;
			weight[9 + 3 * r + c] = m[r][c].far;
		}
		trilinear_neighbours(&weight[3 * r], &weight[3 * r + 1], &weight[3 * r + 2]);
		trilinear_neighbours(&weight[9 + 3 * r], &weight[10 + 3 * r], &weight[11 + 3 * r]);
	}
}

/* Takes `rows` rows of both planes from voxel (at, row); lanes outside `here` take nothing. */
SIMD_FN void trilinear_take(const struct block *b, const struct kind kind, int64_t i, int64_t offset, int rows,
	simd_i at, const simd_f *weight, const simd_m *here, simd_f *sums, struct label_sums *labels)
{
	const simd_i next[3] = { at, simd_iadd(at, simd_iset(1)), simd_iadd(at, simd_iset(2)) };
	for (int row = 0; row < 2 * rows; row++) {
		int64_t to = offset + row / rows * b->stride_s + row % rows * b->stride_v;
		const simd_f *w = weight + 3 * row;
		int32_t channel = -1;
		if (kind.labelled)
			channel = label_of_rows(b->tags + to, b->spans + to, b->width[i], 0, 1);
		for (int f = 0; f < kind.fields && channel != SLAB_CHANNELS; f++) {
			struct simd_window window = block_window(b->values[f], to, kind.type);
			if (kind.labelled && channel < 0) {
				simd_f half[2];
				const struct label_window mixed = block_halves(half, b, kind.type, i, to);
				label_mixed(labels, kind.labelled, 3, w, &mixed, next, here);
				break;
			}
			simd_f value[3];
			for (int c = 0; c < 3; c++)
				value[c] = simd_pick(window, next[c]);
			if (kind.labelled) {
				label_run(labels, kind.labelled, channel, 3, w, 0, value, here);
				break;
			}
			for (int c = 0; c < 3; c++) {
				simd_f *sum = &sums[2 * f + ((row + c) & 1)];
				*sum = here ? simd_fma_where(*here, value[c], w[c], *sum) : simd_fma(value[c], w[c], *sum);
			}
		}
	}
}

/* A cell of rows for all lanes: y does not leave it. */
SIMD_FN struct run run_within(simd_f start, simd_f change)
{
	struct run y = { .start = start, .end = simd_add(start, change), .change = change };
	y.middle = simd_fma(change, simd_set(0.5F), start);
	return y;
}

SIMD_FN void trilinear_rows(const struct block *b, const struct kind kind, simd_f *sums, struct label_sums *labels)
{
	const simd_f zero = simd_set(0), one = simd_set(1);
	const simd_f peak_u = simd_select(simd_lt(zero, b->du), one, zero);
	const simd_f peak_v = simd_select(simd_lt(zero, b->dv), one, zero);
	simd_f u = b->u, in_u = simd_floor(u), at_slab = zero;
	for (int64_t i = 0; i < b->slabs; i++) {
		simd_f v = simd_fma(b->dv, at_slab, b->v);
		at_slab = simd_add(at_slab, one);
		simd_f next_u = simd_fma(b->du, at_slab, b->u), out_u = simd_floor(next_u);
		simd_f cell = simd_min(in_u, out_u), weight[18];
		simd_i at = block_place_in(b, i, block_voxel(b, cell, kind.clamped));
		struct run x = run_of(u, next_u, cell, b->du, b->per_du, peak_u);
		int64_t offset = i * b->stride_s + b->first[i];
		if (b->low[i] == b->high[i]) {
			struct run y = run_within(simd_sub(v, simd_set((float)b->low[i])), b->dv);
			trilinear_two_rows(weight, &x, &y);
			trilinear_take(b, kind, i, offset + b->low[i] * b->stride_v, 2, at, weight, NULL, sums,
				labels);
		} else if (b->low[i] < b->high[i]) {
			simd_f next_v = simd_fma(b->dv, at_slab, b->v);
			simd_f row = simd_min(simd_floor(v), simd_floor(next_v));
			struct run y = run_of(v, next_v, row, b->dv, b->per_dv, peak_v);
			trilinear_three_rows(weight, &x, &y);
			for (int64_t r = b->low[i]; r <= b->high[i]; r++) {
				simd_m here = simd_eq(row, simd_set((float)r));
				if (simd_bits(here))
					trilinear_take(b, kind, i, offset + r * b->stride_v, 3, at, weight, &here,
						sums, labels);
			}
		}
		u = next_u;
		in_u = out_u;
	}
}

/*
 * Voxels of both planes for close lanes: rows r and r + 1, or, where lanes are in r or in r + 1 (those outside `here` in
 * neither), `rows` rows from their own on.
 */
SIMD_FN void trilinear_take_close(const struct block *b, const struct kind kind, int64_t i, int64_t offset, int rows,
	simd_i first, const simd_f *weight, const simd_m *here, simd_f *sums, struct label_sums *labels)
{
	const simd_i next = simd_iset(1), up = simd_iset(SIMD_LANES);
	simd_i at[9] = { first, simd_iadd(first, next) };
	at[2] = simd_iadd(at[1], next);
	SIMD_UNROLL
	for (int t = 3; t < 9; t++)
		at[t] = here ? at[t - 3] : simd_iadd(at[t - 3], up);
	SIMD_UNROLL
	for (int plane = 0; plane < 2; plane++)
		block_take_rows(b, kind, i, offset + plane * b->stride_s, here ? 4 : 2, 3 * rows, at,
			weight + 3 * rows * plane, 0.5F, here, sums, labels);
}

SIMD_FN void trilinear_close(const struct block *b, const struct kind kind, simd_f *sums, struct label_sums *labels)
{
	const simd_f zero = simd_set(0), one = simd_set(1);
	const simd_f peak_u = simd_select(simd_lt(zero, b->du), one, zero);
	const simd_f peak_v = simd_select(simd_lt(zero, b->dv), one, zero);
	simd_f u = b->u, in_u = simd_floor(u), at_slab = zero;
	for (int64_t i = 0; i < b->slabs; i++) {
		simd_f v = simd_fma(b->dv, at_slab, b->v);
		at_slab = simd_add(at_slab, one);
		simd_f next_u = simd_fma(b->du, at_slab, b->u), out_u = simd_floor(next_u);
		simd_f cell = simd_min(in_u, out_u), weight[18];
		simd_i at = block_place_in(b, i, block_voxel(b, cell, kind.clamped));
		struct run x = run_of(u, next_u, cell, b->du, b->per_du, peak_u);
		int64_t offset = i * b->stride_s + b->first[i];
		if (b->low[i] == b->high[i]) {
			struct run y = run_within(simd_sub(v, simd_set((float)b->low[i])), b->dv);
			trilinear_two_rows(weight, &x, &y);
			trilinear_take_close(b, kind, i, offset + b->low[i] * b->stride_v, 2, at, weight, NULL, sums, labels);
		} else if (b->low[i] < b->high[i]) {
			simd_f next_v = simd_fma(b->dv, at_slab, b->v);
			simd_f row = simd_min(simd_floor(v), simd_floor(next_v));
			struct run y = run_of(v, next_v, row, b->dv, b->per_dv, peak_v);
			trilinear_three_rows(weight, &x, &y);
			for (int64_t r = b->low[i]; r <= b->high[i]; r += 2) {
				simd_m here, upper = block_upper(row, r, &here);
				if (simd_bits(here))
					trilinear_take_close(b, kind, i, offset + r * b->stride_v, 3,
						simd_iadd_where(upper, simd_iset(SIMD_LANES), at), weight, &here, sums,
						labels);
			}
		}
		u = next_u;
		in_u = out_u;
	}
}

SIMD_FN void trilinear_lanes(const struct block *b, const struct kind kind, simd_f *sums, struct label_sums *labels)
{
	const simd_f zero = simd_set(0), one = simd_set(1);
	const simd_f peak_u = simd_select(simd_lt(zero, b->du), one, zero);
	const simd_f peak_v = simd_select(simd_lt(zero, b->dv), one, zero);
	for (int64_t i = 0; i < b->slabs; i++) {
		simd_f u = block_at(b->u, b->du, i), next_u = block_at(b->u, b->du, i + 1);
		simd_f v = block_at(b->v, b->dv, i), next_v = block_at(b->v, b->dv, i + 1);
		simd_f cell = simd_min(simd_floor(u), simd_floor(next_u));
		simd_f row = simd_min(simd_floor(v), simd_floor(next_v)), weight[18];
		struct run x = run_of(u, next_u, cell, b->du, b->per_du, peak_u);
		struct run y = run_of(v, next_v, row, b->dv, b->per_dv, peak_v);
		trilinear_three_rows(weight, &x, &y);
		simd_i first = block_offset(b, cell, row);
		for (int plane = 0; plane < 2; plane++) {
			simd_i at[9];
			for (int t = 0; t < 9; t++)
				at[t] = simd_iadd(first, simd_iset((int32_t)(t / 3 * b->stride_v + t % 3)));
			block_take_lanes(b, kind, (i + plane) * b->stride_s, 9, at, weight + 9 * plane, sums, labels);
		}
	}
}
#endif

/*
 * The exact integral of the trilinear interpolant over a slab between two planes of voxel centres.
 *
 * With x = u - floor of the smaller end, a row of voxels interpolates to
 *
 *	V0 (1 - x + x+) + V1 (x - 2 x+) + V2 x+,    x+ = max(x - 1, 0)
 *
 * for 0 <= x <= 2, which a slab never leaves: x+ is the kink where the ray passes from one cell to the next.  Across
 * the rows it is the same with y and y+, and along the slab the planes share 1 - t and t.  So the 12 or 18 voxels'
 * weights are linear in the moments of {1, x, x+} x {1, y, y+} with 1 and with t over 0 <= t <= 1, and those are
 * polynomials: x+ is a triangle that ends in a peak at t = 0 or t = 1.
 */
#ifndef KERNELS_CPU_SLAB_TRILINEAR_H
#define KERNELS_CPU_SLAB_TRILINEAR_H
#include "kernels/cpu/slab_block.h"

#define TRILINEAR_GAUSS 0.28867513F /* half of 1/sqrt(3) */

/* Moments [y's function][x's function]: of the product, and of t times the product. */
struct moments {
	simd_f plain[3][3], timed[3][3];
};
/* A coordinate along a slab: value at its start, change, the kink's peak (0 or 1), signed length and height. */
struct run {
	simd_f start, change, peak, length, height;
};

SIMD_FN struct run run_of(simd_f from, simd_f to, simd_f cell, simd_f change, simd_f per_change, simd_f peak)
{
	struct run r = { .start = simd_sub(from, cell), .change = change, .peak = peak };
	simd_f most = simd_max(r.start, simd_sub(to, cell));
	r.height = simd_max(simd_sub(most, simd_set(1)), simd_set(0));
	r.length = simd_clamp(simd_mul(r.height, per_change), simd_set(-1), simd_set(1));
	return r;
}

/* 1, x, y, xy. */
SIMD_FN void moments_smooth(struct moments *m, const struct run *x, const struct run *y)
{
	const simd_f half = simd_set(0.5F), third = simd_set(1.0F / 3), quarter = simd_set(0.25F);
	m->plain[0][0] = simd_set(1);
	m->timed[0][0] = half;
	m->plain[0][1] = simd_fma(x->change, half, x->start);
	m->timed[0][1] = simd_fma(x->change, third, simd_mul(x->start, half));
	m->plain[1][0] = simd_fma(y->change, half, y->start);
	m->timed[1][0] = simd_fma(y->change, third, simd_mul(y->start, half));
	simd_f p = simd_mul(x->start, y->start), r = simd_mul(x->change, y->change);
	simd_f q = simd_fma(x->start, y->change, simd_mul(y->start, x->change));
	m->plain[1][1] = simd_fma(r, third, simd_fma(q, half, p));
	m->timed[1][1] = simd_fma(r, quarter, simd_fma(q, third, simd_mul(p, half)));
}

/* The kink of `x` with 1 and with y: [0] and [1] of `plain` and `timed`. */
SIMD_FN void moments_kink(simd_f plain[2], simd_f timed[2], const struct run *x, const struct run *y)
{
	const simd_f half = simd_set(0.5F), sixth = simd_set(1.0F / 6), twelfth = simd_set(1.0F / 12);
	simd_f area = simd_mul(simd_abs(x->length), x->height);
	simd_f y_peak = simd_fma(y->change, x->peak, y->start), y_change = simd_mul(y->change, x->length);
	simd_f t1 = simd_fnma(x->length, sixth, simd_mul(x->peak, half));
	simd_f t2 = simd_fnma(x->length, twelfth, simd_mul(x->peak, sixth));
	plain[0] = simd_mul(area, half);
	timed[0] = simd_mul(area, t1);
	plain[1] = simd_mul(area, simd_fnma(y_change, sixth, simd_mul(y_peak, half)));
	timed[1] = simd_mul(area, simd_fnma(y_change, t2, simd_mul(y_peak, t1)));
}

/* Where both are past their kinks: two-point Gauss on what the two parts share. */
SIMD_FN void moments_both(simd_f *plain, simd_f *timed, const struct run *x, const struct run *y)
{
	const simd_f one = simd_set(1), zero = simd_set(0);
	simd_f x_length = simd_abs(x->length), y_length = simd_abs(y->length);
	simd_f x_from = simd_mul(x->peak, simd_sub(one, x_length));
	simd_f y_from = simd_mul(y->peak, simd_sub(one, y_length));
	simd_f from = simd_max(x_from, y_from);
	simd_f to = simd_min(simd_add(x_from, x_length), simd_add(y_from, y_length));
	simd_f length = simd_max(simd_sub(to, from), zero), half = simd_mul(length, simd_set(0.5F));
	simd_f middle = simd_mul(simd_add(from, to), simd_set(0.5F));
	*plain = *timed = zero;
	for (int g = 0; g < 2; g++) {
		simd_f t = simd_fma(length, simd_set(g ? TRILINEAR_GAUSS : -TRILINEAR_GAUSS), middle);
		simd_f past_x = simd_sub(simd_fma(x->change, t, x->start), one);
		simd_f past_y = simd_sub(simd_fma(y->change, t, y->start), one);
		simd_f product = simd_mul(half, simd_mul(past_x, past_y));
		*plain = simd_add(*plain, product);
		*timed = simd_fma(product, t, *timed);
	}
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
	struct moments m;
	simd_f plain[2], timed[2];
	moments_smooth(&m, x, y);
	moments_kink(plain, timed, x, y);
	for (int c = 0; c < 3; c++) {
		simd_f s0 = c < 2 ? m.plain[0][c] : plain[0], s1 = c < 2 ? m.plain[1][c] : plain[1];
		simd_f f0 = c < 2 ? m.timed[0][c] : timed[0], f1 = c < 2 ? m.timed[1][c] : timed[1];
		weight[9 + c] = f1;
		weight[6 + c] = simd_sub(f0, f1);
		weight[3 + c] = simd_sub(s1, f1);
		weight[c] = simd_sub(simd_sub(s0, s1), weight[6 + c]);
	}
	for (int row = 0; row < 4; row++)
		trilinear_neighbours(&weight[3 * row], &weight[3 * row + 1], &weight[3 * row + 2]);
}

/* weight[9 plane + 3 row + u]: the ray may pass from row to row. */
SIMD_FN void trilinear_three_rows(simd_f weight[18], const struct run *x, const struct run *y)
{
	struct moments m;
	simd_f plain[2], timed[2];
	moments_smooth(&m, x, y);
	moments_kink(plain, timed, x, y);
	for (int r = 0; r < 2; r++) {
		m.plain[r][2] = plain[r];
		m.timed[r][2] = timed[r];
	}
	moments_kink(plain, timed, y, x);
	for (int c = 0; c < 2; c++) {
		m.plain[2][c] = plain[c];
		m.timed[2][c] = timed[c];
	}
	moments_both(&m.plain[2][2], &m.timed[2][2], x, y);
	for (int c = 0; c < 3; c++) {
		trilinear_neighbours(&m.plain[0][c], &m.plain[1][c], &m.plain[2][c]);
		trilinear_neighbours(&m.timed[0][c], &m.timed[1][c], &m.timed[2][c]);
	}
	for (int r = 0; r < 3; r++) {
		for (int c = 0; c < 3; c++) {
			weight[9 + 3 * r + c] = m.timed[r][c];
			weight[3 * r + c] = simd_sub(m.plain[r][c], m.timed[r][c]);
		}
		trilinear_neighbours(&weight[3 * r], &weight[3 * r + 1], &weight[3 * r + 2]);
		trilinear_neighbours(&weight[9 + 3 * r], &weight[10 + 3 * r], &weight[11 + 3 * r]);
	}
}

/* Takes `rows` rows of both planes from voxel (at, row); lanes outside `here` take nothing. */
SIMD_FN void trilinear_take(const struct block *b, const struct kind kind, int64_t offset, int rows, simd_i at,
	const simd_f *weight, const simd_m *here, simd_f *sums, struct label_sums *labels)
{
	const simd_i next[3] = { at, simd_iadd(at, simd_iset(1)), simd_iadd(at, simd_iset(2)) };
	for (int f = 0; f < kind.fields; f++) {
		simd_f value[18], masked[18];
		simd_i tag[18];
		for (int row = 0; row < 2 * rows; row++) {
			int64_t to = offset + row / rows * b->stride_s + row % rows * b->stride_v;
			struct simd_window window = block_window(b->values[f], to, kind.type);
			for (int c = 0; c < 3; c++)
				value[3 * row + c] = simd_pick(window, next[c]);
			if (!kind.labelled)
				continue;
			struct simd_window_i tags = simd_window_u8(b->tags + to);
			for (int c = 0; c < 3; c++) {
				int t = 3 * row + c;
				tag[t] = simd_ipick(tags, next[c]);
				masked[t] = here ? simd_select(*here, weight[t], simd_set(0)) : weight[t];
				if (here)
					tag[t] = simd_iselect(*here, tag[t], simd_iset(labels->run));
			}
		}
		if (kind.labelled) {
			label_take(labels, 6 * rows, masked, value, tag);
			continue;
		}
		for (int t = 0; t < 6 * rows; t++)
			sums[2 * f + (t & 1)] = here ? simd_fma_where(*here, value[t], weight[t], sums[2 * f + (t & 1)])
						     : simd_fma(value[t], weight[t], sums[2 * f + (t & 1)]);
	}
}

SIMD_FN void trilinear_rows(const struct block *b, const struct kind kind, simd_f *sums, struct label_sums *labels)
{
	const simd_f zero = simd_set(0), one = simd_set(1);
	const simd_f peak_u = simd_select(simd_lt(zero, b->du), one, zero);
	const simd_f peak_v = simd_select(simd_lt(zero, b->dv), one, zero);
	simd_f u = b->u, in_u = simd_floor(u);
	for (int64_t i = 0; i < b->slabs; i++) {
		simd_f next_u = block_at(b->u, b->du, i + 1), out_u = simd_floor(next_u);
		simd_f cell = simd_min(in_u, out_u), weight[18];
		simd_i at = block_voxel(b, cell, kind.clamped);
		struct run x = run_of(u, next_u, cell, b->du, b->per_du, peak_u);
		simd_f v = block_at(b->v, b->dv, i);
		int64_t offset = i * b->stride_s;
		if (b->low[i] == b->high[i]) {
			struct run y = { .start = simd_sub(v, simd_set((float)b->low[i])), .change = b->dv };
			trilinear_two_rows(weight, &x, &y);
			trilinear_take(b, kind, offset + b->low[i] * b->stride_v, 2, at, weight, NULL, sums,
				labels);
		} else if (b->low[i] < b->high[i]) {
			simd_f next_v = block_at(b->v, b->dv, i + 1);
			simd_f row = simd_min(simd_floor(v), simd_floor(next_v));
			struct run y = run_of(v, next_v, row, b->dv, b->per_dv, peak_v);
			trilinear_three_rows(weight, &x, &y);
			for (int64_t r = b->low[i]; r <= b->high[i]; r++) {
				simd_m here = simd_eq(row, simd_set((float)r));
				if (simd_bits(here))
					trilinear_take(b, kind, offset + r * b->stride_v, 3, at, weight, &here,
						sums, labels);
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

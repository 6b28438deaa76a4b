/*
 * The exact trilinear integral where a column of the detector is parallel to an axis u of the volume, as in
 *all views of a source that turns about it: the rays of a column lie in a sheet along u, so they pass the
 *same columns of voxels at the same places and differ in u only.
 *
 * Seen along u a sheet is a line, cut into pieces at the planes (of voxel centres) and at the rows between:
 *on a piece it is inside one square of four columns of voxels.  Two-point Gauss points of a piece turn the
 *four columns into one, F, which holds for every lane, and a lane takes from it what its own u tells:
 *
 *	integral of F + u F' = whole[k] + x (whole[k+1] - whole[k]) + d (lean[k+1] - lean[k])
 *
 * with whole = F1 + F2, lean = F2 - F1, x = u - k in the middle of the piece and d from there to the second
 *point.  A lane that passes a voxel on the way does so once, and its kink begins past the middle of the
 *piece: a triangle times the second difference of F, a parabola along the piece.
 */
#ifndef KERNELS_CPU_SLAB_SHEET_H
#define KERNELS_CPU_SLAB_SHEET_H
#include "kernels/cpu/slab_block.h"
#include "kernels/cpu/slab_reach.h"
#include "kernels/cpu/slab_trilinear.h"

enum { SHEET_TILES = 16, SHEET_PIECES = 2 * TILE_SLABS + 5 };

struct piece {
	int64_t offset;		    /* from the block's first voxel to the first of the four columns */
	float at, half, per_length; /* its middle, in slabs from the block's start; half its length */
	float gauss;		    /* from the middle to the second point */
	float whole[4], lean[4];    /* the columns' weights: row, next row, next plane's */
	float bend; /* of the columns' mixed difference: what a parabola has beyond a line, at a kink */
};
/* The pieces of a sheet in a block of slabs. */
struct path {
	struct piece piece[SHEET_PIECES];
	int n;
};
/* The lanes of a sheet in a block. */
struct fan {
	simd_f u, du, steep, per_du; /* at the block's start, from the block's first voxel; |du|, 1 / |du| */
	simd_f ahead, behind;	     /* lean's factor at a kink above and below the middle */
	simd_f least, most;	     /* cells that hold more than the border */
	const void *values[SLAB_FIELDS];
	int64_t stride_s, stride_v;
};
typedef float sheet_sums[TILE_ROWS][SLAB_FIELDS][SIMD_LANES];

static void path_add(
	struct path *p, double y, double slope, double from, double to, int64_t slab, int64_t offset)
{
	const double length = to - from, middle = 0.5 * (from + to), reach = length * 0.28867513459481288;
	struct piece *q = &p->piece[p->n++];
	double w[2][4];
	for (int g = 0; g < 2; g++) {
		double t = middle + (g ? reach : -reach), at = y + slope * t;
		w[g][0] = 0.5 * length * (1 - t) * (1 - at);
		w[g][1] = 0.5 * length * (1 - t) * at;
		w[g][2] = 0.5 * length * t * (1 - at);
		w[g][3] = 0.5 * length * t * at;
	}
	for (int c = 0; c < 4; c++) {
		q->whole[c] = (float)(w[0][c] + w[1][c]);
		q->lean[c] = (float)(w[1][c] - w[0][c]);
	}
	q->offset = offset;
	q->at = (float)((double)slab + middle);
	q->half = (float)(0.5 * length);
	q->per_length = (float)(1 / length);
	q->gauss = (float)reach;
	q->bend = (float)(length * length * length * slope / 12);
}

/* start, slope: the row, where plane 0 is and per plane. */
static void path_of(struct path *p, const struct slab_layout *layout, const struct tile *t, double start,
	double slope, int64_t k, int64_t slabs, int64_t n_v)
{
	const int64_t up = slope > 0 ? 1 : -1;
	p->n = 0;
	for (int64_t i = 0; i < slabs; i++) {
		double v = start + slope * (double)(k + i), from = 0;
		int64_t row = (int64_t)floor(v);
		while (from < 1) {
			double to = slope != 0 ? ((double)(row + (up > 0)) - v) / slope : 1;
			to = to < 1 ? to : 1;
			if (to - from > 1e-9 && row >= -1 && row < n_v)
				path_add(p, v - (double)row, slope, from, to, i,
					i * layout->stride[t->w] + row * layout->stride[t->v]);
			from = to > from ? to : from;
			row += up;
		}
	}
	p->piece[p->n] = (struct piece){ .half = 0 }; /* looked at, not used */
}

/* Where the lanes are in the middle of a piece. */
struct place {
	simd_f x, height; /* in the cell; how far the nearer voxel is passed at the piece's end */
	simd_i cell;
	simd_m inside, kinks;
};

SIMD_FN struct place place_of(const struct fan *fan, const struct piece *q, const struct kind kind)
{
	const simd_f half = simd_set(0.5F);
	struct place p;
	simd_f u = simd_fma(fan->du, simd_set(q->at), fan->u), floor = simd_floor(u);
	p.x = simd_sub(u, floor);
	p.cell = simd_int(floor);
	p.height = simd_sub(simd_abs(simd_sub(p.x, half)), simd_fnma(fan->steep, simd_set(q->half), half));
	p.kinks = p.inside = simd_lt(simd_set(0), p.height);
	if (kind.clamped) {
		p.inside = simd_and(simd_le(fan->least, floor), simd_le(floor, fan->most));
		p.kinks = simd_and(p.kinks, p.inside);
	}
	return p;
}

/* What a lane takes at its kink: factors of the second differences of whole, lean and the mixed difference.
 */
struct kink {
	simd_m here;
	simd_i at;
	simd_f whole, lean, bend;
};

SIMD_FN struct kink kink_of(const struct fan *fan, const struct piece *q, const struct place *p)
{
	const simd_f one = simd_set(1), half = simd_set(0.5F);
	const simd_m above = simd_lt(half, p->x);
	simd_f length = simd_mul(p->height, simd_mul(fan->per_du, simd_set(q->per_length)));
	simd_f area = simd_mul(p->height, length), rest = simd_sub(one, length);
	simd_f side = simd_mul(area, simd_select(above, fan->ahead, fan->behind));
	return (struct kink){ .here = p->kinks,
		.at = simd_iadd_where(above, simd_iset(1), p->cell),
		.whole = simd_mul(area, half),
		.lean = simd_mul(side, simd_fnma(length, simd_set(2.0F / 3), one)),
		.bend = simd_mul(simd_mul(area, simd_set(q->bend)), simd_mul(rest, rest)) };
}

SIMD_FN simd_f second_difference(simd_f row, simd_i at)
{
	simd_f beside = simd_add(simd_pick_row(row, simd_iadd(at, simd_iset(-1))),
		simd_pick_row(row, simd_iadd(at, simd_iset(1))));
	return simd_fnma(simd_set(2), simd_pick_row(row, at), beside);
}

/* Adds one piece of one field. */
SIMD_FN void sheet_take(const struct fan *fan, const struct kind kind, const struct piece *q, int f,
	const struct place *p, const struct kink *kink, simd_f sums[2])
{
	const int64_t to = q->offset;
	const simd_f c[4] = { block_row(fan->values[f], to, kind.type),
		block_row(fan->values[f], to + fan->stride_v, kind.type),
		block_row(fan->values[f], to + fan->stride_s, kind.type),
		block_row(fan->values[f], to + fan->stride_s + fan->stride_v, kind.type) };
	simd_f whole = simd_mul(c[0], simd_set(q->whole[0])), lean = simd_mul(c[0], simd_set(q->lean[0]));
	for (int j = 1; j < 4; j++) {
		whole = simd_fma(c[j], simd_set(q->whole[j]), whole);
		lean = simd_fma(c[j], simd_set(q->lean[j]), lean);
	}
	const simd_i next = simd_iadd(p->cell, simd_iset(1));
	const simd_f here = simd_pick_row(whole, p->cell);
	simd_f to_next = simd_sub(simd_pick_row(whole, next), here);
	simd_f lean_next = simd_sub(simd_pick_row(lean, next), simd_pick_row(lean, p->cell));
	simd_f line = simd_fma(p->x, to_next, here), tilt = simd_mul(fan->du, simd_set(q->gauss));
	if (kind.clamped) {
		sums[0] = simd_add_where(p->inside, line, sums[0]);
		sums[1] = simd_fma_where(p->inside, tilt, lean_next, sums[1]);
	} else {
		sums[0] = simd_add(line, sums[0]);
		sums[1] = simd_fma(tilt, lean_next, sums[1]);
	}
	if (!kink)
		return;
	simd_f mixed = simd_sub(simd_sub(c[3], c[2]), simd_sub(c[1], c[0]));
	simd_f past = simd_mul(kink->whole, second_difference(whole, kink->at));
	past = simd_fma(kink->lean, second_difference(lean, kink->at), past);
	past = simd_fma(kink->bend, second_difference(mixed, kink->at), past);
	sums[1] = simd_add_where(kink->here, past, sums[1]);
}

SIMD_FN void sheet_block(
	const struct fan *fan, const struct path *path, const struct kind kind, float (*field)[SIMD_LANES])
{
	simd_f sums[SLAB_FIELDS][2];
	for (int f = 0; f < kind.fields; f++)
		sums[f][0] = sums[f][1] = simd_set(0);
	/* A piece ahead, so that it is known early whether a kink is to come. */
	struct place next = place_of(fan, &path->piece[0], kind);
	for (int i = 0; i < path->n; i++) {
		const struct piece *q = &path->piece[i];
		const struct place p = next;
		next = place_of(fan, q + 1, kind);
		if (simd_bits(p.kinks)) {
			const struct kink kink = kink_of(fan, q, &p);
			for (int f = 0; f < kind.fields; f++)
				sheet_take(fan, kind, q, f, &p, &kink, sums[f]);
		} else {
			for (int f = 0; f < kind.fields; f++)
				sheet_take(fan, kind, q, f, &p, NULL, sums[f]);
		}
	}
	for (int f = 0; f < kind.fields; f++)
		simd_store(field[f], simd_add(simd_load(field[f]), simd_add(sums[f][0], sums[f][1])));
}

typedef void (*sheet_fn)(
	const struct fan *fan, const struct path *p, int clamped, float (*field)[SIMD_LANES]);
#define SHEET_VARIANT(name, fields, type)                                                                    \
	static void name(                                                                                    \
		const struct fan *fan, const struct path *p, int clamped, float(*field)[SIMD_LANES])         \
	{                                                                                                    \
		const struct kind free = { fields, type, 0, 0 }, held = { fields, type, 0, 1 };              \
		if (clamped)                                                                                 \
			sheet_block(fan, p, held, field);                                                    \
		else                                                                                         \
			sheet_block(fan, p, free, field);                                                    \
	}
SHEET_VARIANT(sheet_i16, 1, SLAB_I16)
SHEET_VARIANT(sheet_f32, 1, SLAB_F32)
SHEET_VARIANT(sheet_3, 3, SLAB_F32)
SHEET_VARIANT(sheet_4, 4, SLAB_F32)

static sheet_fn sheet_variant(const struct slab_ray_args *a)
{
	if (a->n_fields == 1)
		return a->field[0].type == SLAB_I16 ? sheet_i16 : sheet_f32;
	return a->n_fields == 3 ? sheet_3 : sheet_4;
}

/* Voxels along u that a register must hold for these slabs. */
static double sheet_width(const struct tile *t, int r, int64_t k, int64_t slabs)
{
	struct reach u;
	reach_of(&u, t->start[0][r], t->slope[0][r], (double)k, (double)(k + slabs));
	return floor(u.most + HAIR) - floor(u.least - HAIR) + 2;
}

static int sheet_fits(const struct tile *tiles, int n, int64_t k, int64_t slabs)
{
	for (int i = 0; i < n; i++)
		for (int r = 0; r < tiles[i].rows; r++)
			if (!(sheet_width(&tiles[i], r, k, slabs) <= SIMD_LANES))
				return 0;
	return 1;
}

static void fan_of(
	struct fan *fan, const struct slab_ray_args *a, const struct tile *t, int r, int64_t k, int64_t base)
{
	const struct slab_layout *layout = &a->layout[t->layout];
	const int64_t first = layout->first + k * layout->stride[t->w] + base;
	const simd_f root = simd_set(0.8660254F); /* sqrt(3) / 2 */
	fan->u = simd_line(t->start[0][r], t->slope[0][r], (double)k, (double)base);
	fan->du = simd_load(t->change[0][r]);
	fan->steep = simd_abs(fan->du);
	fan->per_du = simd_abs(simd_load(t->per_change[0][r]));
	fan->ahead = simd_select(simd_lt(fan->du, simd_set(0)), simd_sub(simd_set(0), root), root);
	fan->behind = simd_sub(simd_set(0), fan->ahead);
	fan->least = simd_set((float)(-2 - base));
	fan->most = simd_set((float)(a->n[t->u] - base));
	fan->stride_s = layout->stride[t->w];
	fan->stride_v = layout->stride[t->v];
	for (int f = 0; f < a->n_fields; f++) {
		const void *values = a->field[f].values[t->layout];
		fan->values[f] = a->field[f].type == SLAB_I16
					 ? (const void *)((const int16_t *)values + first)
					 : (const void *)((const float *)values + first);
	}
}

static void sheet_add(const struct slab_ray_args *a, sheet_fn run, const struct tile *t, int r, int64_t k,
	int64_t slabs, const struct path *path, float (*field)[SIMD_LANES])
{
	const int64_t n_u = a->n[t->u];
	float constant[SLAB_FIELDS];
	struct reach u, v;
	struct fan fan;
	reach_of(&u, t->start[0][r], t->slope[0][r], (double)k, (double)(k + slabs));
	reach_of(&v, t->start[1][r], t->slope[1][r], (double)k, (double)(k + slabs));
	if (block_skips(constant, a, t, k, slabs, &u, &v)) {
		for (int f = 0; f < a->n_fields; f++)
			for (int l = 0; l < SIMD_LANES; l++)
				field[f][l] += constant[f] * (float)slabs;
		return;
	}
	fan_of(&fan, a, t, r, k, floor_within(u.least - HAIR, -SLOWEST, n_u));
	run(&fan, path, u.least < -2 + HAIR || u.most > (double)n_u + 1 - HAIR, field);
}

/* All slabs of tiles along one another; every block's voxels are used by all of them while they are in the
 * cache. */
static void sheet_render(const struct slab_ray_args *a, const struct tile *tiles, int n, sheet_sums *sums)
{
	const struct tile *t = &tiles[0];
	const sheet_fn run = sheet_variant(a);
	struct path path[TILE_ROWS];
	memset(sums, 0, (size_t)n * sizeof(*sums));
	for (int64_t k = -1, slabs; k < a->n[t->w]; k += slabs) {
		slabs = TILE_SLABS;
		while (slabs > 1 && !sheet_fits(tiles, n, k, slabs))
			slabs /= 2;
		slabs = slabs < a->n[t->w] - k ? slabs : a->n[t->w] - k;
		for (int r = 0; r < t->rows; r++)
			path_of(&path[r], &a->layout[t->layout], t, t->start[1][r][0], t->slope[1][r][0], k,
				slabs, a->n[t->v]);
		for (int i = 0; i < n; i++)
			for (int r = 0; r < t->rows; r++)
				sheet_add(a, run, &tiles[i], r, k, slabs, &path[r], sums[i][r]);
	}
}

/* Up to SHEET_TILES tiles from a pixel on; 0 when their rays do not all lie in sheets that a register holds.
 */
static int sheet_tiles(struct tile *tiles, const struct scan *s, int64_t along, int64_t across)
{
	int n = 0;
	for (; n < SHEET_TILES && along < s->n_along; n++, along += SIMD_LANES) {
		if (tile_of(&tiles[n], s, along, across) != 0 || tiles[n].w != tiles[0].w ||
			tiles[n].u != s->sheet)
			return 0;
	}
	const int64_t last = s->a->n[tiles[0].w];
	return sheet_fits(tiles, n, -1, 1) && sheet_fits(tiles, n, last - 1, 1) ? n : 0;
}
#endif

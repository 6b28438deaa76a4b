/*
 * slab_ray on the CPU: SIMD_LANES neighbouring pixels at a time, TILE_ROWS such rows together through BLOCK_SLABS
 * slabs, so that the voxels they share are fetched into the cache once.  Compiled once for each instruction set.
 */
#include "kernels/cpu/slab_ray.h"

#include "kernels/cpu/slab_joseph.h"
#include "kernels/cpu/slab_pwc.h"
#include "kernels/cpu/slab_trilinear.h"

#define HAIR 1e-3 /* more than the rounding of a position inside a block */
enum { SLOWEST = 3, FARTHEST = 16 };
static const float slab_numbers[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

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
struct sums {
	float field[TILE_ROWS][SLAB_FIELDS][SIMD_LANES];
	float value[TILE_ROWS][SLAB_CHANNELS + 1][SIMD_LANES], path[TILE_ROWS][SLAB_CHANNELS + 1][SIMD_LANES];
};
/* Lanes run along the detector's columns or its rows, whichever crosses fewer rows of voxels. */
struct scan {
	const struct slab_ray_args *a;
	const struct ray_pose *pose;
	const double *along, *across; /* index units per pixel */
	int64_t n_along, n_across, pixel_along, pixel_across;
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

static void scan_of(struct scan *s, const struct slab_ray_args *a, const struct ray_pose *pose)
{
	double middle[3], drift[2];
	const double *ways[2] = { pose->du, pose->dv };
	for (int k = 0; k < 3; k++)
		middle[k] = pose->origin[k] + 0.5 * (double)(a->cols - 1) * pose->du[k] +
			    0.5 * (double)(a->rows - 1) * pose->dv[k];
	int w = dominant(pose, middle), u = w == 0 ? 1 : 0, v = w == 2 ? 1 : 2;
	for (int i = 0; i < 2; i++) {
		double forth = ways[i][w] / step_of(pose, middle, w);
		double du = ways[i][u] - forth * step_of(pose, middle, u);
		double dv = ways[i][v] - forth * step_of(pose, middle, v);
		drift[i] = fabs(dv) / (fabs(du) + 1e-300);
	}
	/* A detector of few rows (or columns) has its lanes along the others. */
	int swap = drift[1] < drift[0] ? a->rows >= SIMD_LANES || a->rows >= a->cols
				       : a->cols < SIMD_LANES && a->rows > a->cols;
	*s = (struct scan){ .a = a,
		.pose = pose,
		.along = ways[swap],
		.across = ways[!swap],
		.n_along = swap ? a->rows : a->cols,
		.n_across = swap ? a->cols : a->rows,
		.pixel_along = swap ? a->cols : 1,
		.pixel_across = swap ? 1 : a->cols };
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

/* As many slabs a block as rounding, and where lanes are not close a window of voxels, allow for the way along u. */
static int64_t tile_slabs(const struct tile *t, int64_t n)
{
	const int last = SIMD_LANES - 1;
	const double *start = t->start[0][0], *slope = t->slope[0][0];
	double fan = slope[last] - slope[0], near = fabs(start[last] - start[0]);
	double far = fabs(start[last] - start[0] + fan * (double)n), steep = fmax(fabs(slope[0]), fabs(slope[last]));
	int64_t slabs = BLOCK_SLABS;
	const double spread = fmax(near, far);
	const int close = spread + steep + 5 < SIMD_LANES;
	while (slabs > BLOCK_FEWEST && (steep * (double)slabs > FARTHEST ||
					(!close && spread + steep * (double)slabs + 4 > 2 * SIMD_LANES)))
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
	t->u = t->w == 0 ? 1 : 0;
	t->v = t->w == 2 ? 1 : 2;
	t->layout = t->w == 0 ? SLAB_Y : SLAB_X;
	for (int r = 0; r < t->rows; r++)
		tile_row(t, s, r, along, across + r);
	t->slabs = tile_slabs(t, s->a->n[t->w]);
	return 0;
}

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

/* Rows of voxels touched in each slab, and where its lanes begin: the least of many lines lies above the chord of its
 * ends, the most below. */
static void block_ranges(struct block *b, const struct reach *u, const struct reach *v, int64_t base_u, int64_t base_v,
	int64_t n_u, int64_t n_v, int whole_slabs)
{
	const float per = 1.0F / (float)b->slabs;
	float down = (float)(v->low[1] - v->low[0]) * per, up = (float)(v->high[1] - v->high[0]) * per;
	float along = (float)(u->low[1] - u->low[0]) * per;
	float low = (float)(v->low[0] - HAIR - (double)base_v), high = (float)(v->high[0] + HAIR - (double)base_v);
	float left = (float)(u->low[0] - HAIR - (double)base_u);
	if (whole_slabs) {
		low += down < 0 ? down : 0;
		high += up > 0 ? up : 0;
		left += along < 0 ? along : 0;
	}
	const float least = (float)(-SLOWEST - base_v), most = (float)(n_v - base_v);
	for (int i = 0; i < BLOCK_SLABS; i += SIMD_LANES) {
		simd_f at = simd_add(simd_load(slab_numbers), simd_set((float)i));
		simd_f first = simd_floor(simd_fma(at, simd_set(down), simd_set(low)));
		simd_f last = simd_floor(simd_fma(at, simd_set(up), simd_set(high)));
		simd_f begin = simd_floor(simd_fma(at, simd_set(along), simd_set(left)));
		simd_istore(b->low + i, simd_int(simd_max(first, simd_set(least))));
		simd_istore(b->high + i, simd_int(simd_min(last, simd_set(most))));
		simd_istore(b->first + i, simd_int(simd_clamp(begin, simd_set((float)(-SLOWEST - base_u)),
						simd_set((float)(n_u - base_u)))));
	}
}

/* How a block's voxels are found: in a register a row, in a window of two, one by one; the latter clamped anyway. */
enum found { NOTHING, CLOSE, CLOSE_CLAMPED, IN_WINDOW, CLAMPED, BY_LANE };

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

static void block_place(struct block *b, const struct slab_ray_args *a, const struct tile *t, int64_t k, int64_t base_u,
	int64_t base_v)
{
	const struct slab_layout *layout = &a->layout[t->layout];
	b->stride_s = layout->stride[t->w];
	b->stride_v = layout->stride[t->v];
	int64_t first = layout->first + k * b->stride_s + base_u + base_v * b->stride_v;
	for (int f = 0; f < a->n_fields; f++) {
		const void *values = a->field[f].values[t->layout];
		b->values[f] = a->field[f].type == SLAB_I16 ? (const void *)((const int16_t *)values + first)
							    : (const void *)((const float *)values + first);
	}
	b->tags = a->n_channels ? a->tags[t->layout] + first : NULL;
	b->spans = a->n_channels ? a->spans[t->layout] + first : NULL;
}

/* constant: what is to be added when the block is NOTHING, per field and slab. */
static enum found block_of(struct block *b, float constant[SLAB_FIELDS], const struct slab_ray_args *a,
	const struct tile *t, int r, int64_t k, int64_t slabs)
{
	const double shift = a->model == RAY_PWC ? 0.5 : 0, from = (double)k - shift, to = from + (double)slabs;
	const int64_t n_u = a->n[t->u], n_v = a->n[t->v];
	const int taps = a->model == RAY_PWC ? 0 : a->model == RAY_JOSEPH ? 1 : 2;
	struct reach u, v;
	reach_of(&u, t->start[0][r], t->slope[0][r], from, to);
	reach_of(&v, t->start[1][r], t->slope[1][r], from, to);
	for (int f = 0; f < a->n_fields; f++)
		constant[f] = 0;
	if (u.most < -1 - HAIR || u.least > (double)n_u + HAIR || v.most < -1 - HAIR || v.least > (double)n_v + HAIR)
		return NOTHING;
	if (a->field[0].bricks && block_constant(constant, a, t, k + (a->model == RAY_TRILINEAR), slabs, &u, &v)) {
		int zero = 1;
		for (int f = 0; f < a->n_fields; f++)
			zero &= constant[f] == 0;
		if (zero || inside(a, t, k, slabs, &u, &v))
			return NOTHING;
	}
	for (int e = 0; e < 2; e++) {
		u.low[e] += shift, u.high[e] += shift, v.low[e] += shift, v.high[e] += shift;
	}
	u.least += shift, u.most += shift, v.least += shift;
	int64_t base_u = floor_within(u.least - HAIR, -SLOWEST, n_u), base_v = floor_within(v.least - HAIR, -SLOWEST, n_v);
	b->slabs = slabs;
	simd_f lane = simd_floor(simd_line(t->start[0][r], t->slope[0][r], from, (double)base_u - shift));
	b->u = simd_line_from(t->start[0][r], t->slope[0][r], from, (double)base_u - shift, lane);
	b->lane = simd_int(lane);
	b->v = simd_line(t->start[1][r], t->slope[1][r], from, (double)base_v - shift);
	b->du = simd_load(t->change[0][r]);
	b->dv = simd_load(t->change[1][r]);
	b->per_du = simd_load(t->per_change[0][r]);
	b->per_dv = simd_load(t->per_change[1][r]);
	b->least_u = simd_sub(simd_set((float)(-SLOWEST - base_u)), lane);
	b->most_u = simd_sub(simd_set((float)(n_u - base_u)), lane);
	block_place(b, a, t, k, base_u, base_v);
	const int clamped = u.least < -SLOWEST + HAIR || u.most > (double)n_u + 1 - HAIR;
	const double spread = fmax(u.high[0] - u.low[0], u.high[1] - u.low[1]);
	const double move = fmax(fabs(u.high[1] - u.high[0]), fabs(u.low[1] - u.low[0])) / (double)slabs;
	block_ranges(b, &u, &v, base_u, base_v, n_u, n_v, a->model != RAY_JOSEPH);
	b->width = (int64_t)(spread + move + 2 * HAIR) + taps + 2;
	if (spread + move + taps + 2 + 2 * HAIR <= SIMD_LANES)
		return clamped ? CLOSE_CLAMPED : CLOSE;
	if (floor_within(u.most + HAIR, -SLOWEST, n_u) - base_u + taps < 2 * SIMD_LANES)
		return clamped ? CLAMPED : IN_WINDOW;
	simd_f row = simd_floor(b->v);
	b->v = simd_line_from(t->start[1][r], t->slope[1][r], from, (double)base_v - shift, row);
	b->lane_row = simd_int(row);
	b->least_v = simd_sub(simd_set((float)(-SLOWEST - base_v)), row);
	b->most_v = simd_sub(simd_set((float)(n_v - base_v)), row);
	return BY_LANE;
}

SIMD_FN void block_run(int64_t model, const struct block *b, enum found found, struct kind kind, simd_f *sums,
	struct label_sums *labels)
{
	if (found == BY_LANE) {
		if (model == RAY_PWC)
			pwc_lanes(b, kind, sums, labels);
		else if (model == RAY_TRILINEAR)
			trilinear_lanes(b, kind, sums, labels);
		else
			joseph_lanes(b, kind, sums, labels);
		return;
	}
	kind.clamped = found == CLAMPED || found == CLOSE_CLAMPED;
	if (found == CLOSE || found == CLOSE_CLAMPED) {
		if (model == RAY_PWC)
			pwc_close(b, kind, sums, labels);
		else if (model == RAY_TRILINEAR)
			trilinear_close(b, kind, sums, labels);
		else
			joseph_close(b, kind, sums, labels);
		return;
	}
	if (model == RAY_PWC)
		pwc_rows(b, kind, sums, labels);
	else if (model == RAY_TRILINEAR)
		trilinear_rows(b, kind, sums, labels);
	else
		joseph_rows(b, kind, sums, labels);
}

/* field += what the block adds; every call site has constants for model, kind and the way voxels are found. */
SIMD_FN void block_add(int64_t model, const struct block *b, enum found found, const struct kind kind,
	float (*field)[SIMD_LANES], struct label_sums *labels)
{
	simd_f sums[2 * SLAB_FIELDS];
	for (int i = 0; i < 2 * kind.fields; i++)
		sums[i] = simd_set(0);
	struct label_sums own = { 0 };
	if (kind.labelled) {
		own = *labels;
		own.run_value = own.run_weight = simd_set(0);
	}
	if (found == CLOSE)
		block_run(model, b, CLOSE, kind, sums, &own);
	else if (found == CLOSE_CLAMPED)
		block_run(model, b, CLOSE_CLAMPED, kind, sums, &own);
	else if (found == IN_WINDOW)
		block_run(model, b, IN_WINDOW, kind, sums, &own);
	else if (found == CLAMPED)
		block_run(model, b, CLAMPED, kind, sums, &own);
	else
		block_run(model, b, BY_LANE, kind, sums, &own);
	if (kind.labelled) {
		label_flush(&own);
		labels->run = own.run;
		return;
	}
	for (int f = 0; f < kind.fields; f++)
		simd_store(field[f], simd_add(simd_load(field[f]), simd_add(sums[2 * f], sums[2 * f + 1])));
}

typedef void (*block_fn)(const struct block *b, enum found found, float (*field)[SIMD_LANES], struct label_sums *labels);
#define VARIANT(name, model, ...)                                                                            \
	static void name(const struct block *b, enum found found, float (*field)[SIMD_LANES],                \
		struct label_sums *labels)                                                                   \
	{                                                                                                    \
		const struct kind kind = { __VA_ARGS__, 0 };                                                 \
		block_add(model, b, found, kind, field, labels);                                             \
	}
#define VARIANTS(model, stem)                                                                                \
	VARIANT(stem##_i16, model, 1, SLAB_I16, 0)                                                           \
	VARIANT(stem##_f32, model, 1, SLAB_F32, 0)                                                           \
	VARIANT(stem##_3, model, 3, SLAB_F32, 0)                                                             \
	VARIANT(stem##_4, model, 4, SLAB_F32, 0)                                                             \
	VARIANT(stem##_i16_labels, model, 1, SLAB_I16, LABEL_VALUES)                                         \
	VARIANT(stem##_f32_labels, model, 1, SLAB_F32, LABEL_VALUES)                                         \
	VARIANT(stem##_i16_paths, model, 1, SLAB_I16, LABEL_VALUES_AND_WEIGHTS)                              \
	VARIANT(stem##_f32_paths, model, 1, SLAB_F32, LABEL_VALUES_AND_WEIGHTS)                              \
	static const block_fn stem##_variants[] = { stem##_i16, stem##_f32, stem##_3, stem##_4,              \
		stem##_i16_labels, stem##_f32_labels, stem##_i16_paths, stem##_f32_paths };
VARIANTS(RAY_PWC, pwc)
VARIANTS(RAY_TRILINEAR, trilinear)
VARIANTS(RAY_JOSEPH, joseph)

static block_fn variant_of(const struct slab_ray_args *a)
{
	const block_fn *of = a->model == RAY_PWC ? pwc_variants : a->model == RAY_TRILINEAR ? trilinear_variants
											 : joseph_variants;
	int floats = a->field[0].type == SLAB_F32;
	if (a->n_channels)
		return of[(a->path ? 6 : 4) + floats];
	return a->n_fields == 1 ? of[floats] : of[a->n_fields - 1];
}

static void tile_render(const struct slab_ray_args *a, block_fn run, const struct tile *t, struct sums *sums)
{
	const int64_t first = a->model == RAY_TRILINEAR ? -1 : 0, n = a->n[t->w];
	struct block b;
	float constant[SLAB_FIELDS];
	int32_t channel[TILE_ROWS];
	for (int r = 0; r < t->rows; r++) {
		channel[r] = SLAB_CHANNELS;
		memset(sums->field[r], 0, (size_t)a->n_fields * sizeof(sums->field[r][0]));
		if (a->n_channels) {
			memset(sums->value[r], 0, (size_t)a->n_channels * sizeof(sums->value[r][0]));
			memset(sums->path[r], 0, (size_t)a->n_channels * sizeof(sums->path[r][0]));
		}
	}
	for (int64_t k = first; k < n; k += t->slabs)
		for (int r = 0; r < t->rows; r++) {
			int64_t slabs = n - k < t->slabs ? n - k : t->slabs;
			enum found found = block_of(&b, constant, a, t, r, k, slabs);
			struct label_sums labels = { .value = sums->value[r], .weight = sums->path[r], .run = channel[r] };
			if (found != NOTHING) {
				run(&b, found, sums->field[r], &labels);
				channel[r] = labels.run;
				continue;
			}
			for (int f = 0; f < a->n_fields; f++)
				for (int l = 0; l < SIMD_LANES; l++)
					sums->field[r][f][l] += constant[f] * (float)slabs;
		}
}

/* past: the planes of many channels would only push the volume out of the cache. */
static void store(float *to, const struct tile *t, int r, const float *sum, double factor, int past)
{
	if (t->pixel[r][SIMD_LANES - 1] - t->pixel[r][0] == SIMD_LANES - 1) {
		simd_f mm = simd_mul(simd_load(t->mm[r]), simd_set((float)factor));
		float *first = to + t->pixel[r][0];
		if (past && ((uintptr_t)first & 63) == 0)
			simd_stream(first, simd_mul(simd_load(sum), mm));
		else
			simd_store(first, simd_mul(simd_load(sum), mm));
		return;
	}
	for (int64_t l = 0; l < t->lanes; l++)
		to[t->pixel[r][l]] = sum[l] * (t->mm[r][l] * (float)factor);
}

static void tile_store(const struct slab_ray_args *a, int64_t pose, const struct tile *t, const struct sums *sums)
{
	const int64_t pixels = a->cols * a->rows;
	for (int r = 0; r < t->rows; r++) {
		for (int f = 0; f < a->n_fields && !a->n_channels; f++)
			if (a->sum[f])
				store(a->sum[f] + pose * a->step[f], t, r, sums->field[r][f],
					a->factor[f] * a->field[f].scale, 0);
		for (int64_t c = 0; c < a->n_channels; c++) {
			if (a->sum[0])
				store(a->sum[0] + pose * a->step[0] + c * pixels, t, r, sums->value[r][c],
					a->factor[0] * a->field[0].scale, 1);
			if (a->path)
				store(a->path + pose * a->path_step + c * pixels, t, r, sums->path[r][c], 0.1, 1);
		}
	}
}

static void strip_render(const struct slab_ray_args *a, block_fn run, int64_t pose, int64_t strip)
{
	struct scan s;
	struct tile t;
	struct sums sums;
	scan_of(&s, a, &a->poses[pose]);
	const int64_t across = strip * TILE_ROWS;
	if (across >= s.n_across)
		return;
	for (int64_t along = 0; along < s.n_along; along += SIMD_LANES) {
		if (tile_of(&t, &s, along, across) == 0) {
			tile_render(a, run, &t, &sums);
			tile_store(a, pose, &t, &sums);
			continue;
		}
		for (int r = 0; r < t.rows; r++)
			for (int64_t l = 0; l < t.lanes; l++)
				a->slow(a->slow_context, pose * a->cols * a->rows + t.pixel[r][l]);
	}
	simd_settle();
}

void SIMD_NAME(slab_ray)(const struct slab_ray_args *a)
{
	const int64_t most = a->cols > a->rows ? a->cols : a->rows, strips = (most + TILE_ROWS - 1) / TILE_ROWS;
	const block_fn run = variant_of(a);
#pragma omp parallel for schedule(dynamic)
	for (int64_t i = 0; i < a->n_poses * strips; i++)
		strip_render(a, run, i / strips, i % strips);
}

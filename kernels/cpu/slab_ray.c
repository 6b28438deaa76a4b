/*
 * slab_ray on the CPU: SIMD_LANES neighbouring pixels at a time, TILE_ROWS such rows together through TILE_SLABS
 * slabs, so that the voxels they share are fetched into the cache once; slab_sheet.h where it can.  Compiled once for
 * each instruction set.
 */
#include "kernels/cpu/slab_ray.h"

#include "kernels/cpu/slab_joseph.h"
#include "kernels/cpu/slab_pwc.h"
#include "kernels/cpu/slab_sheet.h"
#include "kernels/cpu/slab_tile.h"
#include "kernels/cpu/slab_trilinear.h"

enum { STORE_TILES = 16 / SIMD_LANES }; /* a cache line of an image by label */

static const float slab_numbers[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

struct sums {
	float field[TILE_ROWS][SLAB_FIELDS][SIMD_LANES];
	float value[TILE_ROWS][SLAB_CHANNELS + 1][SIMD_LANES], path[TILE_ROWS][SLAB_CHANNELS + 1][SIMD_LANES];
	int channels[TILE_ROWS]; /* value and path hold something: most rows of an image may miss a thin volume */
};
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
	for (int i = 0; i < TILE_SLABS; i += SIMD_LANES) {
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

/* Voxels of a row touched in each slab, from `first` on: for labels only. */
static void block_widths(struct block *b, const struct reach *u, int64_t base_u, int64_t n_u, int64_t model)
{
	const float right = (float)(u->high[1] - u->high[0]) / (float)b->slabs, cell = model == RAY_PWC ? 1 : 2;
	float high = (float)(u->high[0] + HAIR - (double)base_u);
	if (model != RAY_JOSEPH) /* which looks at planes only */
		high += right > 0 ? right : 0;
	for (int i = 0; i < TILE_SLABS; i += SIMD_LANES) {
		simd_f at = simd_add(simd_load(slab_numbers), simd_set((float)i));
		simd_f last = simd_floor(simd_fma(at, simd_set(right), simd_set(high)));
		last = simd_clamp(last, simd_set((float)(-SLOWEST - base_u)), simd_set((float)(n_u - base_u)));
		simd_f width = simd_add(simd_sub(last, simd_float(simd_iload(b->first + i))), simd_set(cell));
		simd_istore(b->width + i, simd_int(width));
	}
}

/* How a block's voxels are found: a row in one register, in a window of two, or lane by lane (always clamped). */
enum found { NOTHING, CLOSE, CLOSE_CLAMPED, IN_WINDOW, CLAMPED, BY_LANE };

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
	b->spans = a->n_channels ? a->spans[t->layout][t->u] + first : NULL;
	b->pair_spans = a->n_channels ? a->spans[t->layout][t->v] + first : NULL;
}

/* Positions from the block's start on, relative to (base_u, base_v); pwc counts from the voxels' lower faces. */
static void block_start(struct block *b, const struct slab_ray_args *a, const struct tile *t, int r, double from,
	double shift, int64_t base_u, int64_t base_v)
{
	const double *start = t->start[0][r], *slope = t->slope[0][r];
	simd_f lane = simd_floor(simd_line(start, slope, from, (double)base_u - shift));
	b->u = simd_line_from(start, slope, from, (double)base_u - shift, lane);
	b->lane = simd_int(lane);
	b->v = simd_line(t->start[1][r], t->slope[1][r], from, (double)base_v - shift);
	b->du = simd_load(t->change[0][r]);
	b->dv = simd_load(t->change[1][r]);
	b->per_du = simd_load(t->per_change[0][r]);
	b->per_dv = simd_load(t->per_change[1][r]);
	b->least_u = simd_sub(simd_set((float)(-SLOWEST - base_u)), lane);
	b->most_u = simd_sub(simd_set((float)(a->n[t->u] - base_u)), lane);
}

/* Lanes that no window holds: each counts from the row that it starts in. */
static void block_scatter(struct block *b, const struct slab_ray_args *a, const struct tile *t, int r, double from,
	double shift, int64_t base_v)
{
	simd_f row = simd_floor(b->v);
	b->v = simd_line_from(t->start[1][r], t->slope[1][r], from, (double)base_v - shift, row);
	b->lane_row = simd_int(row);
	b->least_v = simd_sub(simd_set((float)(-SLOWEST - base_v)), row);
	b->most_v = simd_sub(simd_set((float)(a->n[t->v] - base_v)), row);
}

static void reach_shift(struct reach *x, double shift)
{
	for (int end = 0; end < 2; end++) {
		x->low[end] += shift;
		x->high[end] += shift;
	}
	x->least += shift;
	x->most += shift;
}

static enum found block_of(struct block *b, float constant[SLAB_FIELDS], const struct slab_ray_args *a,
	const struct tile *t, int r, int64_t k, int64_t slabs)
{
	const double shift = a->model == RAY_PWC ? 0.5 : 0, from = (double)k - shift, to = from + (double)slabs;
	const int64_t n_u = a->n[t->u], n_v = a->n[t->v];
	const int taps = a->model == RAY_PWC ? 0 : a->model == RAY_JOSEPH ? 1 : 2;
	struct reach u, v;
	reach_of(&u, t->start[0][r], t->slope[0][r], from, to);
	reach_of(&v, t->start[1][r], t->slope[1][r], from, to);
	if (block_skips(constant, a, t, k, slabs, &u, &v))
		return NOTHING;
	reach_shift(&u, shift);
	reach_shift(&v, shift);
	int64_t base_u = floor_within(u.least - HAIR, -SLOWEST, n_u), base_v = floor_within(v.least - HAIR, -SLOWEST, n_v);
	b->slabs = slabs;
	block_start(b, a, t, r, from, shift, base_u, base_v);
	block_place(b, a, t, k, base_u, base_v);
	block_ranges(b, &u, &v, base_u, base_v, n_u, n_v, a->model != RAY_JOSEPH);
	if (a->n_channels)
		block_widths(b, &u, base_u, n_u, a->model);
	const int clamped = u.least < -SLOWEST + HAIR || u.most > (double)n_u + 1 - HAIR;
	const double spread = fmax(u.high[0] - u.low[0], u.high[1] - u.low[1]);
	const double move = fmax(fabs(u.high[1] - u.high[0]), fabs(u.low[1] - u.low[0])) / (double)slabs;
	const int64_t width = (int64_t)(spread + move + 3 * HAIR) + taps + 2;
	if (width <= SIMD_LANES)
		return clamped ? CLOSE_CLAMPED : CLOSE;
	if (width <= 2 * SIMD_LANES)
		return clamped ? CLAMPED : IN_WINDOW;
	block_scatter(b, a, t, r, from, shift, base_v);
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
	float (*field)[SIMD_LANES], struct label_row *row)
{
	simd_f sums[2 * SLAB_FIELDS];
	for (int i = 0; i < 2 * kind.fields; i++)
		sums[i] = simd_set(0);
	struct label_sums own = { .run = 0 };
	if (kind.labelled)
		label_begin(&own, row);
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
		label_flush(&own, kind.labelled);
		row->run = own.run;
		return;
	}
	for (int f = 0; f < kind.fields; f++)
		simd_store(field[f], simd_add(simd_load(field[f]), simd_add(sums[2 * f], sums[2 * f + 1])));
}

typedef void (*block_fn)(const struct block *b, enum found found, float (*field)[SIMD_LANES], struct label_row *row);
#define VARIANT(name, model, ...)                                                                            \
	static void name(const struct block *b, enum found found, float (*field)[SIMD_LANES],                \
		struct label_row *row)                                                                       \
	{                                                                                                    \
		const struct kind kind = { __VA_ARGS__, 0 };                                                 \
		block_add(model, b, found, kind, field, row);                                                \
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

/* The cache lines that the next tile along the lanes will touch: no hardware follows a ray from plane to plane. */
static void block_prefetch(const struct block *b, const struct slab_ray_args *a, int64_t ahead)
{
	const int64_t size = a->field[0].type == SLAB_I16 ? (int64_t)sizeof(int16_t) : (int64_t)sizeof(float);
	for (int f = 0; f < a->n_fields; f++)
		for (int64_t i = 0; i < b->slabs; i++) {
			int64_t at = i * b->stride_s + b->low[i] * b->stride_v + b->first[i] + ahead;
			__builtin_prefetch((const char *)b->values[f] + at * size, 0, 2);
		}
}

static void channels_begin(const struct slab_ray_args *a, struct sums *sums, int r)
{
	sums->channels[r] = 1;
	memset(sums->value[r], 0, (size_t)a->n_channels * sizeof(sums->value[r][0]));
	if (a->path)
		memset(sums->path[r], 0, (size_t)a->n_channels * sizeof(sums->path[r][0]));
}

static void tile_render(const struct slab_ray_args *a, block_fn run, const struct tile *t, struct sums *sums)
{
	const int64_t first = a->model == RAY_TRILINEAR ? -1 : 0, n = a->n[t->w];
	struct block b;
	float constant[SLAB_FIELDS];
	struct label_row label[TILE_ROWS];
	for (int r = 0; r < t->rows; r++) {
		label[r] = (struct label_row){ sums->value[r], sums->path[r], SLAB_CHANNELS };
		memset(sums->field[r], 0, (size_t)a->n_fields * sizeof(sums->field[r][0]));
		sums->channels[r] = 0;
	}
	for (int64_t k = first; k < n; k += t->slabs)
		for (int r = 0; r < t->rows; r++) {
			int64_t slabs = n - k < t->slabs ? n - k : t->slabs;
			enum found found = block_of(&b, constant, a, t, r, k, slabs);
			if (found != NOTHING) {
				if (found != BY_LANE && (r == 0 || r == t->rows - 1))
					block_prefetch(&b, a, t->start[0][0][SIMD_LANES - 1] > t->start[0][0][0] ? 40 : -24);
				if (a->n_channels && !sums->channels[r])
					channels_begin(a, sums, r);
				run(&b, found, sums->field[r], &label[r]);
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
		if (past && (uintptr_t)first % sizeof(simd_f) == 0)
			simd_stream(first, simd_mul(simd_load(sum), mm));
		else
			simd_store(first, simd_mul(simd_load(sum), mm));
		return;
	}
	for (int64_t l = 0; l < t->lanes; l++)
		to[t->pixel[r][l]] = sum[l] * (t->mm[r][l] * (float)factor);
}

static void fields_store(const struct slab_ray_args *a, int64_t pose, const struct tile *t,
	const float (*field)[SLAB_FIELDS][SIMD_LANES])
{
	for (int r = 0; r < t->rows; r++)
		for (int f = 0; f < a->n_fields; f++)
			if (a->sum[f])
				store(a->sum[f] + pose * a->step[f], t, r, field[r][f], a->factor[f] * a->field[f].scale, 0);
}

/* Tiles side by side: what passes the caches must fill a line at once, or memory is asked for the rest of it. */
static void channels_store(const struct slab_ray_args *a, int64_t pose, const struct tile *tiles, const struct sums *sums,
	int n)
{
	static const float nothing[SIMD_LANES];
	const int64_t pixels = a->cols * a->rows;
	for (int r = 0; n > 0 && r < tiles[0].rows; r++)
		for (int64_t c = 0; c < a->n_channels; c++) {
			for (int i = 0; a->sum[0] && i < n; i++)
				store(a->sum[0] + pose * a->step[0] + c * pixels, &tiles[i], r,
					sums[i].channels[r] ? sums[i].value[r][c] : nothing,
					a->factor[0] * a->field[0].scale, 1);
			for (int i = 0; a->path && i < n; i++)
				store(a->path + pose * a->path_step + c * pixels, &tiles[i], r,
					sums[i].channels[r] ? sums[i].path[r][c] : nothing, 0.1, 1);
		}
}

/* STORE_TILES tiles from `along` on. */
static void tiles_pass(const struct scan *s, block_fn run, int64_t pose, int64_t along, int64_t across)
{
	const struct slab_ray_args *a = s->a;
	struct tile tiles[STORE_TILES];
	struct sums sums[STORE_TILES];
	int n = 0;
	for (int i = 0; i < STORE_TILES && along < s->n_along; i++, along += SIMD_LANES) {
		struct tile *t = &tiles[n];
		if (tile_of(t, s, along, across) != 0) {
			for (int r = 0; r < t->rows; r++)
				for (int64_t l = 0; l < t->lanes; l++)
					a->slow(a->slow_context, pose * a->cols * a->rows + t->pixel[r][l]);
			continue;
		}
		tile_render(a, run, t, &sums[n]);
		if (!a->n_channels)
			fields_store(a, pose, t, (const float(*)[SLAB_FIELDS][SIMD_LANES])sums[n].field);
		else
			n++;
	}
	channels_store(a, pose, tiles, sums, n);
}

/* SHEET_TILES tiles from `along` on; 0 when sheets will not do. */
static int sheet_pass(const struct scan *s, int64_t pose, int64_t along, int64_t across)
{
	struct tile tiles[SHEET_TILES];
	sheet_sums sums[SHEET_TILES];
	const int n = s->sheet < 0 ? 0 : sheet_tiles(tiles, s, along, across);
	if (n > 0)
		sheet_render(s->a, tiles, n, sums);
	for (int i = 0; i < n; i++)
		fields_store(s->a, pose, &tiles[i], (const float(*)[SLAB_FIELDS][SIMD_LANES])sums[i]);
	return n;
}

static void strip_render(const struct slab_ray_args *a, block_fn run, int64_t pose, int64_t strip)
{
	struct scan s;
	scan_of(&s, a, &a->poses[pose]);
	const int64_t across = strip * TILE_ROWS;
	if (across >= s.n_across)
		return;
	for (int64_t along = 0; along < s.n_along; along += SHEET_TILES * SIMD_LANES)
		if (!sheet_pass(&s, pose, along, across))
			for (int i = 0; i < SHEET_TILES; i += STORE_TILES)
				tiles_pass(&s, run, pose, along + i * SIMD_LANES, across);
	simd_settle();
}

/* By the ranges of the rays' directions over the detector: perhaps one more than will be used. */
void SIMD_NAME(slab_ray_layouts)(int layouts[SLAB_LAYOUTS], const struct slab_ray_args *a)
{
	for (int64_t i = 0; i < a->n_poses; i++) {
		const struct ray_pose *p = &a->poses[i];
		struct scan s;
		double least[3], most[3];
		scan_of(&s, a, p);
		for (int k = 0; k < 3; k++) {
			double low = INFINITY, high = -INFINITY;
			for (int corner = 0; corner < 4; corner++) {
				double point[3];
				point_of(&s, corner & 1 ? s.n_along - 1 : 0, corner >> 1 ? s.n_across - 1 : 0, point);
				low = fmin(low, step_of(p, point, k));
				high = fmax(high, step_of(p, point, k));
			}
			most[k] = fmax(fabs(low), fabs(high)) * (1 + 1e-6);
			least[k] = low < 0 && high > 0 ? 0 : fmin(fabs(low), fabs(high));
		}
		for (int w = 0; w < 3; w++)
			if (most[w] >= fmax(least[(w + 1) % 3], least[(w + 2) % 3]))
				layouts[s.fast[w]] |= 1 << (3 - w - s.fast[w]);
	}
}

void SIMD_NAME(slab_ray)(const struct slab_ray_args *a)
{
	const int64_t most = a->cols > a->rows ? a->cols : a->rows, strips = (most + TILE_ROWS - 1) / TILE_ROWS;
	const block_fn run = variant_of(a);
#pragma omp parallel for schedule(dynamic)
	for (int64_t i = 0; i < a->n_poses * strips; i++)
		strip_render(a, run, i / strips, i % strips);
}

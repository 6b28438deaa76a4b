#include "kernels/slab_ray.h"

#if defined(K_F32)
#include "kernels/slab_model.h"
#include "kernels/slab_plan.h"

/* Numbers of a thread by label that are in shared memory, and how far they lie apart: 24 KiB a block. */
#if defined(__CUDACC__)
enum { SLAB_RAY_NEAR = 24, SLAB_RAY_NEAR_STEP = K_LANES };
#else
enum { SLAB_RAY_NEAR = 24, SLAB_RAY_NEAR_STEP = 1 };
#endif

struct slab_ray_place {
	int64_t pixel;
	int32_t col, row, pose, part; /* the first of its parts */
};
/*
 * The pixel of thread `lane` of a tile: neighbouring threads lie along a row of voxels as well as they can.
 * Threads beyond the image take its last pixel, so that a warp stays whole; false for them.
 */
K_FN int slab_ray_pixel(struct slab_ray_place *p, const struct slab_ray_args *a, uint32_t tile, uint32_t lane)
{
	const int turned = a->turned && a->turned[p->pose];
	const uint32_t n_along = (uint32_t)(turned ? a->rows : a->cols);
	const uint32_t n_across = (uint32_t)(turned ? a->cols : a->rows);
	const uint32_t wide = (n_along + SLAB_RAY_LANES - 1) / SLAB_RAY_LANES;
	uint32_t along = tile % wide * SLAB_RAY_LANES + lane % SLAB_RAY_LANES;
	uint32_t across = tile / wide * SLAB_RAY_ROWS + lane / SLAB_RAY_LANES;
	const int wanted = along < n_along && across < n_across;
	along = along < n_along ? along : n_along - 1;
	across = across < n_across ? across : n_across - 1;
	p->col = (int32_t)(turned ? across : along);
	p->row = (int32_t)(turned ? along : across);
	p->pixel = p->row * a->cols + p->col;
	return wanted;
}

/* Parts outermost, so that what runs at one time shares a range of slabs; a block of threads is a tile. */
K_FN int slab_ray_place_of(struct slab_ray_place *p, const struct slab_ray_args *a, int64_t i)
{
	const uint32_t threads = SLAB_RAY_LANES * SLAB_RAY_ROWS, tiles = (uint32_t)a->tiles;
	const uint32_t block = (uint32_t)i / threads, image = block / tiles, poses = (uint32_t)a->n_poses;
	p->part = (int32_t)(image / poses) * (int32_t)a->group;
	p->pose = (int32_t)(image % poses);
	return slab_ray_pixel(p, a, block % tiles, (uint32_t)i % threads);
}

K_FN void slab_ray_clear(struct slab_sums *s)
{
	for (int f = 0; f < SLAB_FIELDS; f++)
		slab_take_zero(s, f);
	s->run = SLAB_CHANNELS;
}

/* By label: makes the numbers of a part 0.  They are in memory, their place at last, where they do not fit `near`; there a
 * thread that is not wanted must not touch those of the last pixel. */
K_FN void slab_ray_clear_numbers(struct slab_sums *s, float *near, int wanted)
{
	const struct slab_ray_args *a = s->args;
	const int fit = slab_ray_planes(a) <= SLAB_RAY_NEAR;
	s->number = fit ? near : a->partial + s->slot;
	s->step = fit ? SLAB_RAY_NEAR_STEP : (uint32_t)a->pixels;
	for (uint32_t c = 0; c < (uint32_t)slab_ray_planes(a) && (fit || wanted); c++)
		s->number[c * s->step] = 0.0F;
}

K_FN void slab_ray_begin(struct slab_sums *s, const struct slab_ray_args *a, const struct slab_ray_place *p,
	const struct slab_line *line, const struct slab_kind kind)
{
	for (int f = 0; f < kind.fields; f++)
		s->values[f] = line->w == 0 ? a->field[f].values[SLAB_Y] : a->field[f].values[SLAB_X];
	s->tags = line->w == 0 ? a->tags[SLAB_Y] : a->tags[SLAB_X];
	s->args = a;
	s->slot = (uint32_t)((p->part * a->n_poses + p->pose) * slab_ray_planes(a) * a->pixels + p->pixel);
	s->number = NULL;
	s->step = 0;
	slab_ray_clear(s);
}

/* Writes the sums of a part, where a pixel is wanted, and makes ready for the next. */
K_FN void slab_ray_end(struct slab_sums *s, int wanted, const struct slab_kind kind)
{
	const struct slab_ray_args *a = s->args;
	float *sums = a->partial + s->slot;
	if (kind.labelled) {
		slab_take_enter(s, SLAB_CHANNELS);
		for (uint32_t c = 0; c < (uint32_t)slab_ray_planes(a) && wanted && s->number != sums; c++)
			sums[c * (uint32_t)a->pixels] = s->number[c * s->step];
	} else if (wanted) {
		for (int f = 0; f < kind.fields; f++)
			sums[f * a->pixels] = s->total[f];
	}
	s->slot += (uint32_t)(a->n_poses * slab_ray_planes(a) * a->pixels);
	slab_ray_clear(s);
}

K_FN void slab_ray_walk(
	struct slab_sums *sums, struct slab_block *block, int model, const struct slab_kind kind)
{
	if (model == RAY_PWC)
		slab_model_pwc(block, kind, sums);
	else if (model == RAY_JOSEPH)
		slab_model_joseph(block, kind, sums);
	else
		slab_model_trilinear(block, kind, sums);
}

/* The block `blocks` after the line's begin; i in its plan, which all lanes have in common. */
K_FN void slab_ray_block(struct slab_sums *sums, const struct slab_line *line, const struct slab_plan *plan,
	int32_t blocks, int32_t i, int model, const struct slab_kind kind)
{
	const struct slab_kind plain = { 1, kind.type, 0 };
	struct slab_block block;
	const int meets = slab_line_block(&block, line, blocks);
	if (kind.labelled && (plan->single >> i & 1U)) {
		const int32_t channel = slab_plan_channel(plan, i);
		if (meets) {
			const int32_t slabs = block.slabs;
			slab_take_enter(sums, channel);
			slab_ray_walk(sums, &block, model, plain);
			sums->block[1] += (float)slabs;
		}
	} else if (meets) {
		slab_ray_walk(sums, &block, model, kind);
	}
	slab_take_settle(sums, kind);
}

/* Blocks from .. to - 1 after the line's begin. */
K_FN void slab_ray_blocks(struct slab_sums *sums, const struct slab_ray_args *a, const struct slab_line *line,
	int32_t from, int32_t to, int model, const struct slab_kind kind)
{
	struct slab_plan plan;
	for (; from < to; from += SLAB_PLAN_BLOCKS) {
		slab_plan_make(&plan, a, line, from, to - from, model, kind);
		if (!kind.labelled)
			for (int f = 0; f < kind.fields; f++)
				sums->total[f] += plan.filled[f];
		for (uint32_t left = plan.walk; left; left &= left - 1U) {
			const int32_t i = slab_plan_first(left);
			slab_ray_block(sums, line, &plan, from + i, i, model, kind);
		}
	}
}

/* Writes the sums of one ray over its thread's parts of the slabs. */
K_FN void slab_ray_render(const struct slab_ray_args *a, int64_t i, int model, const struct slab_kind kind)
{
	struct slab_ray_place place;
	struct slab_sums sums;
#if defined(__CUDACC__)
	__shared__ float numbers[SLAB_RAY_NEAR * SLAB_RAY_NEAR_STEP];
	float *near = numbers + threadIdx.x;
#else
	float numbers[SLAB_RAY_NEAR], *near = numbers;
#endif
	const int wanted = slab_ray_place_of(&place, a, i);
	struct slab_line line =
		slab_line_of(a, &a->poses[place.pose], place.col, place.row, place.part, model);
	line.to = wanted ? line.to : line.from;
	slab_ray_begin(&sums, a, &place, &line, kind);
	const int32_t span = (int32_t)slab_line_pick_int(a->span, line.w) / SLAB_RAY_BLOCK;
	const int32_t slabs = (int32_t)slab_line_pick_int(a->n, line.w) - line.begin;
	const int32_t all = (slabs + SLAB_RAY_BLOCK - 1) / SLAB_RAY_BLOCK;
	const int32_t parts = (int32_t)a->parts - place.part, group = (int32_t)a->group;
	const int32_t end = (parts < group ? parts : group) * span;
	for (int32_t from = 0; from < end; from += span) {
		if (kind.labelled)
			slab_ray_clear_numbers(&sums, near, wanted);
		slab_ray_blocks(&sums, a, &line, from, from + span < all ? from + span : all, model, kind);
		slab_ray_end(&sums, wanted, kind);
	}
}

/* ---- the variants: what is constant in each is folded ---- */
#define SLAB_RAY_AT(name, model, fields, type, labelled)                                                     \
	K_FN void slab_ray_##name##_at(const struct slab_ray_args *a, int64_t i)                             \
	{                                                                                                    \
		const struct slab_kind kind = { fields, type, labelled };                                    \
		slab_ray_render(a, i, model, kind);                                                          \
	}
#define SLAB_RAY_MODEL(name, model)                                                                          \
	SLAB_RAY_AT(name##_i16, model, 1, SLAB_I16, 0)                                                       \
	SLAB_RAY_AT(name##_f32, model, 1, SLAB_F32, 0)                                                       \
	SLAB_RAY_AT(name##_3, model, 3, SLAB_F32, 0)                                                         \
	SLAB_RAY_AT(name##_4, model, 4, SLAB_F32, 0)                                                         \
	SLAB_RAY_AT(name##_i16_labels, model, 1, SLAB_I16, 1)                                                \
	SLAB_RAY_AT(name##_f32_labels, model, 1, SLAB_F32, 1)
SLAB_RAY_MODEL(pwc, RAY_PWC)
SLAB_RAY_MODEL(joseph, RAY_JOSEPH)
SLAB_RAY_MODEL(trilinear, RAY_TRILINEAR)
/* Blocks an SM: three would spill on an A100. */
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 900
#define SLAB_RAY_PWC_LABELS_BLOCKS 2
#else
#define SLAB_RAY_PWC_LABELS_BLOCKS 3
#endif
K_DEFINE_F32(slab_ray_pwc_i16, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_pwc_f32, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_pwc_3, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_pwc_4, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_pwc_i16_labels, slab_ray_args, SLAB_RAY_PWC_LABELS_BLOCKS)
K_DEFINE_F32(slab_ray_pwc_f32_labels, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_joseph_i16, slab_ray_args, 4)
K_DEFINE_F32(slab_ray_joseph_f32, slab_ray_args, 4)
K_DEFINE_F32(slab_ray_joseph_3, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_joseph_4, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_joseph_i16_labels, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_joseph_f32_labels, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_trilinear_i16, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_trilinear_f32, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_trilinear_3, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_trilinear_4, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_trilinear_i16_labels, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_trilinear_f32_labels, slab_ray_args, 2)

/* ---- the parts of a pixel, added in order and scaled ---- */
K_FN float slab_ray_plane(const struct slab_ray_args *a, int64_t pose, int64_t plane, int64_t pixel)
{
	const int64_t planes = slab_ray_planes(a);
	const float *part = a->partial + (pose * planes + plane) * a->pixels + pixel;
	double sum = (double)*part;
	SLAB_MODEL_UNROLL(4)
	for (int32_t left = (int32_t)a->parts - 1; left > 0; left--) {
		part += a->n_poses * planes * a->pixels;
		sum += (double)*part;
	}
	return (float)sum;
}

K_FN void slab_ray_total_at(const struct slab_ray_args *a, int64_t i)
{
	const int64_t pixels = a->pixels, pose = k_div(i, pixels), pixel = i - pose * pixels;
	const int64_t row = k_div(pixel, a->cols), c = a->n_channels;
	const double mm = slab_line_mm(&a->poses[pose], (int32_t)(pixel - row * a->cols), (int32_t)row);
	for (int64_t plane = 0; plane < (c ? c : a->n_fields); plane++) {
		int64_t f = c ? 0 : plane;
		float scale = (float)(mm * a->factor[f] * a->field[f].scale);
		if (a->sum[f])
			a->sum[f][pose * a->step[f] + (c ? plane * pixels : 0) + pixel] =
				scale * slab_ray_plane(a, pose, plane, pixel);
		if (c && a->path)
			a->path[pose * a->path_step + plane * pixels + pixel] =
				(float)(0.1 * mm) * slab_ray_plane(a, pose, c + plane, pixel);
	}
}
K_DEFINE_F32(slab_ray_total, slab_ray_args, 4)
#endif

#if !defined(__CUDACC__) && defined(K_F32)
/* An H200 at four blocks an SM: a constant, so that results do not depend on the device. */
enum { SLAB_RAY_THREADS_FULL = 132 * 4 * 256 };

static int64_t ceiling(int64_t x, int64_t unit)
{
	return (x + unit - 1) / unit;
}

/* Tiles of SLAB_RAY_LANES x SLAB_RAY_ROWS pixels, whichever way they lie. */
static int64_t tiles_of(const struct slab_ray_args *a)
{
	int64_t flat = ceiling(a->cols, SLAB_RAY_LANES) * ceiling(a->rows, SLAB_RAY_ROWS);
	int64_t tall = ceiling(a->rows, SLAB_RAY_LANES) * ceiling(a->cols, SLAB_RAY_ROWS);
	return flat > tall ? flat : tall;
}

static int64_t threads_of(const struct slab_ray_args *a)
{
	return tiles_of(a) * SLAB_RAY_LANES * SLAB_RAY_ROWS;
}

int64_t slab_ray_parts(const struct slab_ray_args *a)
{
	/* By label every part writes all channels, so that short ones do not pay. */
	const int64_t shortest = (a->n_channels ? 8 : 1) * (int64_t)SLAB_RAY_BLOCK;
	int64_t parts = ceiling(4 * (int64_t)SLAB_RAY_THREADS_FULL, threads_of(a)), most = 0;
	for (int k = 0; k < 3; k++)
		most = a->n[k] / shortest > most ? a->n[k] / shortest : most;
	if (K_MAP_MOST / threads_of(a) < most)
		most = K_MAP_MOST / threads_of(a);
	return parts < most ? parts : most > 1 ? most : 1;
}

int64_t slab_ray_partial(const struct slab_ray_args *a)
{
	return a->parts * a->n_poses * slab_ray_planes(a) * a->cols * a->rows;
}

int64_t slab_ray_poses_most(const struct slab_ray_args *a)
{
	const int64_t sums =
		a->parts * slab_ray_planes(a) * a->cols * a->rows; /* elements are numbered in 32 bits */
	const int64_t threads = K_MAP_MOST / (a->parts * threads_of(a)), fit = UINT32_MAX / sums;
	return threads < fit ? threads : fit;
}

/* Several poses fill the device with fewer threads: a thread takes all parts of its ray, and finds it once.
 */
static int64_t group_of(const struct slab_ray_args *a)
{
	int64_t threads = ceiling(4 * (int64_t)SLAB_RAY_THREADS_FULL, a->n_poses * threads_of(a));
	return ceiling(a->parts, threads < a->parts ? threads : a->parts);
}

typedef int (*slab_ray_fn)(const struct device *d, const struct slab_ray_args *a, int64_t n);
int slab_ray(const struct device *d, const struct slab_ray_args *a)
{
	static const slab_ray_fn variants[][6] = {
		[RAY_PWC] = { slab_ray_pwc_i16, slab_ray_pwc_f32, slab_ray_pwc_3, slab_ray_pwc_4,
			slab_ray_pwc_i16_labels, slab_ray_pwc_f32_labels },
		[RAY_TRILINEAR] = { slab_ray_trilinear_i16, slab_ray_trilinear_f32, slab_ray_trilinear_3,
			slab_ray_trilinear_4, slab_ray_trilinear_i16_labels, slab_ray_trilinear_f32_labels },
		[RAY_JOSEPH] = { slab_ray_joseph_i16, slab_ray_joseph_f32, slab_ray_joseph_3,
			slab_ray_joseph_4, slab_ray_joseph_i16_labels, slab_ray_joseph_f32_labels },
	};
	struct slab_ray_args b = *a;
	int floats = a->field[0].type == SLAB_F32, which = a->n_fields == 1 ? floats : (int)a->n_fields - 1;
	if (a->n_fields == 2 || (a->n_fields > 2 && !floats) || a->n_fields > SLAB_FIELDS || a->parts < 1)
		BUG("slab_ray: %lld fields, %lld parts", (long long)a->n_fields, (long long)a->parts);
	if (a->n_channels)
		which = 4 + floats;
	b.pixels = a->cols * a->rows;
	b.tiles = tiles_of(a);
	for (int k = 0; k < 3; k++)
		b.span[k] = ceiling(ceiling(a->n[k] - slab_ray_least(a->model), SLAB_RAY_BLOCK), a->parts) *
			    SLAB_RAY_BLOCK;
	b.group = group_of(a);
	if (variants[a->model][which](d, &b, ceiling(a->parts, b.group) * a->n_poses * threads_of(a)) != 0)
		return -1;
	return slab_ray_total(d, &b, a->n_poses * a->cols * a->rows);
}
#endif

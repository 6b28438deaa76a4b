#include "kernels/slab_ray.h"

#if defined(K_F32)
#include "kernels/slab_label.h"
#include "kernels/slab_model.h"
#include "kernels/slab_plan.h"

/* A thread's by label: those of no channel are there too, with their path. */
enum { SLAB_RAY_NUMBERS = SLAB_RAY_CHANNELS + 2 };

struct slab_ray_place {
	int64_t pixel;
	int32_t col, row, pose, part; /* the first of its parts */
};
/*
 * The pixel of thread `lane` of a tile: neighbouring threads lie along a row of voxels as well as they can.  By label a warp
 * has two rows half as long: fewer of its rays then meet another channel in the same slab.
 * Threads beyond the image take its last pixel, so that a warp stays whole; false for them.
 */
K_FN int slab_ray_place_in(struct slab_ray_place *p, const struct slab_ray_args *a, uint32_t tile, uint32_t lane,
	const struct slab_kind kind)
{
	const uint32_t half = K_WARP / 2;
	const uint32_t x = kind.labelled ? lane % half + lane / K_WARP % 2 * half : lane % SLAB_RAY_LANES;
	const uint32_t y = kind.labelled ? lane / K_WARP / 2 * 2 + lane / half % 2 : lane / SLAB_RAY_LANES;
	const int turned = a->turned && a->turned[p->pose];
	const uint32_t n_along = (uint32_t)(turned ? a->rows : a->cols);
	const uint32_t n_across = (uint32_t)(turned ? a->cols : a->rows);
	const uint32_t wide = (n_along + SLAB_RAY_LANES - 1) / SLAB_RAY_LANES;
	uint32_t along = tile % wide * SLAB_RAY_LANES + x;
	uint32_t across = tile / wide * SLAB_RAY_ROWS + y;
	const int wanted = along < n_along && across < n_across;
	along = along < n_along ? along : n_along - 1;
	across = across < n_across ? across : n_across - 1;
	p->col = (int32_t)(turned ? across : along);
	p->row = (int32_t)(turned ? along : across);
	p->pixel = p->row * a->cols + p->col;
	return wanted;
}

/* Parts outermost, so that what runs at one time shares a range of slabs; a block of threads is a tile. */
K_FN int slab_ray_place_of(
	struct slab_ray_place *p, const struct slab_ray_args *a, int64_t i, const struct slab_kind kind)
{
	const uint32_t threads = SLAB_RAY_LANES * SLAB_RAY_ROWS, tiles = (uint32_t)a->tiles;
	const uint32_t block = (uint32_t)i / threads, image = block / tiles, poses = (uint32_t)a->n_poses;
	p->part = (int32_t)(image / poses) * (int32_t)a->group;
	p->pose = (int32_t)(image % poses);
	return slab_ray_place_in(p, a, block % tiles, (uint32_t)i % threads, kind);
}

K_FN void slab_ray_clear(struct slab_sums *s, const struct slab_kind kind)
{
	for (int f = 0; f < SLAB_FIELDS; f++)
		slab_take_zero(s, f);
	s->run = 0;
	for (int32_t c = 0; c < kind.labelled * (int32_t)s->args->n_channels; c++)
		s->number[c * SLAB_LABEL_STEP] = 0.0F;
}

K_FN uint32_t slab_ray_slot(const struct slab_ray_args *a, const struct slab_ray_place *p)
{
	return (uint32_t)((p->part * a->n_poses + p->pose) * slab_ray_planes(a) * a->pixels + p->pixel);
}

K_FN void slab_ray_begin(struct slab_sums *s, const struct slab_ray_args *a, const struct slab_ray_place *p,
	const struct slab_line *line, float *number, const struct slab_kind kind)
{
	const int layout = line->w == 0 ? SLAB_Y : SLAB_X;
	for (int f = 0; f < kind.fields; f++)
		s->values[f] = kind.labelled ? a->words[layout] : a->field[f].values[layout];
	s->args = a;
	s->slot = slab_ray_slot(a, p);
	s->number = number;
	slab_ray_clear(s, kind);
}

/* ---- what sums become ---- */
/* Where a pixel's sums by label go, and their units over those of a sum of slabs.  NULL = not wanted. */
struct slab_ray_pixel {
	float *value, *path;
	float value_unit, path_unit;
};
/* mm: of the ray in a slab. */
K_FN float slab_ray_unit(const struct slab_ray_args *a, double mm, int64_t field)
{
	return (float)(mm * a->factor[field] * a->field[field].scale);
}
K_FN struct slab_ray_pixel slab_ray_pixel_of(const struct slab_ray_args *a, double mm, int64_t pose, int64_t pixel)
{
	struct slab_ray_pixel to;
	to.value = a->sum[0] ? a->sum[0] + pose * a->step[0] + pixel : NULL;
	to.path = a->path ? a->path + pose * a->path_step + pixel : NULL;
	to.value_unit = slab_ray_unit(a, mm, 0);
	to.path_unit = (float)(0.1 * mm);
	return to;
}
/* The next channel; channels are a.pixels apart. */
K_FN void slab_ray_pixel_put(struct slab_ray_pixel *to, int64_t pixels, float value, float path)
{
	if (to->value) {
		*to->value = to->value_unit * value;
		to->value += pixels;
	}
	if (to->path) {
		*to->path = to->path_unit * path;
		to->path += pixels;
	}
}

/* By label: the images of a pixel. */
K_FN void slab_ray_write(const struct slab_sums *s, const struct slab_ray_place *p, const struct slab_kind kind)
{
	const struct slab_ray_args *a = s->args;
	const double mm = slab_line_mm(&a->poses[p->pose], p->col, p->row);
	struct slab_ray_pixel to = slab_ray_pixel_of(a, mm, p->pose, p->pixel);
	const float *number = s->number;
	SLAB_MODEL_UNROLL(4)
	for (int32_t left = (int32_t)a->n_channels; left > 0; left--) {
		slab_ray_pixel_put(&to, a->pixels, number[0], kind.labelled > 1 ? number[SLAB_LABEL_STEP] : 0.0F);
		number += kind.labelled * SLAB_LABEL_STEP;
	}
}

/*
 * By label: writes the sums of part `part` of thread i, each channel with its path; the images where there is one part.  The
 * place is found again, since to keep it would cost registers all the way.
 */
K_FN void slab_ray_label_end(const struct slab_sums *s, int64_t i, int32_t part, const struct slab_kind kind)
{
	const struct slab_ray_args *a = s->args;
	struct slab_ray_place place;
#if defined(__CUDACC__)
	asm volatile("" : "+l"(i));
#endif
	if (!slab_ray_place_of(&place, a, i, kind))
		return;
	if (slab_ray_direct(a)) {
		slab_ray_write(s, &place, kind);
		return;
	}
	place.part = part;
	float *sums = a->partial + slab_ray_slot(a, &place);
	for (int32_t c = 0; c < kind.labelled * (int32_t)a->n_channels; c++)
		sums[(uint32_t)c * (uint32_t)a->pixels] = s->number[c * SLAB_LABEL_STEP];
}

/* Writes the sums of a part, where a pixel is wanted. */
K_FN void slab_ray_end(struct slab_sums *s, int wanted, const struct slab_kind kind)
{
	const struct slab_ray_args *a = s->args;
	float *sums = a->partial + s->slot;
	for (int f = 0; f < kind.fields && wanted; f++)
		sums[f * a->pixels] = s->total[f];
	s->slot += (uint32_t)(a->n_poses * slab_ray_planes(a) * a->pixels);
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

/* The block `blocks` after the line's begin; by label all lanes together, those that do not walk it too. */
K_FN void slab_ray_block(struct slab_sums *sums, const struct slab_line *line, int32_t blocks, int walks, int model,
	const struct slab_kind kind)
{
	struct slab_block block;
	const int meets = slab_line_block(&block, line, blocks) && walks;
	if (kind.labelled) {
		block.slabs = meets ? block.slabs : 0;
		slab_label_walk(&block, sums, line->first - 2, model, kind);
		return;
	}
	if (meets)
		slab_ray_walk(sums, &block, model, kind);
	slab_take_settle(sums, kind);
}

/* Blocks from .. to - 1 after the line's begin. */
K_FN void slab_ray_blocks(struct slab_sums *sums, const struct slab_ray_args *a, const struct slab_line *line,
	int32_t from, int32_t to, int model, const struct slab_kind kind)
{
	struct slab_plan plan;
	if (kind.labelled && slab_take_most(line->to - line->from) <= 0)
		return;
	for (; slab_take_most(to - from) > 0; from += SLAB_PLAN_BLOCKS) {
		slab_plan_make(&plan, a, line, from, to - from, model, kind);
		for (int f = 0; f < kind.fields && !kind.labelled; f++)
			sums->total[f] += plan.filled[f];
		for (uint32_t left = kind.labelled ? slab_plan_any(plan.walk) : plan.walk; left; left &= left - 1U) {
			const int32_t block = from + slab_plan_first(left);
			slab_ray_block(sums, line, block, !kind.labelled || block < to, model, kind);
		}
	}
}

/* Writes the sums of one ray over its thread's parts of the slabs. */
K_FN void slab_ray_render(const struct slab_ray_args *a, int64_t i, int model, const struct slab_kind kind)
{
	struct slab_ray_place place;
	struct slab_sums sums;
#if defined(K_WARPS)
	__shared__ float numbers[SLAB_RAY_NUMBERS * SLAB_LABEL_STEP];
	float *number = numbers + threadIdx.x;
#else
	float numbers[SLAB_RAY_NUMBERS], *number = numbers;
#endif
	const int wanted = slab_ray_place_of(&place, a, i, kind);
	struct slab_line line =
		slab_line_of(a, &a->poses[place.pose], place.col, place.row, place.part, model);
	line.to = wanted ? line.to : line.from;
	slab_ray_begin(&sums, a, &place, &line, number, kind);
	const int32_t span = (int32_t)slab_line_pick_int(a->span, line.w) / SLAB_RAY_BLOCK;
	const int32_t slabs = (int32_t)slab_line_pick_int(a->n, line.w) - line.begin;
	const int32_t all = (slabs + SLAB_RAY_BLOCK - 1) / SLAB_RAY_BLOCK;
	const int32_t parts = (int32_t)a->parts - place.part, group = (int32_t)a->group;
	const int32_t end = (parts < group ? parts : group) * span;
	for (int32_t from = 0, part = place.part; from < end; from += span, part++) {
		slab_ray_blocks(&sums, a, &line, from, from + span < all ? from + span : all, model, kind);
		if (kind.labelled)
			slab_ray_label_end(&sums, i, part, kind);
		else
			slab_ray_end(&sums, wanted, kind);
		slab_ray_clear(&sums, kind);
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
	SLAB_RAY_AT(name##_f32_labels, model, 1, SLAB_F32, 1)                                                \
	SLAB_RAY_AT(name##_i16_paths, model, 1, SLAB_I16, 2)                                                 \
	SLAB_RAY_AT(name##_f32_paths, model, 1, SLAB_F32, 2)
SLAB_RAY_MODEL(pwc, RAY_PWC)
SLAB_RAY_MODEL(joseph, RAY_JOSEPH)
SLAB_RAY_MODEL(trilinear, RAY_TRILINEAR)
/* Blocks an SM: three would spill on an A100. */
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 900
#define SLAB_RAY_LABELS_BLOCKS 2
#else
#define SLAB_RAY_LABELS_BLOCKS 3
#endif
K_DEFINE_F32(slab_ray_pwc_i16, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_pwc_f32, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_pwc_3, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_pwc_4, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_pwc_i16_labels, slab_ray_args, SLAB_RAY_LABELS_BLOCKS)
K_DEFINE_F32(slab_ray_pwc_f32_labels, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_pwc_i16_paths, slab_ray_args, SLAB_RAY_LABELS_BLOCKS)
K_DEFINE_F32(slab_ray_pwc_f32_paths, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_joseph_i16, slab_ray_args, 4)
K_DEFINE_F32(slab_ray_joseph_f32, slab_ray_args, 4)
K_DEFINE_F32(slab_ray_joseph_3, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_joseph_4, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_joseph_i16_labels, slab_ray_args, SLAB_RAY_LABELS_BLOCKS)
K_DEFINE_F32(slab_ray_joseph_f32_labels, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_joseph_i16_paths, slab_ray_args, SLAB_RAY_LABELS_BLOCKS)
K_DEFINE_F32(slab_ray_joseph_f32_paths, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_trilinear_i16, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_trilinear_f32, slab_ray_args, 3)
K_DEFINE_F32(slab_ray_trilinear_3, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_trilinear_4, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_trilinear_i16_labels, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_trilinear_f32_labels, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_trilinear_i16_paths, slab_ray_args, 2)
K_DEFINE_F32(slab_ray_trilinear_f32_paths, slab_ray_args, 2)

/* ---- the parts of a pixel, added in order and scaled ---- */
/* part: a plane's sum of the first. */
K_FN float slab_ray_plane(const struct slab_ray_args *a, const float *part)
{
	const int64_t next = a->n_poses * slab_ray_planes(a) * a->pixels;
	double sum = (double)*part;
	SLAB_MODEL_UNROLL(4)
	for (int32_t left = (int32_t)a->parts - 1; left > 0; left--) {
		part += next;
		sum += (double)*part;
	}
	return (float)sum;
}

K_FN void slab_ray_total_channels(
	const struct slab_ray_args *a, const float *part, double mm, int64_t pose, int64_t pixel)
{
	struct slab_ray_pixel to = slab_ray_pixel_of(a, mm, pose, pixel);
	for (int64_t left = a->n_channels; left > 0; left--) {
		const float value = slab_ray_plane(a, part);
		part += a->pixels;
		slab_ray_pixel_put(&to, a->pixels, value, a->path ? slab_ray_plane(a, part) : 0.0F);
		part += a->path ? a->pixels : 0;
	}
}

K_FN void slab_ray_total_at(const struct slab_ray_args *a, int64_t i)
{
	const int64_t pixels = a->pixels, pose = k_div(i, pixels), pixel = i - pose * pixels;
	const int64_t row = k_div(pixel, a->cols);
	const double mm = slab_line_mm(&a->poses[pose], (int32_t)(pixel - row * a->cols), (int32_t)row);
	const float *part = a->partial + pose * slab_ray_planes(a) * pixels + pixel;
	if (a->n_channels) {
		slab_ray_total_channels(a, part, mm, pose, pixel);
		return;
	}
	for (int64_t f = 0; f < a->n_fields; f++)
		if (a->sum[f])
			a->sum[f][pose * a->step[f] + pixel] =
				slab_ray_unit(a, mm, f) * slab_ray_plane(a, part + f * pixels);
}
K_DEFINE_F32(slab_ray_total, slab_ray_args, 4)
#endif

#if !defined(K_WARPS) && defined(K_F32)
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
	const int64_t all = slab_ray_planes(a), planes = all < SLAB_RAY_CHANNELS ? all : SLAB_RAY_CHANNELS;
	return slab_ray_direct(a) ? 0 : a->parts * a->n_poses * planes * a->cols * a->rows;
}

int64_t slab_ray_poses_most(const struct slab_ray_args *a)
{
	struct slab_ray_args one = *a;
	one.n_poses = 1;
	const int64_t sums = slab_ray_partial(&one); /* elements are numbered in 32 bits */
	const int64_t threads = K_MAP_MOST / (a->parts * threads_of(a)), fit = sums > 0 ? UINT32_MAX / sums : threads;
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
static int render(const struct device *d, const struct slab_ray_args *a, slab_ray_fn variant)
{
	if (variant(d, a, ceiling(a->parts, a->group) * a->n_poses * threads_of(a)) != 0)
		return -1;
	return slab_ray_direct(a) ? 0 : slab_ray_total(d, a, a->n_poses * a->cols * a->rows);
}

/* As many channels at a time as a thread has numbers for. */
static int render_channels(const struct device *d, const struct slab_ray_args *a, slab_ray_fn variant)
{
	const int64_t planes = a->path ? 2 : 1, most = SLAB_RAY_CHANNELS / planes;
	for (int64_t first = 0; first < a->n_channels; first += most) {
		struct slab_ray_args b = *a;
		b.first_mark = 1 + first;
		b.n_channels = a->n_channels - first < most ? a->n_channels - first : most;
		b.sum[0] = a->sum[0] ? a->sum[0] + first * a->pixels : NULL;
		b.path = a->path ? a->path + first * a->pixels : NULL;
		if (render(d, &b, variant) != 0)
			return -1;
	}
	return 0;
}

int slab_ray(const struct device *d, const struct slab_ray_args *a)
{
	static const slab_ray_fn variants[][8] = {
		[RAY_PWC] = { slab_ray_pwc_i16, slab_ray_pwc_f32, slab_ray_pwc_3, slab_ray_pwc_4, slab_ray_pwc_i16_labels,
			slab_ray_pwc_f32_labels, slab_ray_pwc_i16_paths, slab_ray_pwc_f32_paths },
		[RAY_TRILINEAR] = { slab_ray_trilinear_i16, slab_ray_trilinear_f32, slab_ray_trilinear_3,
			slab_ray_trilinear_4, slab_ray_trilinear_i16_labels, slab_ray_trilinear_f32_labels,
			slab_ray_trilinear_i16_paths, slab_ray_trilinear_f32_paths },
		[RAY_JOSEPH] = { slab_ray_joseph_i16, slab_ray_joseph_f32, slab_ray_joseph_3, slab_ray_joseph_4,
			slab_ray_joseph_i16_labels, slab_ray_joseph_f32_labels, slab_ray_joseph_i16_paths,
			slab_ray_joseph_f32_paths },
	};
	struct slab_ray_args b = *a;
	int floats = a->field[0].type == SLAB_F32, which = a->n_fields == 1 ? floats : (int)a->n_fields - 1;
	if (a->n_fields == 2 || (a->n_fields > 2 && !floats) || a->n_fields > SLAB_FIELDS || a->parts < 1)
		BUG("slab_ray: %lld fields, %lld parts", (long long)a->n_fields, (long long)a->parts);
	if (a->n_channels)
		which = 4 + floats + (a->path ? 2 : 0);
	b.pixels = a->cols * a->rows;
	b.tiles = tiles_of(a);
	for (int k = 0; k < 3; k++)
		b.span[k] = ceiling(ceiling(a->n[k] - slab_ray_least(a->model), SLAB_RAY_BLOCK), a->parts) *
			    SLAB_RAY_BLOCK;
	b.group = group_of(a);
	const slab_ray_fn variant = variants[a->model][which];
	return a->n_channels ? render_channels(d, &b, variant) : render(d, &b, variant);
}
#endif

#include "drr/slab_fill.h"

#include <math.h>
#include <string.h>

enum { LINE = 32 }; /* elements: rows start on cache lines */
enum { PIECE = 1 << 14 }; /* elements looked at before one asks whether the answer is known */

struct slab_layout slab_layout_of(const int64_t n[3], int which)
{
	/* Fast, middle, slow: rays from the front (SLAB_X, SLAB_Z) or the side (SLAB_Y) stay in a plane. */
	static const int order[SLAB_LAYOUTS][3] = { [SLAB_X] = { 0, 1, 2 }, [SLAB_Y] = { 1, 0, 2 }, [SLAB_Z] = { 2, 1, 0 } };
	const int fast = order[which][0], middle = order[which][1], slow = order[which][2];
	struct slab_layout l = { .stride = { 0 } };
	/* Odd numbers of lines a row and of rows a plane: slabs do not fall on the same lines of the cache. */
	int64_t lines = (n[fast] + SLAB_BORDER + LINE - 1) / LINE | 1, rows = (n[middle] + SLAB_BORDER) | 1;
	l.stride[fast] = 1;
	l.stride[middle] = lines * LINE;
	l.stride[slow] = rows * l.stride[middle];
	l.first = SLAB_GUARD + SLAB_BORDER * (l.stride[slow] + l.stride[middle]) + LINE;
	l.elements = l.first + (n[slow] + SLAB_BORDER) * l.stride[slow] + SLAB_BORDER * l.stride[middle] + SLAB_GUARD;
	return l;
}

struct slab_layout slab_layout_plain(const int64_t n[3])
{
	return (struct slab_layout){ .stride = { 1, n[0], n[0] * n[1] }, .elements = n[0] * n[1] * n[2] };
}

bool slab_fits_int16(const float *values, int64_t n_voxels)
{
	int fits = 1;
#pragma omp parallel for schedule(static)
	for (int64_t first = 0; first < n_voxels; first += PIECE) {
		int64_t end = first + PIECE < n_voxels ? first + PIECE : n_voxels;
		int misfits = 0, still;
#pragma omp atomic read
		still = fits;
		for (int64_t i = first; i < end && still; i++)
			misfits |= !(fabsf(values[i]) <= 32767 && rintf(values[i]) == values[i]);
		if (misfits) {
#pragma omp atomic write
			fits = 0;
		}
	}
	return fits;
}

static int64_t row_of(const struct slab_layout *l, int64_t y, int64_t z)
{
	return l->first + y * l->stride[1] + z * l->stride[2];
}

/* Planes of the volume are shared out; each voxel goes to an address of its own. */
#define SLAB_FILL(name, to_type, from_type)                                                                  \
	void name(to_type *to, const struct slab_layout *layout, const from_type *values,                    \
		const struct slab_layout *from, const int64_t n[3])                                          \
	{                                                                                                    \
		const int64_t sx = layout->stride[0], fx = from->stride[0];                                  \
		_Pragma("omp parallel for schedule(static)") for (int64_t z = 0; z < n[2]; z++)              \
			for (int64_t y = 0; y < n[1]; y++) {                                                 \
				to_type *row = to + row_of(layout, y, z);                                    \
				const from_type *old = values + row_of(from, y, z);                          \
				for (int64_t x = 0; x < n[0]; x++)                                           \
					row[x * sx] = (to_type)old[x * fx];                                  \
			}                                                                                    \
	}
SLAB_FILL(slab_fill_i16, int16_t, float)
SLAB_FILL(slab_fill_f32, float, float)
SLAB_FILL(slab_fill_u8, uint8_t, uint8_t)

static uint64_t word_f32(float value, uint8_t mark)
{
	uint32_t bits;
	memcpy(&bits, &value, sizeof(bits));
	return (uint64_t)bits << 32 | mark;
}

void slab_fill_words(void *to, enum slab_type type, const struct slab_layout *layout, const float *values,
	const uint8_t *marks, const int64_t n[3])
{
	const struct slab_layout plain = slab_layout_plain(n);
	const int64_t step = layout->stride[0];
#pragma omp parallel for schedule(static)
	for (int64_t z = 0; z < n[2]; z++)
		for (int64_t y = 0; y < n[1]; y++) {
			const int64_t at = row_of(layout, y, z), from = row_of(&plain, y, z);
			slab_word_i16 *i16 = (slab_word_i16 *)to + at;
			slab_word_f32 *f32 = (slab_word_f32 *)to + at;
			for (int64_t x = 0; x < n[0]; x++)
				if (type == SLAB_I16)
					i16[x * step] = (uint32_t)(int32_t)values[from + x] << 16 | marks[from + x];
				else
					f32[x * step] = word_f32(values[from + x], marks[from + x]);
		}
}

void slab_spans(uint8_t *spans, const uint8_t *tags, int64_t elements, int64_t above)
{
	const int64_t last = elements - 1 - above; /* which has an element above */
	for (int64_t i = elements - 1; i > last; i--)
		spans[i] = 0;
	for (int64_t i = last; i >= 0; i--) {
		const uint8_t after = i < last && tags[i] == tags[i + 1] ? spans[i + 1] : 0;
		spans[i] = tags[i] != tags[i + above] ? 0 : (uint8_t)(after + (after < 255));
	}
}

static int64_t along(int64_t n)
{
	return (n + SLAB_BRICK - 1) / SLAB_BRICK;
}

int64_t slab_brick_count(const int64_t n[3])
{
	return along(n[0]) * along(n[1]) * along(n[2]);
}

/* First and one past the last voxel of a brick and its surroundings. */
static void around(int64_t brick, int64_t n, int64_t *from, int64_t *to)
{
	*from = brick * SLAB_BRICK - 1 < 0 ? 0 : brick * SLAB_BRICK - 1;
	*to = (brick + 1) * SLAB_BRICK + 1 < n ? (brick + 1) * SLAB_BRICK + 1 : n;
}

/* Axes from the one whose neighbours lie nearest to each other to the farthest. */
static void axes_by_stride(int axis[3], const struct slab_layout *l)
{
	for (int k = 0; k < 3; k++) {
		int nearer = 0;
		for (int j = 0; j < 3; j++)
			nearer += l->stride[j] < l->stride[k] || (l->stride[j] == l->stride[k] && j < k);
		axis[nearer] = k;
	}
}

static float constant_f32(
	const float *values, const struct slab_layout *l, const int64_t from[3], const int64_t to[3])
{
	int axis[3];
	axes_by_stride(axis, l);
	const int64_t step = l->stride[axis[0]], length = to[axis[0]] - from[axis[0]];
	const float *start = values + l->first;
	for (int k = 0; k < 3; k++)
		start += from[k] * l->stride[k];
	for (int64_t slow = 0; slow < to[axis[2]] - from[axis[2]]; slow++)
		for (int64_t middle = 0; middle < to[axis[1]] - from[axis[1]]; middle++) {
			const float *row = start + slow * l->stride[axis[2]] + middle * l->stride[axis[1]];
			int differs = 0; /* no way out inside a row: so it is compared several at a time */
			if (step == 1)
				for (int64_t i = 0; i < length; i++)
					differs |= !(row[i] == *start);
			else
				for (int64_t i = 0; i < length; i++)
					differs |= !(row[i * step] == *start);
			if (differs)
				return NAN;
		}
	return *start;
}

static float none_u8(const uint8_t *values, uint8_t none, const int64_t n[3], const int64_t from[3],
	const int64_t to[3])
{
	for (int64_t z = from[2]; z < to[2]; z++)
		for (int64_t y = from[1]; y < to[1]; y++) {
			const uint8_t *row = values + (z * n[1] + y) * n[0];
			for (int64_t x = from[0]; x < to[0]; x++)
				if (row[x] != none)
					return NAN;
		}
	return 0.0F;
}

static void brick_box(int64_t i, const int64_t n[3], int64_t from[3], int64_t to[3])
{
	around(i % along(n[0]), n[0], &from[0], &to[0]);
	around(i / along(n[0]) % along(n[1]), n[1], &from[1], &to[1]);
	around(i / along(n[0]) / along(n[1]), n[2], &from[2], &to[2]);
}

bool slab_bricks(float *bricks, const float *values, const struct slab_layout *layout, const int64_t n[3])
{
	int some = 0;
#pragma omp parallel for schedule(dynamic, 16) reduction(| : some)
	for (int64_t i = 0; i < slab_brick_count(n); i++) {
		int64_t from[3], to[3];
		brick_box(i, n, from, to);
		bricks[i] = constant_f32(values, layout, from, to);
		some |= !isnan(bricks[i]);
	}
	return some;
}

bool slab_brick_tags(float *bricks, const uint8_t *tags, uint8_t none, const int64_t n[3])
{
	int some = 0;
#pragma omp parallel for schedule(dynamic, 16) reduction(| : some)
	for (int64_t i = 0; i < slab_brick_count(n); i++) {
		int64_t from[3], to[3];
		brick_box(i, n, from, to);
		bricks[i] = none_u8(tags, none, n, from, to);
		some |= !isnan(bricks[i]);
	}
	return some;
}

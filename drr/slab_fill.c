#include "drr/slab_fill.h"

#include <math.h>

enum { LINE = 32 }; /* elements: rows start on cache lines */

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

bool slab_fits_int16(const float *values, int64_t n_voxels)
{
	int misfits = 0;
#pragma omp parallel for schedule(static) reduction(| : misfits)
	for (int64_t i = 0; i < n_voxels; i++)
		misfits |= !(fabsf(values[i]) <= 32767 && rintf(values[i]) == values[i]);
	return !misfits;
}

/* Planes of the volume are shared out; each voxel goes to an address of its own. */
#define SLAB_FILL(name, to_type, from_type)                                                                  \
	void name(to_type *to, const struct slab_layout *layout, const from_type *values, const int64_t n[3])\
	{                                                                                                    \
		const int64_t sx = layout->stride[0], sy = layout->stride[1];                                \
		_Pragma("omp parallel for schedule(static)") for (int64_t z = 0; z < n[2]; z++)              \
			for (int64_t y = 0; y < n[1]; y++) {                                                 \
				to_type *row = to + layout->first + y * sy + z * layout->stride[2];          \
				const from_type *from = values + (z * n[1] + y) * n[0];                      \
				for (int64_t x = 0; x < n[0]; x++)                                           \
					row[x * sx] = (to_type)from[x];                                      \
			}                                                                                    \
	}
SLAB_FILL(slab_fill_i16, int16_t, float)
SLAB_FILL(slab_fill_f32, float, float)
SLAB_FILL(slab_fill_u8, uint8_t, uint8_t)

void slab_spans(uint8_t *spans, const uint8_t *tags, int64_t elements)
{
	uint8_t span = 0;
	for (int64_t i = elements - 1; i >= 0; i--) {
		span = i + 1 < elements && tags[i] == tags[i + 1] ? (uint8_t)(span + (span < 255)) : 1;
		spans[i] = span;
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

static float constant_f32(const float *values, const int64_t n[3], const int64_t from[3], const int64_t to[3])
{
	float first = values[(from[2] * n[1] + from[1]) * n[0] + from[0]];
	for (int64_t z = from[2]; z < to[2]; z++)
		for (int64_t y = from[1]; y < to[1]; y++) {
			const float *row = values + (z * n[1] + y) * n[0];
			for (int64_t x = from[0]; x < to[0]; x++)
				if (!(row[x] == first))
					return NAN;
		}
	return first;
}

static float channel_u8(const uint8_t *values, uint8_t none, const int64_t n[3], const int64_t from[3],
	const int64_t to[3])
{
	const uint8_t first = values[(from[2] * n[1] + from[1]) * n[0] + from[0]];
	for (int64_t z = from[2]; z < to[2]; z++)
		for (int64_t y = from[1]; y < to[1]; y++) {
			const uint8_t *row = values + (z * n[1] + y) * n[0];
			for (int64_t x = from[0]; x < to[0]; x++)
				if (row[x] != first)
					return NAN;
		}
	return first == none ? 0.0F : (float)first + 1.0F;
}

static void brick_box(int64_t i, const int64_t n[3], int64_t from[3], int64_t to[3])
{
	around(i % along(n[0]), n[0], &from[0], &to[0]);
	around(i / along(n[0]) % along(n[1]), n[1], &from[1], &to[1]);
	around(i / along(n[0]) / along(n[1]), n[2], &from[2], &to[2]);
}

bool slab_bricks(float *bricks, const float *values, const int64_t n[3])
{
	int some = 0;
#pragma omp parallel for schedule(dynamic, 16) reduction(| : some)
	for (int64_t i = 0; i < slab_brick_count(n); i++) {
		int64_t from[3], to[3];
		brick_box(i, n, from, to);
		bricks[i] = constant_f32(values, n, from, to);
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
		bricks[i] = channel_u8(tags, none, n, from, to);
		some |= !isnan(bricks[i]);
	}
	return some;
}

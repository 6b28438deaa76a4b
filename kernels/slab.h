/*
 * A volume laid out for rays: rows of voxels along one axis, with zeros around the grid.
 *
 * A ray is walked slab by slab along its dominant axis.  Whatever that axis is, a row of voxels along one of the
 * other two lies in neighbouring addresses: layout SLAB_X has rows along x (for rays that move mostly along y or z),
 * SLAB_Y rows along y, SLAB_Z along z; of two that would do, the vectors of kernels/cpu/ take the one that suits their
 * lanes.  At least SLAB_BORDER zeros follow and precede every row, every plane of rows and the whole, so that nothing is
 * tested on the way: the border of one row is that of the next.
 * SLAB_GUARD elements before and behind may be read, never used.
 */
#ifndef KERNELS_SLAB_H
#define KERNELS_SLAB_H
#include <stdint.h>

enum { SLAB_X, SLAB_Y, SLAB_Z, SLAB_LAYOUTS };
enum { SLAB_BORDER = 4, SLAB_GUARD = 64, SLAB_BRICK = 16 };
enum { SLAB_FIELDS = 4, SLAB_CHANNELS = 32 };
enum slab_type { SLAB_F32, SLAB_I16 };

struct slab_layout {
	int64_t stride[3];  /* elements from a voxel to the next along x, y, z */
	int64_t first;      /* element of voxel (0, 0, 0) */
	int64_t elements;   /* in all, guards included */
};
/* One quantity per voxel. */
struct slab_field {
	const void *values[SLAB_LAYOUTS]; /* by layout, NULL = not made; int16 or float32 */
	int64_t type;                     /* enum slab_type */
	double scale;                     /* a voxel is scale x what is stored */
	const float *bricks;              /* what is stored all over a brick and one voxel around it, NAN where it
					   * varies; by label 0 where no voxel has a channel, else not 0;
					   * (ceil(n[2]/16), ceil(n[1]/16), ceil(n[0]/16)) or NULL */
};
/*
 * By label, for kernels/slab_ray.c: a voxel's value and its mark, 1 + its channel or 0 for none, in one word, so
 * that one read gives both.  Of an int16 value 32 bits, of a float32 64: the value in the upper half, the mark in the
 * lower.  Zeros are the border.
 */
typedef uint32_t slab_word_i16;
typedef uint64_t slab_word_f32;
#endif

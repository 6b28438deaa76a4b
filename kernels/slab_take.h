/*
 * What a ray takes from voxels: sums of up to four fields, kept per block of slabs and then added.  By label:
 * slab_label.h.
 */
#ifndef KERNELS_SLAB_TAKE_H
#define KERNELS_SLAB_TAKE_H
#include "kernels/slab_line.h"

/* How voxels are read and summed: a constant wherever it is used. */
struct slab_kind {
	int fields;   /* 1, 3 or 4 */
	int type;     /* enum slab_type */
	int labelled; /* one field, by channel: the numbers of each, 2 with the path, else 1; 0 = not */
};
struct slab_sums {
	const void *values[SLAB_FIELDS];
	float block[SLAB_FIELDS], total[SLAB_FIELDS]; /* labelled: block[0] value, [1] length of the run */
	int32_t whole[SLAB_FIELDS];		      /* belongs to block[]: int16 voxels of weight 1 */
	uint32_t run;				      /* labelled: mark of block[], 0 = none */
	float *number;				      /* labelled: slab_label_number() */
	const struct slab_ray_args *args;
	uint32_t slot; /* element of args->partial: this part's first sum of this pixel */
};

#if defined(__CUDACC__)
#define SLAB_TAKE_READ(pointer) __ldg(pointer)
#else
#define SLAB_TAKE_READ(pointer) (*(pointer))
#endif

/* A voxel as stored: `whole` of int16, `real` of float32. */
struct slab_voxel {
	int32_t whole;
	float real;
};
K_FN struct slab_voxel slab_take_read(const void *values, int32_t at, int type)
{
	struct slab_voxel voxel;
	voxel.whole = type == SLAB_I16 ? SLAB_TAKE_READ((const int16_t *)values + at) : 0;
	voxel.real = type == SLAB_F32 ? SLAB_TAKE_READ((const float *)values + at) : 0.0F;
	return voxel;
}

/* x times a power of two, |x| < 2^22.  On the GPU a conversion runs at a fraction of the rate of two
 * additions. */
K_FN float slab_take_float(int32_t x, float unit)
{
#if defined(__CUDACC__)
	return __int_as_float(__float_as_int(12582912.0F * unit) + x) - 12582912.0F * unit; /* 1.5 x 2^23 */
#else
	return (float)x * unit;
#endif
}
K_FN float slab_take_value(struct slab_voxel a, int type)
{
	return type == SLAB_F32 ? a.real : slab_take_float(a.whole, 1.0F);
}
/* a - b: integers are subtracted before they become a float. */
K_FN float slab_take_change(struct slab_voxel a, struct slab_voxel b, int type)
{
	return type == SLAB_F32 ? a.real - b.real : slab_take_float(a.whole - b.whole, 1.0F);
}
/*
 * A fraction of a voxel, of 2^-32, as a weight, and changes to multiply by one weight or by two: of integers
 * the changes carry the weights' unit, since there it costs nothing.
 */
K_FN float slab_take_weight(uint32_t x, int type)
{
	return type == SLAB_F32 ? (float)x * SLAB_LINE_UNIT : (float)x;
}
K_FN float slab_take_slope(struct slab_voxel a, struct slab_voxel b, int type)
{
	return type == SLAB_F32 ? a.real - b.real : slab_take_float(a.whole - b.whole, SLAB_LINE_UNIT);
}
/* a - b - (c - d) */
K_FN float slab_take_twist(
	struct slab_voxel a, struct slab_voxel b, struct slab_voxel c, struct slab_voxel d, int type)
{
	return type == SLAB_F32 ? a.real - b.real - (c.real - d.real)
				: slab_take_float(a.whole - b.whole - (c.whole - d.whole),
					  SLAB_LINE_UNIT * SLAB_LINE_UNIT);
}
/* A voxel of weight 1: integers are added as such. */
K_FN void slab_take_add(struct slab_sums *s, int f, struct slab_voxel voxel, int type)
{
	if (type == SLAB_F32)
		s->block[f] += voxel.real;
	else
		s->whole[f] += voxel.whole;
}

K_FN void slab_take_zero(struct slab_sums *s, int f)
{
	s->block[f] = s->total[f] = 0.0F;
	s->whole[f] = 0;
}

/* The integers of a block to its other terms. */
K_FN void slab_take_join(struct slab_sums *s, int f)
{
	s->block[f] += (float)s->whole[f];
	s->whole[f] = 0;
}

/* The most of any ray of a warp, whose lanes call this together. */
K_FN int32_t slab_take_most(int32_t n)
{
#if defined(K_WARPS)
	return __reduce_max_sync(0xFFFFFFFFU, n);
#else
	return n;
#endif
}

/* At the end of a block. */
K_FN void slab_take_settle(struct slab_sums *s, const struct slab_kind kind)
{
	for (int f = 0; f < kind.fields; f++) {
		slab_take_join(s, f);
		s->total[f] += s->block[f];
		s->block[f] = 0.0F;
	}
}
#endif

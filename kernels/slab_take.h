/*
 * What a ray takes from voxels: sums of up to four fields, or of one by label channel.
 *
 * Sums are kept per block of slabs and then added.  By label, the channel the ray is in stays in registers
 * and goes to memory when it changes; a thread owns its pixel, so nothing is atomic.
 */
#ifndef KERNELS_SLAB_TAKE_H
#define KERNELS_SLAB_TAKE_H
#include "kernels/slab_line.h"

/* How voxels are read and summed: a constant wherever it is used. */
struct slab_kind {
	int fields;   /* 1, 3 or 4 */
	int type;     /* enum slab_type */
	int labelled; /* one field, by channel */
};
struct slab_sums {
	const void *values[SLAB_FIELDS];
	const uint8_t *tags;
	float block[SLAB_FIELDS], total[SLAB_FIELDS]; /* labelled: of the run; [0] value, [1] length */
	int32_t run;				      /* channel */
	uint32_t touched;			      /* channels that are in memory */
	float *plane;		/* of this pixel, channel after channel `apart` elements apart */
	int64_t apart, lengths; /* elements from values to lengths */
};

#if defined(__CUDACC__)
#define SLAB_TAKE_READ(pointer) __ldg(pointer)
#else
#define SLAB_TAKE_READ(pointer) (*(pointer))
#endif

/*
 * A voxel as stored, plus SLAB_TAKE_BIAS for int16: integers become floats by two additions, and by one where
 * only differences matter; a conversion runs at an eighth of their rate on the GPU.  All of it is exact.
 */
#define SLAB_TAKE_BIAS 12582912.0F /* 1.5 x 2^23 */
K_FN float slab_take_biased(const void *values, int32_t at, int type)
{
	if (type == SLAB_F32)
		return SLAB_TAKE_READ((const float *)values + at);
#if defined(__CUDACC__)
	return __int_as_float(0x4B400000 + (int32_t)SLAB_TAKE_READ((const int16_t *)values + at));
#else
	return SLAB_TAKE_BIAS + (float)SLAB_TAKE_READ((const int16_t *)values + at);
#endif
}
K_FN float slab_take_plain(float biased, int type)
{
	return type == SLAB_F32 ? biased : biased - SLAB_TAKE_BIAS;
}

K_FN void slab_take_flush(struct slab_sums *s)
{
	float value = s->total[0] + s->block[0], length = s->total[1] + s->block[1];
	if (s->run < SLAB_CHANNELS) {
		float *to = s->plane + s->run * s->apart;
		int again = (int)(s->touched >> s->run & 1U);
		to[0] = again ? to[0] + value : value;
		to[s->lengths] = again ? to[s->lengths] + length : length;
		s->touched |= 1U << s->run;
	}
	s->block[0] = s->block[1] = s->total[0] = s->total[1] = 0.0F;
}

/* One voxel of one channel. */
K_FN void slab_take_labelled(struct slab_sums *s, int32_t tag, float weight, float value)
{
	if (weight == 0.0F)
		return;
	if (tag != s->run) {
		slab_take_flush(s);
		s->run = tag;
	}
	s->block[0] = fmaf(weight, value, s->block[0]);
	s->block[1] += weight;
}

/* At the end of a block. */
K_FN void slab_take_settle(struct slab_sums *s, const struct slab_kind kind)
{
	for (int f = 0; f < (kind.labelled ? 2 : kind.fields); f++) {
		s->total[f] += s->block[f];
		s->block[f] = 0.0F;
	}
}
#endif

/*
 * Sums by label channel.  Most of the time all voxels that a row of lanes touches are of one channel, which two bytes
 * tell: the channel where the row begins and how many voxels it goes on for.  Then the sums stay in registers.
 */
#ifndef KERNELS_CPU_SLAB_LABELS_H
#define KERNELS_CPU_SLAB_LABELS_H
#include "kernels/cpu/simd.h"
#include "kernels/slab_ray.h"

enum { LABEL_VALUES = 1, LABEL_VALUES_AND_WEIGHTS = 2 }; /* what is summed */
enum { LABEL_TAPS_MOST = 9 };
struct label_sums {
	float (*value)[SIMD_LANES], (*weight)[SIMD_LANES]; /* (SLAB_CHANNELS + 1), the last for voxels of none */
	int32_t run;
	simd_f run_value, run_weight;
};

SIMD_FN void label_flush(struct label_sums *s)
{
	simd_store(s->value[s->run], simd_add(simd_load(s->value[s->run]), s->run_value));
	simd_store(s->weight[s->run], simd_add(simd_load(s->weight[s->run]), s->run_weight));
	s->run_value = s->run_weight = simd_set(0);
}

/* The channel of all voxels of one or two rows, or -1. */
SIMD_FN int32_t label_of_rows(const uint8_t *tags, const uint8_t *spans, int64_t width, int64_t above, int rows)
{
	int32_t channel = tags[0];
	int one = spans[0] >= width;
	if (rows == 2)
		one &= tags[above] == channel && spans[above] >= width;
	return one ? channel : -1;
}

SIMD_FN void label_run(struct label_sums *s, int what, int32_t channel, int taps, const simd_f *weight,
	const simd_f *value, const simd_m *here)
{
	if (channel != s->run) {
		label_flush(s);
		s->run = channel;
	}
	for (int t = 0; t < taps; t++) {
		s->run_value = here ? simd_fma_where(*here, weight[t], value[t], s->run_value)
				    : simd_fma(weight[t], value[t], s->run_value);
		if (what == LABEL_VALUES_AND_WEIGHTS)
			s->run_weight = here ? simd_add_where(*here, weight[t], s->run_weight)
					     : simd_add(weight[t], s->run_weight);
	}
}

/* Voxels of several channels: each channel that is there takes its own. */
SIMD_FN void label_mixed(struct label_sums *s, int what, int taps, const simd_f *weight, const simd_f *value,
	const simd_i *tag, const simd_m *here)
{
	int32_t tags[LABEL_TAPS_MOST][SIMD_LANES];
	uint32_t left[LABEL_TAPS_MOST], lanes = (uint32_t)((UINT64_C(1) << SIMD_LANES) - 1);
	const simd_i none = simd_iset(SLAB_CHANNELS);
	for (int t = 0; t < taps; t++) {
		simd_istore(tags[t], tag[t]);
		left[t] = lanes & ~simd_bits(simd_ieq(tag[t], none)) & (here ? simd_bits(*here) : lanes);
	}
	for (int t = 0; t < taps; t++)
		while (left[t]) {
			int32_t channel = tags[t][__builtin_ctz(left[t])];
			simd_i same = simd_iset(channel);
			simd_f sum = simd_load(s->value[channel]), path = simd_load(s->weight[channel]);
			for (int k = 0; k < taps; k++) {
				simd_m mine = simd_ieq(tag[k], same);
				if (here)
					mine = simd_and(mine, *here);
				sum = simd_fma_where(mine, weight[k], value[k], sum);
				if (what == LABEL_VALUES_AND_WEIGHTS)
					path = simd_add_where(mine, weight[k], path);
				left[k] &= ~simd_bits(mine);
			}
			simd_store(s->value[channel], sum);
			if (what == LABEL_VALUES_AND_WEIGHTS)
				simd_store(s->weight[channel], path);
		}
}
#endif

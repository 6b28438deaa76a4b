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

/* A channel takes its own of the voxels. */
SIMD_FN void label_own(struct label_sums *s, int what, int32_t channel, int taps, const simd_f *weight,
	const simd_f *value, const simd_i *tag, const simd_m *here)
{
	const simd_i same = simd_iset(channel);
	simd_f sum = simd_load(s->value[channel]), path = simd_load(s->weight[channel]);
	for (int t = 0; t < taps; t++) {
		simd_m mine = simd_ieq(tag[t], same);
		if (here)
			mine = simd_and(mine, *here);
		sum = simd_fma_where(mine, weight[t], value[t], sum);
		if (what == LABEL_VALUES_AND_WEIGHTS)
			path = simd_add_where(mine, weight[t], path);
	}
	simd_store(s->value[channel], sum);
	if (what == LABEL_VALUES_AND_WEIGHTS)
		simd_store(s->weight[channel], path);
}

/* Rows of several channels, which their spans list: each channel that is there takes its own. */
SIMD_FN void label_mixed(struct label_sums *s, int what, int taps, const simd_f *weight, const simd_f *value,
	const simd_i *tag, const simd_m *here, const uint8_t *tags, const uint8_t *spans, int64_t width, int64_t above,
	int rows)
{
	uint64_t done = UINT64_C(1) << SLAB_CHANNELS; /* voxels of no channel */
	for (int64_t row = 0; row < rows; row++)
		for (int64_t i = 0; i < width; i += spans[row * above + i]) {
			int32_t channel = tags[row * above + i];
			if (done >> channel & 1)
				continue;
			done |= UINT64_C(1) << channel;
			label_own(s, what, channel, taps, weight, value, tag, here);
		}
}

/* Voxels from anywhere: the channels are read off the lanes. */
static inline void label_scattered(
	struct label_sums *s, int what, int taps, const simd_f *weight, const simd_f *value, const simd_i *tag)
{
	uint64_t done = UINT64_C(1) << SLAB_CHANNELS;
	for (int t = 0; t < taps; t++) {
		int32_t lane[SIMD_LANES];
		simd_istore(lane, tag[t]);
		for (int l = 0; l < SIMD_LANES; l++) {
			if (done >> lane[l] & 1)
				continue;
			done |= UINT64_C(1) << lane[l];
			label_own(s, what, lane[l], taps, weight, value, tag, NULL);
		}
	}
}
#endif

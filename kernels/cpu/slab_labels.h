/*
 * Sums by label channel.  Most of the time all voxels that a row of lanes touches are of one channel, which two bytes
 * tell: the channel where the row begins and how many voxels it goes on for.  Then its sum stays in a register.  Where
 * channels meet, each takes the voxels that are its own and the others count as 0; nearly always there are two, which
 * the same bytes tell, so that nothing is searched for.
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
/* Voxels that lanes look up in, in two halves: 2 SIMD_LANES of one row, or one or two rows of SIMD_LANES. */
struct label_window {
	simd_f low_values, high_values;
	const uint8_t *low, *low_spans, *high, *high_spans; /* channels and spans of either half */
	int64_t width;
	uint64_t touched; /* bit i: a lane may look at voxel i */
	int rows;         /* 1: all that is looked at is in the low half */
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

/* A channel takes its own of the voxels, low and high: the others are 0 to it.  Which they are, a bit each. */
SIMD_FN uint64_t label_own(struct label_sums *s, int what, int32_t channel, int taps, const simd_f *weight,
	const struct label_window *w, const simd_i *at, const simd_m *here)
{
	const simd_m low = simd_tagged(w->low, channel), high = w->rows == 1 ? low : simd_tagged(w->high, channel);
	const simd_f zero = simd_set(0);
	const simd_f low_own = simd_select(low, w->low_values, zero);
	const struct simd_window own = simd_pair(low_own, w->rows == 1 ? low_own : simd_select(high, w->high_values, zero));
	simd_f sum = simd_load(s->value[channel]), path = simd_load(s->weight[channel]);
	for (int t = 0; t < taps; t++) {
		simd_f value = w->rows == 1 ? simd_pick_row(low_own, at[t]) : simd_pick(own, at[t]);
		sum = here ? simd_fma_where(*here, value, weight[t], sum) : simd_fma(value, weight[t], sum);
		if (what != LABEL_VALUES_AND_WEIGHTS)
			continue;
		simd_m mine = simd_pick_mask(low, high, at[t]);
		path = simd_add_where(here ? simd_and(mine, *here) : mine, weight[t], path);
	}
	simd_store(s->value[channel], sum);
	if (what == LABEL_VALUES_AND_WEIGHTS)
		simd_store(s->weight[channel], path);
	return (uint64_t)simd_bits(low) | (uint64_t)simd_bits(high) << SIMD_LANES;
}

/* The channel that the first voxel's meets, in address order; the first itself is not alone. */
SIMD_FN int32_t label_second(const struct label_window *w)
{
	if (w->low_spans[0] < w->width)
		return w->low[w->low_spans[0]];
	return w->high[0] != w->low[0] ? w->high[0] : w->high[w->high_spans[0]];
}

/* Voxels of several channels. */
SIMD_FN void label_mixed(struct label_sums *s, int what, int taps, const simd_f *weight, const struct label_window *w,
	const simd_i *at, const simd_m *here)
{
	const int32_t pair[2] = { w->low[0], label_second(w) };
	uint64_t left = w->touched;
	for (int c = 0; c < 2; c++)
		left &= ~label_own(s, what, pair[c], taps, weight, w, at, here);
	while (left) {
		const int first = __builtin_ctzll(left);
		const int32_t channel = first < SIMD_LANES ? w->low[first] : w->high[first - SIMD_LANES];
		left &= ~label_own(s, what, channel, taps, weight, w, at, here);
	}
}

/* The same for voxels fetched one by one. */
SIMD_FN void label_lanes(struct label_sums *s, int what, int32_t channel, int taps, const simd_f *weight,
	const simd_f *value, const simd_i *tag)
{
	const simd_i same = simd_iset(channel);
	simd_f sum = simd_load(s->value[channel]), path = simd_load(s->weight[channel]);
	for (int t = 0; t < taps; t++) {
		simd_m mine = simd_ieq(tag[t], same);
		sum = simd_fma_where(mine, weight[t], value[t], sum);
		if (what == LABEL_VALUES_AND_WEIGHTS)
			path = simd_add_where(mine, weight[t], path);
	}
	simd_store(s->value[channel], sum);
	if (what == LABEL_VALUES_AND_WEIGHTS)
		simd_store(s->weight[channel], path);
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
			label_lanes(s, what, lane[l], taps, weight, value, tag);
		}
	}
}
#endif

/*
 * Sums by label channel.  Most of the time all voxels that a row of lanes touches are of one channel, which two bytes
 * of the rows of voxels tell: the channel where they begin and for how many voxels it goes on in two rows at once.  Then the sum stays in a
 * register.  Where channels meet, each takes the voxels that are its own and the others count as 0; nearly always there
 * are two, which the same bytes tell, so that nothing is searched for.
 */
#ifndef KERNELS_CPU_SLAB_LABELS_H
#define KERNELS_CPU_SLAB_LABELS_H
#include "kernels/cpu/simd.h"
#include "kernels/slab_ray.h"

enum { LABEL_VALUES = 1, LABEL_VALUES_AND_WEIGHTS = 2 }; /* what is summed */
enum { LABEL_TAPS_MOST = 9 };
/* The sums of a row of lanes, and the channel that it is in, from block to block. */
struct label_row {
	float (*value)[SIMD_LANES], (*weight)[SIMD_LANES]; /* (SLAB_CHANNELS + 1), the last for voxels of none;
						 * weight: only where asked for */
	int32_t run;
};
/* The same while a block lasts. */
struct label_sums {
	float (*value)[SIMD_LANES], (*weight)[SIMD_LANES];
	int32_t run;
	simd_f run_value[2], run_weight[2]; /* even and odd taps: two chains of additions, half as long */
};
/*
 * Voxels that lanes look up in: parts of SIMD_LANES neighbours each, which are rows or the halves of one.  Tap t takes
 * them from parts p and p + 1 (one part: from that), where p grows by one with every `taps / (parts - 1)` taps.
 */
enum { LABEL_PARTS_MOST = 4 };
struct label_window {
	int parts;
	const simd_f *values;  /* (parts) */
	const uint8_t *tags;
	int64_t above;         /* from a part's tags to the next's */
	uint64_t touched;      /* bit SIMD_LANES p + i: a lane may look at voxel i of part p */
	int32_t second;        /* the channel that the first voxel's meets, in address order */
};

SIMD_FN void label_zero(struct label_sums *s)
{
	for (int i = 0; i < 2; i++)
		s->run_value[i] = s->run_weight[i] = simd_set(0);
}

SIMD_FN void label_begin(struct label_sums *s, const struct label_row *row)
{
	s->value = row->value;
	s->weight = row->weight;
	s->run = row->run;
	label_zero(s);
}

SIMD_FN void label_add(float *sum, simd_f more)
{
	simd_store(sum, simd_add(simd_load(sum), more));
}

SIMD_FN void label_flush(struct label_sums *s, int what)
{
	label_add(s->value[s->run], simd_add(s->run_value[0], s->run_value[1]));
	if (what == LABEL_VALUES_AND_WEIGHTS)
		label_add(s->weight[s->run], simd_add(s->run_weight[0], s->run_weight[1]));
	label_zero(s);
}

/* The channel of all voxels of these rows, each `above` the one before, or -1.  spans: of pairs, with more than one row. */
SIMD_FN int32_t label_of_rows(const uint8_t *tags, const uint8_t *spans, int64_t width, int64_t above, int rows)
{
	int one = spans[0] >= width;
	SIMD_UNROLL
	for (int r = 1; r < rows - 1; r++)
		one &= spans[r * above] >= width;
	return one ? tags[0] : -1;
}

/* The channel that the first voxel's meets, in rows that are not of one channel. */
SIMD_FN int32_t label_second(const uint8_t *tags, const uint8_t *spans, int64_t width, int64_t above, int rows)
{
	int64_t at = 0;
	SIMD_UNROLL
	for (int r = rows - 1; r >= 0; r--) {
		const int64_t row = r * above;
		at = spans[row] < width ? row + spans[row] : at;
		at = tags[row] != tags[0] ? row : at;
	}
	return tags[at];
}

/* Voxels of one channel.  whole: what a lane's weights add up to, or 0 where that is not known beforehand. */
SIMD_FN void label_run(struct label_sums *s, int what, int32_t channel, int taps, const simd_f *weight, float whole,
	const simd_f *value, const simd_m *here)
{
	if (channel != s->run) {
		label_flush(s, what);
		s->run = channel;
	}
	SIMD_UNROLL
	for (int t = 0; t < taps; t++) {
		simd_f *sum = &s->run_value[t & 1], *path = &s->run_weight[t & 1];
		*sum = here ? simd_fma_where(*here, weight[t], value[t], *sum) : simd_fma(weight[t], value[t], *sum);
		if (what != LABEL_VALUES_AND_WEIGHTS || (whole > 0 && t > 0))
			continue;
		simd_f more = whole > 0 ? simd_set(whole) : weight[t];
		*path = here ? simd_add_where(*here, more, *path) : simd_add(more, *path);
	}
}

SIMD_FN uint64_t label_bits(const simd_m *mine, int parts)
{
	uint64_t bits = 0;
	SIMD_UNROLL
	for (int p = 0; p < parts; p++)
		bits |= (uint64_t)simd_bits(mine[p]) << p * SIMD_LANES;
	return bits;
}

/* A channel takes its own of the voxels: the others are 0 to it.  Which they are, a bit each. */
SIMD_FN uint64_t label_own(struct label_sums *s, int what, int32_t channel, int taps, const simd_f *weight,
	const struct label_window *w, const simd_i *at, const simd_m *here)
{
	const int last = w->parts - 1, taps_of_pair = last > 1 ? taps / last : taps;
	simd_m mine[LABEL_PARTS_MOST];
	simd_f own[LABEL_PARTS_MOST];
	simd_f sum = simd_set(0), path = simd_set(0); /* apart from the channel's, which would be waited for */
	SIMD_UNROLL
	for (int p = 0; p < w->parts; p++) {
		mine[p] = simd_tagged(w->tags + p * w->above, channel);
		own[p] = simd_select(mine[p], w->values[p], simd_set(0));
	}
	SIMD_UNROLL
	for (int t = 0; t < taps; t++) {
		const int p = t / taps_of_pair, next = last > 0 ? p + 1 : p;
		simd_f value = last == 0 ? simd_pick_row(own[p], at[t]) : simd_pick(simd_pair(own[p], own[next]), at[t]);
		sum = here ? simd_fma_where(*here, value, weight[t], sum) : simd_fma(value, weight[t], sum);
		if (what != LABEL_VALUES_AND_WEIGHTS)
			continue;
		simd_m picked = simd_pick_mask(mine[p], mine[next], at[t]);
		path = simd_add_where(here ? simd_and(picked, *here) : picked, weight[t], path);
	}
	label_add(s->value[channel], sum);
	if (what == LABEL_VALUES_AND_WEIGHTS)
		label_add(s->weight[channel], path);
	return label_bits(mine, w->parts);
}

/* Voxels of several channels. */
SIMD_FN void label_mixed(struct label_sums *s, int what, int taps, const simd_f *weight, const struct label_window *w,
	const simd_i *at, const simd_m *here)
{
	const int32_t pair[2] = { w->tags[0], w->second };
	uint64_t left = w->touched;
	SIMD_UNROLL
	for (int c = 0; c < 2; c++)
		left &= ~label_own(s, what, pair[c], taps, weight, w, at, here);
	while (left) {
		const int first = __builtin_ctzll(left);
		const int32_t channel = w->tags[first / SIMD_LANES * w->above + first % SIMD_LANES];
		left &= ~label_own(s, what, channel, taps, weight, w, at, here);
	}
}

/* The same for voxels fetched one by one. */
SIMD_FN void label_lanes(struct label_sums *s, int what, int32_t channel, int taps, const simd_f *weight,
	const simd_f *value, const simd_i *tag)
{
	const simd_i same = simd_iset(channel);
	simd_f sum = simd_load(s->value[channel]), path = simd_load(s->weight[channel]);
	SIMD_UNROLL
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

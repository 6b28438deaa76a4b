#include "eval/stats/sort.h"

#include <string.h>

#include "host/run/err.h"
#include "host/run/memory.h"

enum { DIGIT_BITS = 11, BUCKETS = 1 << DIGIT_BITS, MOST_PASSES = 6, FIRST_PASSES = 3, SMALL = 64 };
enum { MOVES_PER_ITEM = 8 }; /* of the insertion sort that ends a short radix sort */

/* The bits of a double, arranged so that they compare like the number. */
static uint64_t ordered_bits(double key)
{
	uint64_t bits;
	double positive_zero = key + 0.0;
	memcpy(&bits, &positive_zero, sizeof(bits));
	return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static unsigned digit_of(double key, int shift)
{
	return (unsigned)(ordered_bits(key) >> shift) & (BUCKETS - 1);
}

/* Stable.  Gives up after `most` moves: 0 = sorted, 1 = not. */
static int insertion_sort(struct sort_item *item, int64_t n, int64_t most)
{
	for (int64_t i = 1; i < n; i++) {
		struct sort_item moved = item[i];
		int64_t at = i;
		for (; at > 0 && item[at - 1].key > moved.key; at--)
			item[at] = item[at - 1];
		item[at] = moved;
		most -= i - at;
		if (most < 0)
			return 1;
	}
	return 0;
}

/* Below this bit lies nothing that the first passes look at: they take the highest bits in which the keys
 * differ. */
static int first_shift(const struct sort_item *item, int64_t n)
{
	uint64_t differing = 0, first = ordered_bits(item[0].key);
	for (int64_t i = 1; i < n; i++)
		differing |= ordered_bits(item[i].key) ^ first;
	int bits = 0;
	for (; differing; differing >>= 1)
		bits++;
	return bits > FIRST_PASSES * DIGIT_BITS ? bits - FIRST_PASSES * DIGIT_BITS : 0;
}

/* Counts become the buckets' starts; false when one bucket holds everything, so that the pass moves nothing.
 */
static int start_buckets(int64_t count[BUCKETS], int64_t n)
{
	int64_t start = 0;
	for (int b = 0; b < BUCKETS; b++) {
		int64_t here = count[b];
		if (here == n)
			return 0;
		count[b] = start;
		start += here;
	}
	return 1;
}

struct work {
	int64_t (*count)[BUCKETS]; /* (MOST_PASSES) */
	struct sort_item *spare;   /* (n) */
};

/* Least significant digit first, from bit `shift` up.  Bits above the last digit must be alike or covered. */
static void radix_sort(struct sort_item *item, int64_t n, int shift, int passes, struct work *work)
{
	struct sort_item *from = item, *to = work->spare;
	memset(work->count, 0, sizeof(int64_t) * (size_t)passes * BUCKETS);
	for (int64_t i = 0; i < n; i++) {
		uint64_t bits = ordered_bits(item[i].key) >> shift;
		for (int pass = 0; pass < passes; pass++, bits >>= DIGIT_BITS)
			work->count[pass][bits & (BUCKETS - 1)]++;
	}
	for (int pass = 0; pass < passes; pass++) {
		int64_t *count = work->count[pass];
		if (!start_buckets(count, n))
			continue;
		for (int64_t i = 0; i < n; i++)
			to[count[digit_of(from[i].key, shift + pass * DIGIT_BITS)]++] = from[i];
		struct sort_item *sorted = to;
		to = from;
		from = sorted;
	}
	if (from != item)
		memcpy(item, from, (size_t)n * sizeof(*item));
}

/*
 * Three passes on the highest differing 33 bits leave next to nothing for an insertion sort, except for keys
 * that crowd within a ten-millionth of their range; those get all six passes.
 */
int sort_items(struct sort_item *item, int64_t n)
{
	struct memory block = { 0 };
	const size_t count_bytes = sizeof(int64_t) * MOST_PASSES * BUCKETS;
	if (n <= SMALL)
		return insertion_sort(item, n, INT64_MAX);
	if (memory_alloc(&block, NULL, count_bytes + (size_t)n * sizeof(*item), "sorting") != 0)
		return -1;
	struct work work = { block.data, (struct sort_item *)((char *)block.data + count_bytes) };
	radix_sort(item, n, first_shift(item, n), FIRST_PASSES, &work);
	if (insertion_sort(item, n, MOVES_PER_ITEM * n) != 0)
		radix_sort(item, n, 0, MOST_PASSES, &work);
	memory_free(&block);
	return 0;
}

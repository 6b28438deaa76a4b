#include "eval/stats/sort.h"

#include <string.h>

#include "host/run/err.h"
#include "host/run/memory.h"

enum { DIGIT_BITS = 11, BUCKETS = 1 << DIGIT_BITS, PASSES = 6, SMALL = 64 };

/* The bits of a double, arranged so that they compare like the number. */
static uint64_t ordered_bits(double key)
{
	uint64_t bits;
	double positive_zero = key + 0.0;
	memcpy(&bits, &positive_zero, sizeof(bits));
	return bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
}

static unsigned digit_of(double key, int pass)
{
	return (unsigned)(ordered_bits(key) >> (pass * DIGIT_BITS)) & (BUCKETS - 1);
}

static void insertion_sort(struct sort_item *item, int64_t n)
{
	for (int64_t i = 1; i < n; i++) {
		struct sort_item moved = item[i];
		int64_t at = i;
		for (; at > 0 && item[at - 1].key > moved.key; at--)
			item[at] = item[at - 1];
		item[at] = moved;
	}
}

static void count_digits(int64_t count[PASSES][BUCKETS], const struct sort_item *item, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		for (int pass = 0; pass < PASSES; pass++)
			count[pass][digit_of(item[i].key, pass)]++;
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

/* Radix sort, least significant digit first. */
int sort_items(struct sort_item *item, int64_t n)
{
	struct memory block = { 0 };
	const size_t count_bytes = sizeof(int64_t) * PASSES * BUCKETS;
	if (n <= SMALL) {
		insertion_sort(item, n);
		return 0;
	}
	if (memory_alloc(&block, NULL, count_bytes + (size_t)n * sizeof(*item), "sorting") != 0)
		return -1;
	int64_t(*count)[BUCKETS] = block.data;
	struct sort_item *from = item, *to = (struct sort_item *)((char *)block.data + count_bytes);
	count_digits(count, item, n);
	for (int pass = 0; pass < PASSES; pass++) {
		if (!start_buckets(count[pass], n))
			continue;
		for (int64_t i = 0; i < n; i++)
			to[count[pass][digit_of(from[i].key, pass)]++] = from[i];
		struct sort_item *sorted = to;
		to = from;
		from = sorted;
	}
	if (from != item)
		memcpy(item, from, (size_t)n * sizeof(*item));
	memory_free(&block);
	return 0;
}

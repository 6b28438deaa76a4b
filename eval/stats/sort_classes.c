#include "eval/stats/sort_classes.h"

#include <math.h>

#include "eval/stats/sort.h"
#include "host/run/err.h"
#include "host/run/memory.h"

enum { DIGIT_BITS = 11, BUCKETS = 1 << DIGIT_BITS };
enum { MOVES_PER_NUMBER = 8 }; /* of the insertion sort at the end */

/* The range in 2^22 equal cells; a number's cell never falls as the number grows, whatever the rounding. */
struct cells {
	double origin, per_unit;
};

static unsigned cell_of(struct cells c, double key)
{
	return (unsigned)(int)((key - c.origin) * c.per_unit);
}

static double key_of(double x, double sign)
{
	return sign * x + 0.0;
}

static struct cells cells_over(const double *x, int64_t n, double sign)
{
	double least = INFINITY, most = -INFINITY;
	for (int64_t i = 0; i < n; i++) {
		double key = key_of(x[i], sign);
		least = key < least ? key : least;
		most = key > most ? key : most;
	}
	return (struct cells){ least, ((double)BUCKETS * BUCKETS - 1) / (most - least) };
}

/* Counts become the buckets' starts. */
static void start_buckets(uint32_t *count, uint32_t start)
{
	for (int64_t b = 0; b < BUCKETS; b++) {
		uint32_t here = count[b];
		count[b] = start;
		start += here;
	}
}

/* Least significant digit of the cell first; the first pass parts the classes as well. */
static void sort_cells(double *sorted, double *spare, const double *x, const uint8_t *is_one, int64_t n,
	int64_t n_ones, double sign, struct cells cells)
{
	uint32_t low[2][BUCKETS] = { { 0 } }, high[2][BUCKETS] = { { 0 } };
	const int64_t first[2] = { n_ones + 1, 0 }, end[2] = { n + 1, n_ones };
	for (int64_t i = 0; i < n; i++) {
		unsigned cell = cell_of(cells, key_of(x[i], sign));
		low[is_one[i]][cell % BUCKETS]++;
		high[is_one[i]][cell >> DIGIT_BITS]++;
	}
	for (int one = 0; one < 2; one++) {
		start_buckets(low[one], (uint32_t)first[one]);
		start_buckets(high[one], (uint32_t)first[one]);
	}
	for (int64_t i = 0; i < n; i++) {
		double key = key_of(x[i], sign);
		spare[low[is_one[i]][cell_of(cells, key) % BUCKETS]++] = key;
	}
	for (int one = 0; one < 2; one++)
		for (int64_t i = first[one]; i < end[one]; i++)
			sorted[high[one][cell_of(cells, spare[i]) >> DIGIT_BITS]++] = spare[i];
}

/* Gives up after MOVES_PER_NUMBER n moves: 0 = sorted, 1 = not. */
static int insertion_sort(double *x, int64_t n)
{
	int64_t left = MOVES_PER_NUMBER * n;
	for (int64_t i = 1; i < n; i++) {
		double moved = x[i];
		int64_t at = i;
		for (; at > 0 && x[at - 1] > moved; at--)
			x[at] = x[at - 1];
		x[at] = moved;
		left -= i - at;
		if (left < 0)
			return 1;
	}
	return 0;
}

/* For numbers that crowd in few cells: by their bits. */
static int sort_bits(double *x, int64_t n)
{
	int rc = -1;
	struct memory block = { 0 };
	TRY(memory_alloc(&block, NULL, (size_t)n * sizeof(struct sort_item), "sorting"));
	struct sort_item *item = block.data;
	for (int64_t i = 0; i < n; i++)
		item[i] = (struct sort_item){ x[i], i };
	TRY(sort_items(item, n));
	for (int64_t i = 0; i < n; i++)
		x[i] = item[i].key;
	rc = 0;
cleanup:
	memory_free(&block);
	return rc;
}

static void part(
	double *sorted, const double *x, const uint8_t *is_one, int64_t n, int64_t n_ones, double sign)
{
	int64_t at[2] = { n_ones + 1, 0 };
	for (int64_t i = 0; i < n; i++)
		sorted[at[is_one[i]]++] = key_of(x[i], sign);
}

/*
 * Two passes over the cells leave next to nothing for an insertion sort, unless an outlier widens the range
 * so much that the others share a cell.
 */
int sort_classes(double *sorted, double *spare, const double *x, const uint8_t *is_one, int64_t n,
	int64_t n_ones, double sign)
{
	struct cells cells = cells_over(x, n, sign);
	int fits = cells.per_unit > 0 && isfinite(cells.per_unit);
	double *others = sorted + n_ones + 1;
	if (fits)
		sort_cells(sorted, spare, x, is_one, n, n_ones, sign, cells);
	else
		part(sorted, x, is_one, n, n_ones, sign);
	if ((!fits || insertion_sort(sorted, n_ones) != 0) && sort_bits(sorted, n_ones) != 0)
		return -1;
	if ((!fits || insertion_sort(others, n - n_ones) != 0) && sort_bits(others, n - n_ones) != 0)
		return -1;
	sorted[n_ones] = sorted[n + 1] = INFINITY;
	return 0;
}

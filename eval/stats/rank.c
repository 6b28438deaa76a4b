#include "eval/stats/rank.h"

#include <math.h>

#include "eval/stats/moments.h"
#include "eval/stats/sort.h"
#include "host/run/err.h"
#include "host/run/memory.h"

int rank_order(int64_t *order, const double *x, int64_t n)
{
	struct memory block = { 0 };
	if (n == 0)
		return 0;
	if (memory_alloc(&block, NULL, (size_t)n * sizeof(struct sort_item), "ranks") != 0)
		return -1;
	struct sort_item *keyed = block.data;
	for (int64_t i = 0; i < n; i++)
		keyed[i] = (struct sort_item){ x[i], i };
	int rc = sort_items(keyed, n);
	for (int64_t i = 0; i < n; i++)
		order[i] = keyed[i].row;
	memory_free(&block);
	return rc;
}

int rank_midranks(double *rank, const double *x, int64_t n)
{
	struct memory block = { 0 };
	int rc = -1;
	TRY(memory_alloc(&block, NULL, (size_t)n * sizeof(int64_t), "ranks"));
	int64_t *order = block.data;
	TRY(rank_order(order, x, n));
	for (int64_t from = 0, to = 0; from < n; from = to) {
		while (to < n && x[order[to]] == x[order[from]])
			to++;
		for (int64_t i = from; i < to; i++)
			rank[order[i]] = (double)(from + to + 1) / 2;
	}
	rc = 0;
cleanup:
	memory_free(&block);
	return rc;
}

int rank_spearman(struct rank_correlation *s, const double *x, const double *y, int64_t n)
{
	struct memory block = { 0 };
	int rc = -1;
	*s = (struct rank_correlation){ NAN, interval_undefined() };
	if (n < 3)
		return 0;
	TRY(memory_alloc(&block, NULL, 2 * (size_t)n * sizeof(double), "ranks"));
	double *rank_x = block.data, *rank_y = rank_x + n;
	TRY(rank_midranks(rank_x, x, n));
	TRY(rank_midranks(rank_y, y, n));
	struct moments m = moments_of(rank_x, rank_y, n);
	s->rho = moments_correlation(&m);
	if (n >= 4)
		s->ci = interval_atanh(s->rho, sqrt((1 + s->rho * s->rho / 2) / ((double)n - 3)));
	rc = 0;
cleanup:
	memory_free(&block);
	return rc;
}

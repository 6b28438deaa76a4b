#include "eval/folds.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/stats/order.h"
#include "host/run/err.h"
#include "host/run/memory.h"
#include "host/run/rng.h"

enum { THIRDS = 3, NO_BMD = 3 };
struct person {
	const char *id, *site;
	double bmd; /* the lowest; NaN = none */
	int third;
	uint64_t lot; /* drawn: the order within a stratum */
	int64_t fold;
};

static int by_id(const void *left, const void *right)
{
	return strcmp(((const struct person *)left)->id, ((const struct person *)right)->id);
}

static int by_stratum(const void *left, const void *right)
{
	const struct person *a = left, *b = right;
	int site = strcmp(a->site, b->site);
	if (site != 0)
		return site;
	if (a->third != b->third)
		return a->third - b->third;
	if (a->lot != b->lot)
		return a->lot < b->lot ? -1 : 1;
	return strcmp(a->id, b->id);
}

static int read_people(struct person *p, const struct table *participants)
{
	int64_t id, site = table_find_column(participants, "site");
	if (table_column(participants, "participant_id", &id) != 0)
		return -1;
	for (int64_t i = 0; i < participants->n_rows; i++)
		p[i] = (struct person){ .id = table_cell(participants, i, id),
			.site = site < 0 ? "n/a" : table_cell(participants, i, site),
			.bmd = NAN };
	qsort(p, (size_t)participants->n_rows, sizeof(*p), by_id);
	for (int64_t i = 1; i < participants->n_rows; i++)
		if (strcmp(p[i - 1].id, p[i].id) == 0)
			return ERR_INVALID("participant '%s' is listed twice", p[i].id);
	return 0;
}

static int read_bmd(struct person *p, int64_t n, const struct table *dxa)
{
	int64_t id, bmd;
	if (table_column(dxa, "participant_id", &id) != 0 || table_column(dxa, "bmd_g_cm2", &bmd) != 0)
		return -1;
	for (int64_t i = 0; i < dxa->n_rows; i++) {
		double value;
		struct person key = { .id = table_cell(dxa, i, id) };
		struct person *found = n ? bsearch(&key, p, (size_t)n, sizeof(*p), by_id) : NULL;
		if (table_number(dxa, i, bmd, &value) != 0)
			return -1;
		if (found && !(found->bmd <= value) && !isnan(value))
			found->bmd = value;
	}
	return 0;
}

/* Thirds of all participants' lowest BMD. */
static void set_thirds(struct person *p, double *work, int64_t n)
{
	int64_t known = 0;
	for (int64_t i = 0; i < n; i++)
		if (!isnan(p[i].bmd))
			work[known++] = p[i].bmd;
	double low = order_quantile(work, known, 1.0 / THIRDS),
	       high = order_quantile(work, known, 2.0 / THIRDS);
	for (int64_t i = 0; i < n; i++)
		p[i].third = isnan(p[i].bmd) ? NO_BMD : p[i].bmd <= low ? 0 : p[i].bmd <= high ? 1 : 2;
}

static void write_rows(struct table *t, const struct person *p, int64_t n)
{
	static const char *const columns[] = { "participant_id", "site", "stratum", "fold" };
	static const char *const thirds[] = { "low", "middle", "high", "no BMD" };
	for (int i = 0; i < 4; i++)
		table_add_column(t, columns[i]);
	for (int64_t i = 0; i < n; i++) {
		int64_t row = table_add_row(t);
		table_set(t, row, "participant_id", p[i].id);
		table_set(t, row, "site", p[i].site);
		table_set(t, row, "stratum", thirds[p[i].third]);
		table_set_number(t, row, "fold", (double)p[i].fold);
	}
}

/* A lot depends on the participant's name, not on its line. */
static uint64_t lot_of(const char *id, uint64_t seed)
{
	uint64_t hash = seed;
	for (; *id; id++)
		hash = rng_mix(hash, (unsigned char)*id, 1);
	return hash;
}

int folds_make(struct table *t, const struct table *participants, const struct table *dxa, int64_t n_folds,
	uint64_t seed)
{
	int rc = -1;
	struct memory block = { 0 };
	const int64_t n = participants->n_rows;
	if (n_folds < 2 || n_folds > n)
		return ERR_USAGE(
			"%lld folds cannot be made of %lld participants", (long long)n_folds, (long long)n);
	if (memory_alloc(
		    &block, NULL, (size_t)n * (sizeof(struct person) + sizeof(double)), "participants") != 0)
		return -1;
	struct person *p = block.data;
	TRY(read_people(p, participants));
	TRY(read_bmd(p, n, dxa));
	set_thirds(p, (double *)(p + n), n);
	for (int64_t i = 0; i < n; i++)
		p[i].lot = lot_of(p[i].id, seed);
	qsort(p, (size_t)n, sizeof(*p), by_stratum);
	for (int64_t i = 0; i < n; i++) /* dealt on and on, so that folds and strata differ by one at most */
		p[i].fold = i % n_folds + 1;
	qsort(p, (size_t)n, sizeof(*p), by_id);
	write_rows(t, p, n);
	rc = 0;
cleanup:
	memory_free(&block);
	return rc;
}

#include "eval/pairing.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "host/run/err.h"
#include "host/run/memory.h"

struct films {
	const struct table *table;
	int64_t participant, session, file, days;
};
struct scans {
	const struct table *table;
	int64_t participant, side, region, bmd, days, device; /* device -1 = unknown */
	struct memory block;
	struct place
		*place; /* (n_rows) by participant, side, region, row: scans of one place are neighbours */
};
struct place {
	const char *participant, *side, *region;
	int64_t row;
};

static int find_columns(struct films *f, struct scans *d, const struct table *films, const struct table *dxa)
{
	f->table = films;
	d->table = dxa;
	d->device = table_find_column(dxa, "device");
	if (table_column(films, "participant_id", &f->participant) != 0 ||
		table_column(films, "session", &f->session) != 0 ||
		table_column(films, "file", &f->file) != 0 ||
		table_column(films, "days_from_index", &f->days) != 0)
		return -1;
	return table_column(dxa, "participant_id", &d->participant) != 0 ||
			       table_column(dxa, "side", &d->side) != 0 ||
			       table_column(dxa, "region", &d->region) != 0 ||
			       table_column(dxa, "bmd_g_cm2", &d->bmd) != 0 ||
			       table_column(dxa, "days_from_index", &d->days) != 0
		       ? -1
		       : 0;
}

static const char *scan_cell(const struct scans *d, int64_t row, int64_t column)
{
	return table_cell(d->table, row, column);
}

static int by_place(const struct place *a, const struct place *b)
{
	int order = strcmp(a->participant, b->participant);
	order = order != 0 ? order : strcmp(a->side, b->side);
	return order != 0 ? order : strcmp(a->region, b->region);
}

static int by_place_then_row(const void *left, const void *right)
{
	const struct place *a = left, *b = right;
	int order = by_place(a, b);
	return order != 0 ? order : a->row < b->row ? -1 : a->row > b->row;
}

static int sort_scans(struct scans *d)
{
	const int64_t n = d->table->n_rows;
	if (memory_alloc(&d->block, NULL, (size_t)n * sizeof(struct place), "DXA rows") != 0)
		return -1;
	d->place = d->block.data;
	for (int64_t i = 0; i < n; i++)
		d->place[i] = (struct place){ scan_cell(d, i, d->participant), scan_cell(d, i, d->side),
			scan_cell(d, i, d->region), i };
	if (n > 0)
		qsort(d->place, (size_t)n, sizeof(*d->place), by_place_then_row);
	return 0;
}

/* The first place of a participant, or where it would be. */
static int64_t find_participant(const struct scans *d, const char *participant)
{
	int64_t low = 0, high = d->table->n_rows;
	while (low < high) {
		int64_t middle = low + (high - low) / 2;
		if (strcmp(d->place[middle].participant, participant) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct nearest {
	int64_t row; /* -1 = none has a date */
	double days, interval;
	bool ambiguous;
};

/* Of the places first .. end - 1, which are one. */
static int find_nearest(
	struct nearest *best, const struct scans *d, int64_t first, int64_t end, double film_days)
{
	*best = (struct nearest){ -1, NAN, INFINITY, false };
	for (int64_t k = first; k < end; k++) {
		const int64_t i = d->place[k].row;
		double days;
		if (table_number(d->table, i, d->days, &days) != 0)
			return -1;
		double interval = fabs(days - film_days);
		if (isnan(interval))
			continue;
		if (best->row >= 0 && days == best->days &&
			strcmp(scan_cell(d, i, d->bmd), scan_cell(d, best->row, d->bmd)) != 0)
			best->ambiguous = true;
		if (interval < best->interval || (interval == best->interval && days < best->days))
			*best = (struct nearest){ i, days, interval, false };
	}
	return 0;
}

static int64_t add_row(
	struct table *t, const struct films *f, int64_t film, const char *side, const char *region)
{
	int64_t row = table_add_row(t);
	table_set(t, row, "participant_id", table_cell(f->table, film, f->participant));
	table_set(t, row, "session", table_cell(f->table, film, f->session));
	table_set(t, row, "file", table_cell(f->table, film, f->file));
	table_set(t, row, "side", side);
	table_set(t, row, "region", region);
	return row;
}

static void exclude(struct table *t, const struct films *f, int64_t film, const char *side,
	const char *region, const char *reason)
{
	table_set(t, add_row(t, f, film, side, region), "reason", reason);
}

static int pair_place(struct table *pairs, struct table *excluded, const struct films *f, int64_t film,
	const struct scans *d, int64_t first, int64_t end, double window)
{
	const char *side = d->place[first].side, *region = d->place[first].region, *reason = NULL;
	double film_days, bmd = NAN;
	struct nearest best;
	if (table_number(f->table, film, f->days, &film_days) != 0 ||
		find_nearest(&best, d, first, end, film_days) != 0)
		return -1;
	if (best.row >= 0 && table_number(d->table, best.row, d->bmd, &bmd) != 0)
		return -1;
	if (best.row < 0)
		reason = "no_date";
	else if (best.interval > window)
		reason = "outside_window";
	else if (best.ambiguous)
		reason = "ambiguous_dxa";
	else if (isnan(bmd))
		reason = "no_bmd";
	if (reason) {
		exclude(excluded, f, film, side, region, reason);
		return 0;
	}
	int64_t row = add_row(pairs, f, film, side, region);
	table_set(pairs, row, "bmd_g_cm2", scan_cell(d, best.row, d->bmd));
	if (d->device >= 0)
		table_set(pairs, row, "device", scan_cell(d, best.row, d->device));
	table_set_number(pairs, row, "dxa_days", best.days);
	table_set_number(pairs, row, "film_days", film_days);
	table_set_number(pairs, row, "interval_days", best.interval);
	return 0;
}

static int pair_film(struct table *pairs, struct table *excluded, const struct films *f, int64_t film,
	const struct scans *d, double window)
{
	const char *participant = table_cell(f->table, film, f->participant);
	int64_t first = find_participant(d, participant), end = first;
	if (first == d->table->n_rows || strcmp(d->place[first].participant, participant) != 0)
		exclude(excluded, f, film, "n/a", "n/a", "no_dxa");
	for (; first < d->table->n_rows && strcmp(d->place[first].participant, participant) == 0;
		first = end) {
		while (end < d->table->n_rows && by_place(&d->place[first], &d->place[end]) == 0)
			end++;
		if (pair_place(pairs, excluded, f, film, d, first, end, window) != 0)
			return -1;
	}
	return 0;
}

static void add_columns(struct table *t, const char *const *names)
{
	for (; *names; names++)
		table_add_column(t, *names);
}

int pairing_run(struct table *pairs, struct table *excluded, const struct table *films,
	const struct table *dxa, double window_days)
{
	static const char *const pair_columns[] = { "participant_id", "session", "file", "side", "region",
		"bmd_g_cm2", "device", "dxa_days", "film_days", "interval_days", NULL };
	static const char *const excluded_columns[] = { "participant_id", "session", "file", "side", "region",
		"reason", NULL };
	struct films f;
	struct scans d = { 0 };
	int rc = -1;
	add_columns(pairs, pair_columns);
	add_columns(excluded, excluded_columns);
	TRY(find_columns(&f, &d, films, dxa));
	TRY(sort_scans(&d));
	for (int64_t film = 0; film < films->n_rows; film++)
		TRY(pair_film(pairs, excluded, &f, film, &d, window_days));
	rc = 0;
cleanup:
	memory_free(&d.block);
	return rc;
}

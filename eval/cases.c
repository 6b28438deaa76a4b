#include "eval/cases.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "eval/filter.h"
#include "eval/markup.h"
#include "host/run/err.h"

struct row {
	const char *site, *patient; /* "" where the table has no such column */
	double reference, prediction;
	int64_t patient_index;
	uint8_t diseased;
	bool missing;
};
struct columns {
	int64_t reference, prediction, positive, site, patient; /* -1 = not used */
	int64_t synthetic, truth;
};

static int find_optional(int64_t *column, const struct table *t, const char *name, bool optional)
{
	if (!name)
		return 0;
	*column = table_find_column(t, name);
	return *column < 0 && !optional ? table_column(t, name, column) : 0;
}

static int find_columns(struct columns *at, const struct table *t, const struct cases_request *q)
{
	*at = (struct columns){ -1, -1, -1, -1, -1, -1, -1 };
	if (table_column(t, q->reference, &at->reference) != 0 ||
		table_column(t, q->prediction, &at->prediction) != 0 ||
		(q->positive && table_column(t, q->positive, &at->positive) != 0) ||
		find_optional(&at->site, t, q->site, q->site_optional) != 0 ||
		find_optional(&at->patient, t, q->patient, q->patient_optional) != 0)
		return -1;
	at->synthetic = table_find_column(t, "synthetic");
	at->truth = table_find_column(t, "true_abmd_g_cm2"); /* known for synthetic subjects only */
	return 0;
}

/* 1 yes, 0 no, -1 neither. */
static int truth_value(const char *text)
{
	static const char *const yes[] = { "1", "yes", "true" }, *const no[] = { "0", "no", "false" };
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
		if (strcasecmp(text, yes[i]) == 0)
			return 1;
		if (strcasecmp(text, no[i]) == 0)
			return 0;
	}
	return -1;
}

static int read_disease(struct row *row, const struct table *t, int64_t i, const struct columns *at,
	const struct cases_request *q)
{
	if (at->positive < 0) {
		row->diseased = q->has_threshold && row->reference <= q->threshold;
		return 0;
	}
	const char *cell = table_cell(t, i, at->positive);
	row->missing = row->missing || table_is_missing(cell);
	if (row->missing)
		return 0;
	int value = truth_value(cell);
	if (value < 0)
		return ERR_INVALID("'%s' line %lld: column '%s' wants 1/0, yes/no or true/false, got '%s'", t->path,
			(long long)(i + 2), q->positive, cell);
	row->diseased = (uint8_t)value;
	return 0;
}

static int read_row(struct row *row, const struct table *t, int64_t i, const struct columns *at,
	const struct cases_request *q)
{
	*row = (struct row){ "", "", 0, 0, 0, 0, false };
	if (at->site >= 0) {
		row->site = table_cell(t, i, at->site);
		row->site = table_is_missing(row->site) ? "n/a" : row->site;
		if (!markup_is_utf8(row->site)) /* JSON could not tell two such names apart */
			return ERR_INVALID("'%s' line %lld: the site's name is not UTF-8", t->path, (long long)(i + 2));
	}
	if (table_number(t, i, at->reference, &row->reference) != 0 ||
		table_number(t, i, at->prediction, &row->prediction) != 0)
		return -1;
	row->missing = !(row->reference == row->reference) || !(row->prediction == row->prediction);
	if (read_disease(row, t, i, at, q) != 0)
		return -1;
	if (at->patient < 0 || row->missing)
		return 0;
	row->patient = table_cell(t, i, at->patient);
	if (table_is_missing(row->patient))
		return ERR_INVALID("'%s' line %lld: column '%s' is missing, so its clustering is unknown", t->path,
			(long long)(i + 2), q->patient);
	return 0;
}

static bool is_synthetic(const struct table *t, int64_t i, const struct columns *at)
{
	return (at->synthetic >= 0 && truth_value(table_cell(t, i, at->synthetic)) == 1) ||
		(at->truth >= 0 && !table_is_missing(table_cell(t, i, at->truth)));
}

/* Reads the rows that pass the filter into row[*n], the ones with missing values included. */
static int read_rows(struct cases *c, struct row *row, int64_t *n, const struct cases_request *q)
{
	int rc = -1;
	struct filter filter = { 0 };
	struct columns at;
	*n = 0;
	TRY(find_columns(&at, &c->table, q));
	c->has_sites = at.site >= 0;
	c->has_patients = at.patient >= 0;
	TRY(filter_init(&filter, &c->table, q->where));
	for (int64_t i = 0; i < c->table.n_rows; i++) {
		if (!filter_passes(&filter, &c->table, i))
			continue;
		TRY(read_row(&row[*n], &c->table, i, &at, q));
		c->n_missing += row[*n].missing;
		c->synthetic = c->synthetic || (!row[*n].missing && is_synthetic(&c->table, i, &at));
		++*n;
	}
	c->n_read = c->table.n_rows;
	c->n_filtered = c->n_read - *n;
	c->n = *n - c->n_missing;
	if (c->n_read == 0)
		ERR_INVALID("'%s': the table has no row", c->table.path);
	else if (*n == 0)
		ERR_INVALID("'%s': no row of %lld has %s", c->table.path, (long long)c->n_read, q->where);
	else if (c->n == 0)
		ERR_INVALID("'%s': no row of %lld has both '%s' and '%s'", c->table.path, (long long)*n, q->reference,
			q->prediction);
	else
		rc = 0;
cleanup:
	filter_free(&filter);
	return rc;
}

static int by_patient(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	return a->missing != b->missing ? a->missing - b->missing : strcmp(a->patient, b->patient);
}

/* Rows with missing values end each site, so that a site's used rows are contiguous. */
static int by_site(const void *left, const void *right)
{
	const struct row *a = left, *b = right;
	int site = strcmp(a->site, b->site);
	if (site != 0)
		return site;
	if (a->missing || b->missing)
		return a->missing - b->missing;
	if (a->patient_index != b->patient_index)
		return a->patient_index < b->patient_index ? -1 : 1;
	if (a->reference != b->reference)
		return a->reference < b->reference ? -1 : 1;
	if (a->prediction != b->prediction)
		return a->prediction < b->prediction ? -1 : 1;
	return a->diseased - b->diseased;
}

static void number_patients(struct cases *c, struct row *row, int64_t n)
{
	qsort(row, (size_t)n, sizeof(*row), by_patient);
	for (int64_t i = 0; i < c->n; i++) {
		if (i == 0 || strcmp(row[i].patient, row[i - 1].patient) != 0)
			c->n_patients++;
		row[i].patient_index = c->n_patients - 1;
	}
}

static size_t align8(size_t bytes)
{
	return (bytes + 7) / 8 * 8;
}

/* One block for all arrays; widest elements first. */
static int allocate(struct cases *c, int64_t n_sites, const struct cases_request *q)
{
	size_t n = (size_t)c->n;
	size_t site_bytes = (size_t)n_sites * sizeof(struct cases_site);
	if (memory_alloc(&c->block, NULL, site_bytes + n * (3 * 8 + sizeof(char *)) + align8(n), "table rows") != 0)
		return -1;
	char *at = c->block.data;
	c->sites = (struct cases_site *)at;
	c->reference = (double *)(at += site_bytes);
	c->prediction = (double *)(at += n * 8);
	at += n * 8;
	if (c->has_patients) {
		c->patient = (int64_t *)at;
		c->patient_name = (const char **)(at + n * 8);
	}
	at += n * (8 + sizeof(char *));
	if (q->has_threshold || q->positive)
		c->diseased = (uint8_t *)at;
	return 0;
}

static bool starts_site(const struct row *row, int64_t i)
{
	return i == 0 || strcmp(row[i].site, row[i - 1].site) != 0;
}

static void fill(struct cases *c, const struct row *row, int64_t n)
{
	struct cases_site *site = NULL;
	int64_t used = 0;
	for (int64_t i = 0; i < n; i++) {
		if (c->has_sites && starts_site(row, i)) {
			site = &c->sites[c->n_sites++];
			*site = (struct cases_site){ row[i].site, used, 0, 0, 0 };
		}
		if (row[i].missing) {
			if (site)
				site->n_missing++;
			continue;
		}
		c->reference[used] = row[i].reference;
		c->prediction[used] = row[i].prediction;
		if (c->diseased)
			c->diseased[used] = row[i].diseased;
		if (c->patient) {
			c->patient[used] = row[i].patient_index;
			c->patient_name[used] = row[i].patient;
		}
		if (site && c->patient)
			site->n_patients += site->n == 0 || c->patient[used] != c->patient[used - 1];
		if (site)
			site->n++;
		used++;
	}
}

int cases_read(struct cases *c, const struct cases_request *request)
{
	int rc = -1;
	struct memory rows = { 0 };
	int64_t n = 0, n_sites = 0;
	*c = (struct cases){ 0 };
	TRY(table_read(&c->table, request->table));
	TRY(memory_alloc(&rows, NULL, (size_t)c->table.n_rows * sizeof(struct row), "table rows"));
	struct row *row = rows.data;
	TRY(read_rows(c, row, &n, request));
	if (c->has_patients)
		number_patients(c, row, n);
	qsort(row, (size_t)n, sizeof(*row), by_site);
	for (int64_t i = 0; c->has_sites && i < n; i++)
		n_sites += starts_site(row, i);
	TRY(allocate(c, n_sites, request));
	fill(c, row, n);
	rc = 0;
cleanup:
	memory_free(&rows);
	if (rc != 0)
		cases_free(c);
	return rc;
}

void cases_free(struct cases *c)
{
	memory_free(&c->block);
	table_free(&c->table);
	*c = (struct cases){ 0 };
}

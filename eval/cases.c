#include "eval/cases.h"

#include <stdlib.h>
#include <string.h>

#include "eval/case_key.h"
#include "eval/case_row.h"
#include "eval/filter.h"
#include "host/run/err.h"

static int check_any(const struct cases *c, int64_t n, const struct cases_request *q)
{
	if (c->n_read == 0)
		return ERR_INVALID("'%s': the table has no row", c->table.path);
	if (n == 0)
		return ERR_INVALID(
			"'%s': no row of %lld has %s", c->table.path, (long long)c->n_read, q->where);
	if (c->n == 0)
		return ERR_INVALID("'%s': no row of %lld has both '%s' and '%s'", c->table.path, (long long)n,
			q->reference, q->prediction);
	return 0;
}

/* Reads the rows that pass the filter into row[*n], the ones with missing values included. */
static int read_rows(struct cases *c, struct case_row *row, int64_t *n, const struct cases_request *q)
{
	int rc = -1;
	struct filter filter = { 0 };
	struct case_reader reader = { 0 };
	*n = 0;
	TRY(case_reader_init(&reader, &c->table, q));
	c->has_sites = reader.site >= 0;
	c->has_patients = reader.patient >= 0;
	TRY(filter_init(&filter, &c->table, q->where));
	for (int64_t i = 0; i < c->table.n_rows; i++) {
		if (!filter_passes(&filter, &c->table, i))
			continue;
		TRY(case_row_read(&row[*n], &reader, i));
		c->n_missing += row[*n].missing;
		c->n_refused += row[*n].refused;
		c->n_refused_diseased += row[*n].refused && row[*n].diseased;
		c->synthetic = c->synthetic || row[*n].synthetic;
		++*n;
	}
	c->n_read = c->table.n_rows;
	c->n_filtered = c->n_read - *n;
	c->n = *n - c->n_missing;
	TRY(check_any(c, *n, q));
	if (q->key || c->has_patients)
		TRY(case_key_check(&c->table, row, *n, q->key));
	rc = 0;
cleanup:
	filter_free(&filter);
	case_reader_free(&reader);
	return rc;
}

static int by_patient(const void *left, const void *right)
{
	const struct case_row *a = left, *b = right;
	return a->missing != b->missing ? a->missing - b->missing : strcmp(a->patient, b->patient);
}

static int compare(double a, double b)
{
	return a < b ? -1 : a > b;
}

/* Rows that are equal so far may differ in the table's other columns, which models and subgroups read. */
static int by_cells(const struct case_row *a, const struct case_row *b)
{
	for (int64_t k = 0; k < a->n_cells; k++) {
		int order = strcmp(a->cells[k], b->cells[k]);
		if (order != 0)
			return order;
	}
	return 0;
}

/* Rows with missing values end each site, so that a site's used rows are contiguous. */
static int by_site(const void *left, const void *right)
{
	const struct case_row *a = left, *b = right;
	int site = strcmp(a->site, b->site);
	if (site != 0)
		return site;
	if (a->missing || b->missing)
		return a->missing - b->missing;
	if (a->patient_index != b->patient_index)
		return a->patient_index < b->patient_index ? -1 : 1;
	if (a->reference != b->reference)
		return compare(a->reference, b->reference);
	if (a->prediction != b->prediction)
		return compare(a->prediction, b->prediction);
	if (a->diseased != b->diseased)
		return a->diseased - b->diseased;
	return a->score != b->score ? compare(a->score, b->score) : by_cells(a, b);
}

static void number_patients(struct cases *c, struct case_row *row, int64_t n)
{
	qsort(row, (size_t)n, sizeof(*row), by_patient);
	for (int64_t i = 0; i < c->n; i++) {
		if (i == 0 || strcmp(row[i].patient, row[i - 1].patient) != 0)
			c->n_patients++;
		row[i].patient_index = c->n_patients - 1;
	}
}

/* One block for all arrays; widest elements first. */
static int allocate(struct cases *c, int64_t n_sites, const struct cases_request *q)
{
	enum { WIDE = 6, BYTES = 4 };
	const size_t n = (size_t)c->n, site_bytes = (size_t)n_sites * sizeof(struct cases_site);
	if (memory_alloc(&c->block, NULL, site_bytes + n * (WIDE * 8 + BYTES), "table rows") != 0)
		return -1;
	c->sites = c->block.data;
	c->reference = (double *)((char *)c->block.data + site_bytes);
	c->prediction = c->reference + n;
	c->score = c->prediction + n;
	c->source = (int64_t *)(c->score + n);
	if (c->has_patients) {
		c->patient = c->source + n;
		c->patient_name = (const char **)(c->patient + n);
	}
	uint8_t *bytes = (uint8_t *)(c->source + 3 * n);
	if (q->has_threshold || q->criterion || q->positive)
		c->diseased = bytes;
	if (q->has_threshold || q->criterion)
		c->called = bytes + n;
	if (q->milder) {
		c->class_reference = bytes + 2 * n;
		c->class_prediction = bytes + 3 * n;
	}
	return 0;
}

static bool starts_site(const struct case_row *row, int64_t i)
{
	return i == 0 || strcmp(row[i].site, row[i - 1].site) != 0;
}

static void fill_row(struct cases *c, int64_t i, const struct case_row *row)
{
	c->reference[i] = row->reference;
	c->prediction[i] = row->prediction;
	c->score[i] = row->score;
	c->source[i] = row->source;
	if (c->diseased)
		c->diseased[i] = row->diseased;
	if (c->called)
		c->called[i] = row->called;
	if (c->class_reference) {
		c->class_reference[i] = row->class_reference;
		c->class_prediction[i] = row->class_prediction;
	}
	if (c->patient) {
		c->patient[i] = row->patient_index;
		c->patient_name[i] = row->patient;
	}
}

static void count_missing(struct cases_site *site, const struct case_row *row)
{
	site->n_missing++;
	site->n_refused += row->refused;
	site->n_refused_diseased += row->refused && row->diseased;
}

static void fill(struct cases *c, const struct case_row *row, int64_t n)
{
	struct cases_site *site = NULL;
	int64_t used = 0;
	for (int64_t i = 0; i < n; i++) {
		if (c->has_sites && starts_site(row, i)) {
			site = &c->sites[c->n_sites++];
			*site = (struct cases_site){ .name = row[i].site, .first = used };
		}
		if (row[i].missing) {
			if (site)
				count_missing(site, &row[i]);
			continue;
		}
		fill_row(c, used, &row[i]);
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
	TRY(memory_alloc(&rows, NULL, (size_t)c->table.n_rows * sizeof(struct case_row), "table rows"));
	struct case_row *row = rows.data;
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

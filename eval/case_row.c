#include "eval/case_row.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "eval/markup.h"
#include "eval/quantity.h"
#include "eval/sbmd.h"
#include "host/run/err.h"

static int find_optional(int64_t *column, const struct table *t, const char *name, bool optional)
{
	if (!name)
		return 0;
	*column = table_find_column(t, name);
	return *column < 0 && !optional ? table_column(t, name, column) : 0;
}

static int find_columns(struct case_reader *r)
{
	const struct table *t = r->table;
	const struct cases_request *q = r->request;
	const bool by_person = r->criterion.scale != CRITERION_VALUE;
	r->reference = r->prediction = r->positive = r->site = r->patient = r->sex = r->device = -1;
	if (table_column(t, q->reference, &r->reference) != 0 ||
		table_column(t, q->prediction, &r->prediction) != 0 ||
		(q->positive && table_column(t, q->positive, &r->positive) != 0) ||
		find_optional(&r->site, t, q->site, q->site_optional) != 0 ||
		find_optional(&r->patient, t, q->patient, q->patient_optional) != 0 ||
		(by_person && table_column(t, q->sex, &r->sex) != 0) ||
		find_optional(&r->device, t, q->device, !q->sbmd_region) != 0)
		return -1;
	r->synthetic = table_find_column(t, "synthetic");
	r->truth = table_find_column(t, "true_abmd_g_cm2"); /* known for synthetic subjects only */
	return 0;
}

static int read_criteria(struct case_reader *r)
{
	const struct cases_request *q = r->request;
	r->has_criterion = q->has_threshold || q->criterion;
	if (q->has_threshold)
		r->criterion = (struct criterion){ CRITERION_VALUE, true, q->threshold };
	if (q->criterion && criterion_parse(&r->criterion, q->criterion) != 0)
		return -1;
	if (q->milder && criterion_parse(&r->milder, q->milder) != 0)
		return -1;
	r->has_milder = q->milder != NULL;
	if (r->has_milder && (!r->has_criterion || r->milder.scale != r->criterion.scale ||
				     !(r->milder.cut > r->criterion.cut)))
		return ERR_USAGE("the milder criterion goes with a stricter one on the same scale");
	if (r->criterion.scale == CRITERION_VALUE)
		return 0;
	if (!q->young_adults)
		return ERR_USAGE("T-scores and %% of the young adult mean need --young-adults");
	return young_adults_read(&r->young, q->young_adults);
}

int case_reader_init(struct case_reader *r, const struct table *t, const struct cases_request *q)
{
	*r = (struct case_reader){ .table = t, .request = q };
	if (read_criteria(r) == 0 && find_columns(r) == 0)
		return 0;
	case_reader_free(r);
	return -1;
}

void case_reader_free(struct case_reader *r)
{
	young_adults_free(&r->young);
	*r = (struct case_reader){ 0 };
}

static long long line_of(int64_t i)
{
	return (long long)(i + 2);
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

/* A missing value is a fact, a NaN somebody's failed arithmetic: only the first is counted. */
static int read_number(double *number, const struct case_reader *r, int64_t i, int64_t column)
{
	const char *cell = table_cell(r->table, i, column);
	if (strcasecmp(cell, "nan") == 0)
		return ERR_INVALID("'%s' line %lld, column '%s': NaN; a missing value is written n/a",
			r->table->path, line_of(i), r->table->columns[column]);
	return table_number(r->table, i, column, number);
}

static const char *cell_or_empty(const struct case_reader *r, int64_t i, int64_t column)
{
	const char *cell = column >= 0 ? table_cell(r->table, i, column) : "";
	return table_is_missing(cell) ? "" : cell;
}

static int standardize(double *bmd, const struct case_reader *r, int64_t i, const char *device)
{
	const struct sbmd_line *line = sbmd_find(r->request->sbmd_region, device);
	if (!line)
		return ERR_INVALID("'%s' line %lld: no standardized BMD is known for the device '%s'",
			r->table->path, line_of(i), device);
	*bmd = sbmd_mg_cm2(line, *bmd);
	return 0;
}

static int read_values(struct case_row *row, const struct case_reader *r, int64_t i)
{
	if (read_number(&row->reference, r, i, r->reference) != 0 ||
		read_number(&row->prediction, r, i, r->prediction) != 0)
		return -1;
	if (quantity_is_areal(r->request->unit) && row->reference <= 0) /* -9 for a missing value, say */
		return ERR_INVALID("'%s' line %lld, column '%s': %g is no areal density; a missing value is written n/a",
			r->table->path, line_of(i), r->request->reference, row->reference);
	if (r->request->sbmd_region &&
		(standardize(&row->reference, r, i, cell_or_empty(r, i, r->device)) != 0 ||
			standardize(&row->prediction, r, i, r->request->prediction_device) != 0))
		return -1;
	row->missing = isnan(row->reference) || isnan(row->prediction);
	row->refused = !isnan(row->reference) && isnan(row->prediction);
	row->score = row->prediction;
	return 0;
}

static uint8_t class_of(const struct case_reader *r, double scaled)
{
	return criterion_holds(&r->criterion, scaled) ? 2 : criterion_holds(&r->milder, scaled) ? 1 : 0;
}

/* Disease by the criterion, which may depend on sex and device. */
static int judge(struct case_row *row, const struct case_reader *r, int64_t i)
{
	const struct young_adult *young = NULL;
	if (r->criterion.scale != CRITERION_VALUE && !isnan(row->reference)) {
		const char *sex = cell_or_empty(r, i, r->sex), *device = cell_or_empty(r, i, r->device);
		young = young_adults_find(&r->young, sex, device);
		if (!young)
			return ERR_INVALID(
				"'%s' line %lld: '%s' has no young adults of sex '%s' and device '%s'",
				r->table->path, line_of(i), r->request->young_adults, sex, device);
	}
	if (isnan(row->reference))
		return 0;
	double reference = criterion_scaled(r->criterion.scale, row->reference, young);
	row->score = criterion_scaled(r->criterion.scale, row->prediction, young);
	row->diseased = criterion_holds(&r->criterion, reference);
	row->called = criterion_holds(&r->criterion, row->score);
	if (r->has_milder) {
		row->class_reference = class_of(r, reference);
		row->class_prediction = class_of(r, row->score);
	}
	return 0;
}

static int read_disease(struct case_row *row, const struct case_reader *r, int64_t i)
{
	if (r->positive < 0)
		return r->has_criterion ? judge(row, r, i) : 0;
	const char *cell = table_cell(r->table, i, r->positive);
	row->missing = row->missing || table_is_missing(cell);
	row->refused = row->refused && !table_is_missing(cell);
	if (table_is_missing(cell))
		return 0;
	int value = truth_value(cell);
	if (value < 0)
		return ERR_INVALID("'%s' line %lld: column '%s' wants 1/0, yes/no or true/false, got '%s'",
			r->table->path, line_of(i), r->request->positive, cell);
	row->diseased = (uint8_t)value;
	return 0;
}

static bool is_synthetic(const struct case_reader *r, int64_t i)
{
	return (r->synthetic >= 0 && truth_value(table_cell(r->table, i, r->synthetic)) == 1) ||
	       (r->truth >= 0 && !table_is_missing(table_cell(r->table, i, r->truth)));
}

int case_row_read(struct case_row *row, const struct case_reader *r, int64_t i)
{
	const struct table *t = r->table;
	*row = (struct case_row){ .site = "",
		.patient = "",
		.cells = t->cells + i * t->n_columns,
		.n_cells = t->n_columns,
		.source = i };
	if (r->site >= 0) {
		row->site = table_cell(t, i, r->site);
		row->site = table_is_missing(row->site) ? "n/a" : row->site;
		if (!markup_is_utf8(row->site)) /* JSON could not tell two such names apart */
			return ERR_INVALID(
				"'%s' line %lld: the site's name is not UTF-8", t->path, line_of(i));
	}
	if (read_values(row, r, i) != 0 || read_disease(row, r, i) != 0)
		return -1;
	row->synthetic = !row->missing && is_synthetic(r, i);
	if (r->patient < 0 || row->missing)
		return 0;
	row->patient = table_cell(t, i, r->patient);
	if (table_is_missing(row->patient))
		return ERR_INVALID("'%s' line %lld, column '%s': empty; every row needs its patient, the cluster",
			t->path, line_of(i), r->request->patient);
	return 0;
}

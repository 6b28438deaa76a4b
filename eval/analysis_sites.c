#include "eval/analysis_sites.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/analysis_diagnosis.h"
#include "eval/name_list.h"
#include "eval/stats/recalibration.h"
#include "eval/stats/repeats.h"
#include "eval/stats/roc.h"
#include "eval/stats/roc_cut.h"
#include "host/run/err.h"
#include "host/run/memory.h"

static int check_sites(const struct name_list *names, const struct cases *c)
{
	for (int i = 0; i < names->n; i++) {
		int64_t s = 0;
		while (s < c->n_sites && strcmp(c->sites[s].name, names->name[i]) != 0)
			s++;
		if (s == c->n_sites)
			return ERR_INVALID("'%s': no site is called '%s'", c->table.path, names->name[i]);
	}
	return 0;
}

/* rows[]: of the sites that are (or are not) in the list; their count. */
static int64_t rows_of(int64_t *rows, const struct cases *c, const struct name_list *names, bool inside)
{
	int64_t n = 0;
	for (int64_t s = 0; s < c->n_sites; s++)
		for (int64_t i = 0; i < c->sites[s].n && name_list_has(names, c->sites[s].name) == inside;
			i++)
			rows[n++] = c->sites[s].first + i;
	return n;
}

static int choose_cut(struct roc_cut *cut, const struct sample *s)
{
	int rc = -1;
	struct roc roc = { 0 };
	struct roc_curve curve = { 0 };
	*cut = (struct roc_cut){ NAN, 0, 0, NAN };
	TRY(roc_init(&roc, s->score, s->diseased, s->n, ROC_LOWER_IS_CASE));
	if (!isnan(roc.auc)) {
		TRY(roc_curve_init(&curve, &roc));
		*cut = roc_cut_youden(&curve);
	}
	rc = 0;
cleanup:
	roc_curve_free(&curve);
	roc_free(&roc);
	return rc;
}

static int apply_cut(struct estimates *e, const struct cases *c, const int64_t *rows, int64_t n,
	const char *group, double threshold)
{
	struct sample s;
	struct memory block = { 0 };
	if (sample_init(&s, c, rows, n, "youden", group) != 0)
		return -1;
	int rc = memory_alloc(&block, NULL, (size_t)n, "calls");
	uint8_t *called = block.data;
	for (int64_t i = 0; rc == 0 && i < n; i++)
		called[i] = s.score[i] <= threshold;
	estimates_group(e, s.level, s.group, n);
	if (rc == 0)
		analysis_cut(e, "youden_", s.diseased, called, n, NULL);
	memory_free(&block);
	sample_free(&s);
	return rc;
}

static int apply_to_others(struct estimates *e, const struct cases *c, const struct name_list *names,
	int64_t *rows, double threshold)
{
	for (int64_t s = 0; s < c->n_sites; s++) {
		const struct cases_site *site = &c->sites[s];
		if (name_list_has(names, site->name) || site->n == 0)
			continue;
		for (int64_t i = 0; i < site->n; i++)
			rows[i] = site->first + i;
		if (apply_cut(e, c, rows, site->n, site->name, threshold) != 0)
			return -1;
	}
	int64_t n = rows_of(rows, c, names, false);
	return n > 0 ? apply_cut(e, c, rows, n, "other sites", threshold) : 0;
}

int analysis_youden(struct estimates *e, const struct cases *c, const char *development)
{
	int rc = -1;
	struct name_list names = { 0 };
	struct memory block = { 0 };
	struct sample s = { 0 };
	struct roc_cut cut;
	if (!c->diseased)
		return 0;
	estimates_group(e, "youden", "development sites", 0);
	if (!development) {
		estimates_none(e, "youden_threshold",
			"no development sites were named, and on the test sites it would flatter");
		return 0;
	}
	TRY(name_list_init(&names, development));
	TRY(check_sites(&names, c));
	TRY(memory_alloc(&block, NULL, (size_t)c->n * sizeof(int64_t), "rows"));
	int64_t *rows = block.data, n = rows_of(rows, c, &names, true);
	TRY(sample_init(&s, c, rows, n, "youden", "development sites"));
	TRY(choose_cut(&cut, &s));
	estimates_group(e, s.level, s.group, n);
	estimates_value(
		e, "youden_threshold", cut.threshold, "score at or below it is positive", "one class only");
	estimates_value(e, "youden_j", cut.j, "on the development sites themselves", "one class only");
	if (!isnan(cut.j))
		TRY(apply_to_others(e, c, &names, rows, cut.threshold));
	rc = 0;
cleanup:
	sample_free(&s);
	memory_free(&block);
	name_list_free(&names);
	return rc;
}

int analysis_recalibration(struct estimates *e, const struct sample *site, uint64_t seed)
{
	static const int64_t counts[] = { 5, 10, 20, 50, 100 };
	static const char *const names[] = { "mae_uncalibrated", "mae_after_shift", "mae_after_line" };
	enum { DRAWS = 200 };
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct recalibration r;
		if (counts[i] >= site->n_clusters)
			break;
		if (recalibration_compute(&r, site->reference, site->prediction, site->cluster, site->n,
			    counts[i], DRAWS, seed) != 0)
			return -1;
		estimates_group(e, "recalibration", site->group, site->n);
		for (int kind = 0; kind < RECALIBRATION_KINDS; kind++) {
			char statistic[64];
			snprintf(statistic, sizeof(statistic), "%s_%lld_patients", names[kind],
				(long long)counts[i]);
			estimates_add(e, statistic, r.mae[kind], r.spread[kind],
				"mean and 95 % range over 200 random choices, on the other patients",
				"no line can be fitted");
		}
	}
	return 0;
}

struct keyed {
	const struct table *table;
	const int64_t *column;
	int n_columns;
	int64_t cluster, row, source;
};

static int by_subject(const struct keyed *a, const struct keyed *b)
{
	if (a->cluster != b->cluster)
		return a->cluster < b->cluster ? -1 : 1;
	for (int k = 0; k < a->n_columns; k++) {
		int order = strcmp(table_cell(a->table, a->source, a->column[k]),
			table_cell(b->table, b->source, b->column[k]));
		if (order != 0)
			return order;
	}
	return 0;
}

static int by_subject_then_row(const void *left, const void *right)
{
	const struct keyed *a = left, *b = right;
	int order = by_subject(a, b);
	return order != 0 ? order : a->row < b->row ? -1 : a->row > b->row;
}

static void add_precision(struct estimates *e, const struct repeats *r)
{
	static const char none[] = "no subject has two rows";
	estimates_value(e, "n_repeated", (double)r->n_subjects, NULL, NULL);
	estimates_add(
		e, "rms_sd", r->rms_sd, r->rms_sd_ci, "root mean square over subjects; chi-square", none);
	estimates_value(e, "rms_cv_percent", r->rms_cv_percent, "root mean square over subjects", none);
	estimates_add(e, "lsc", r->lsc, r->lsc_ci, "2.77 RMS-SD, 95 % level", none);
}

int analysis_repeats(
	struct estimates *e, const struct cases *c, const struct sample *all, const char *columns)
{
	int rc = -1;
	struct name_list names = { 0 };
	struct memory block = { 0 };
	int64_t column[NAME_LIST_LIMIT];
	struct repeats r;
	const size_t n = (size_t)all->n;
	if (!columns)
		return 0;
	TRY(name_list_init(&names, columns));
	for (int k = 0; k < names.n; k++)
		TRY(table_column(&c->table, names.name[k], &column[k]));
	TRY(memory_alloc(&block, NULL, n * (sizeof(struct keyed) + 16), "repeats"));
	struct keyed *key = block.data;
	double *value = (double *)(key + n);
	int64_t *subject = (int64_t *)(value + n);
	for (int64_t i = 0; i < all->n; i++)
		key[i] = (struct keyed){ &c->table, column, names.n, all->cluster[i], i, all->source[i] };
	qsort(key, n, sizeof(*key), by_subject_then_row);
	for (int64_t i = 0; i < all->n; i++) {
		value[i] = all->prediction[key[i].row];
		subject[i] = i == 0 ? 0 : subject[i - 1] + (by_subject(&key[i - 1], &key[i]) != 0);
	}
	repeats_compute(&r, value, subject, all->n);
	estimates_group(e, "repeats", columns, all->n);
	add_precision(e, &r);
	rc = 0;
cleanup:
	memory_free(&block);
	name_list_free(&names);
	return rc;
}

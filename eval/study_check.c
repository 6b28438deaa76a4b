#include "eval/study_check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/study_films.h"
#include "eval/study_findings.h"
#include "host/run/err.h"
#include "host/run/memory.h"

static const double least_bmd_g_cm2 = 0.1, most_bmd_g_cm2 = 2.5, most_years = 120;

void study_findings_add(struct table *findings, const char *severity, const char *code, const char *file,
	int64_t line, const char *fmt, ...)
{
	char text[1024];
	int64_t row = table_add_row(findings);
	va_list words;
	va_start(words, fmt);
	vsnprintf(text, sizeof(text), fmt, words);
	va_end(words);
	for (char *c = text; *c; c++) /* a TSV cell holds neither */
		if (*c == '\t' || *c == '\n' || *c == '\r')
			*c = ' ';
	table_set(findings, row, "severity", severity);
	table_set(findings, row, "code", code);
	table_set(findings, row, "file", file);
	table_set(findings, row, "message", text);
	if (line > 0)
		table_set_number(findings, row, "line", (double)line);
}

/* The row of a participant; -1 = nobody. */
static int64_t find_participant(const struct study *s, const char *id)
{
	int64_t column = table_find_column(&s->participants, "participant_id");
	for (int64_t i = 0; column >= 0 && i < s->participants.n_rows; i++)
		if (strcmp(table_cell(&s->participants, i, column), id) == 0)
			return i;
	return -1;
}

static bool has_participant(const struct table *t, const char *id)
{
	int64_t column = table_find_column(t, "participant_id");
	for (int64_t i = 0; column >= 0 && i < t->n_rows; i++)
		if (strcmp(table_cell(t, i, column), id) == 0)
			return true;
	return false;
}

/* A column that may be absent; what is missing is no finding. */
static void check_range(struct table *findings, const struct table *t, const char *file, const char *name,
	double least, double most)
{
	int64_t column = table_find_column(t, name);
	for (int64_t i = 0; column >= 0 && i < t->n_rows; i++) {
		double x;
		if (table_number(t, i, column, &x) != 0)
			study_findings_add(findings, "error", "bad_value", file, i + 2,
				"column '%s': '%s' is no number", name, table_cell(t, i, column));
		else if (!isnan(x) && !(x >= least && x <= most))
			study_findings_add(findings, "error", "out_of_range", file, i + 2,
				"%s %g is outside %g to %g", name, x, least, most);
	}
}

static void check_known(
	struct table *findings, const struct study *s, const struct table *t, const char *file)
{
	int64_t column = table_find_column(t, "participant_id");
	for (int64_t i = 0; column >= 0 && i < t->n_rows; i++)
		if (find_participant(s, table_cell(t, i, column)) < 0)
			study_findings_add(findings, "error", "unknown_participant", file, i + 2,
				"'%s' is not in participants.tsv", table_cell(t, i, column));
}

struct key {
	const char *part[4];
	int64_t row;
};

static int by_key(const struct key *a, const struct key *b)
{
	int order = 0;
	for (int k = 0; k < 4 && order == 0; k++)
		order = strcmp(a->part[k], b->part[k]);
	return order;
}

static int by_key_then_row(const void *left, const void *right)
{
	const struct key *a = left, *b = right;
	int order = by_key(a, b);
	return order != 0 ? order : a->row < b->row ? -1 : a->row > b->row;
}

/* Rows alike in the named columns, of which some may be absent. */
static int check_repeated(struct table *findings, const struct table *t, const char *file, const char *code,
	const char *const names[4])
{
	struct memory block = { 0 };
	if (memory_alloc(&block, NULL, (size_t)t->n_rows * sizeof(struct key), "rows of a table") != 0)
		return -1;
	struct key *key = block.data;
	for (int64_t i = 0; i < t->n_rows; i++) {
		key[i].row = i;
		for (int k = 0; k < 4; k++) {
			int64_t column = names[k] ? table_find_column(t, names[k]) : -1;
			key[i].part[k] = column < 0 ? "" : table_cell(t, i, column);
		}
	}
	if (t->n_rows > 0)
		qsort(key, (size_t)t->n_rows, sizeof(*key), by_key_then_row);
	for (int64_t i = 1; i < t->n_rows; i++)
		if (by_key(&key[i - 1], &key[i]) == 0)
			study_findings_add(findings, "error", code, file, key[i].row + 2,
				"'%s' %s %s %s stands in line %lld, too", key[i].part[0], key[i].part[1],
				key[i].part[2], key[i].part[3], (long long)(key[i - 1].row + 2));
	memory_free(&block);
	return 0;
}

static void check_sides(struct table *findings, const struct table *t, const char *file)
{
	int64_t column = table_find_column(t, "side");
	for (int64_t i = 0; column >= 0 && i < t->n_rows; i++) {
		const char *side = table_cell(t, i, column);
		if (strcmp(side, "L") != 0 && strcmp(side, "R") != 0)
			study_findings_add(findings, "error", "bad_side", file, i + 2,
				"side '%s' is neither L nor R", side);
	}
}

/* A region that is spelled another way is paired, and then used by nothing. */
static void check_regions(struct table *findings, const struct table *t, const char *file)
{
	static const char *const known[] = { "total_hip", "neck", "trochanter" };
	int64_t column = table_find_column(t, "region");
	for (int64_t i = 0; column >= 0 && i < t->n_rows; i++) {
		const char *region = table_cell(t, i, column);
		bool is_known = false;
		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
			is_known = is_known || strcmp(region, known[k]) == 0;
		if (!is_known)
			study_findings_add(findings, "warning", "other_region", file, i + 2,
				"region '%s' is none of total_hip, neck and trochanter", region);
	}
}

static int check_dxa(struct table *findings, const struct study *s, struct table *dxa)
{
	static const char *const key[4] = { "participant_id", "visit", "side", "region" };
	static const char file[] = "phenotype/dxa.tsv";
	char path[PATH_BYTES];
	if (path_format(path, "%s/%s", s->root, file) != 0)
		return -1;
	if (!path_exists(path))
		return 0;
	if (table_read(dxa, path) != 0)
		return -1;
	check_known(findings, s, dxa, file);
	check_sides(findings, dxa, file);
	check_regions(findings, dxa, file);
	check_range(findings, dxa, file, "bmd_g_cm2", least_bmd_g_cm2, most_bmd_g_cm2);
	return check_repeated(findings, dxa, file, "repeated_dxa", key);
}

static int check_folds(struct table *findings, const struct study *s)
{
	static const char *const key[4] = { "participant_id", NULL, NULL, NULL };
	struct table folds = { 0 };
	char path[PATH_BYTES];
	if (path_format(path, "%s/folds.tsv", s->root) != 0)
		return -1;
	if (!path_exists(path))
		return 0;
	int rc = table_read(&folds, path);
	if (rc == 0) {
		check_known(findings, s, &folds, "folds.tsv");
		rc = check_repeated(findings, &folds, "folds.tsv", "two_folds", key);
	}
	table_free(&folds);
	return rc;
}

static void check_people(
	struct table *findings, const struct study *s, const struct table *films, const struct table *dxa)
{
	int64_t column = table_find_column(&s->participants, "participant_id");
	check_range(findings, &s->participants, "participants.tsv", "age", 0, most_years);
	for (int64_t i = 0; i < s->participants.n_rows; i++) {
		const char *id = table_cell(&s->participants, i, column);
		if (!has_participant(films, id))
			study_findings_add(findings, "warning", "no_film", "participants.tsv", i + 2,
				"'%s' has no film", id);
		if (!has_participant(dxa, id))
			study_findings_add(findings, "warning", "no_dxa", "participants.tsv", i + 2,
				"'%s' has no DXA", id);
	}
	for (int64_t i = 0; i < s->n_sessions; i++)
		if (find_participant(s, s->sessions[i].participant) < 0)
			study_findings_add(findings, "error", "unknown_participant",
				s->sessions[i].participant, 0, "a folder of nobody in participants.tsv");
}

int study_check(struct table *findings, const struct study *s, bool images)
{
	static const char *const columns[] = { "severity", "code", "file", "line", "message" };
	int rc = -1;
	struct table films = { 0 }, dxa = { 0 };
	for (int i = 0; i < 5; i++)
		table_add_column(findings, columns[i]);
	TRY(study_films_read(&films, s));
	TRY(check_dxa(findings, s, &dxa));
	check_people(findings, s, &films, &dxa);
	TRY(check_folds(findings, s));
	if (images)
		TRY(study_check_images(findings, s, &films));
	rc = 0;
cleanup:
	table_free(&films);
	table_free(&dxa);
	return rc;
}

#include "eval/estimate_view.h"

#include <stdlib.h>
#include <string.h>

#include "host/files/alloc.h"
#include "host/run/err.h"

enum { LEVEL, GROUP, STATISTIC, ESTIMATE, LO, HI, COUNT, METHOD, REASON, COLUMNS };

static int find_columns(int64_t at[COLUMNS], const struct table *t)
{
	static const char *const names[COLUMNS] = { "level", "group", "statistic", "estimate", "lo", "hi",
		"n", "method", "reason" };
	for (int i = 0; i < COLUMNS; i++)
		if (table_column(t, names[i], &at[i]) != 0)
			return -1;
	return 0;
}

static int read_row(struct estimate *e, const struct table *t, int64_t i, const int64_t *at)
{
	double n;
	*e = (struct estimate){ .level = table_cell(t, i, at[LEVEL]),
		.group = table_cell(t, i, at[GROUP]),
		.statistic = table_cell(t, i, at[STATISTIC]),
		.method = table_cell(t, i, at[METHOD]),
		.reason = table_cell(t, i, at[REASON]) };
	if (table_number(t, i, at[ESTIMATE], &e->value) != 0 || table_number(t, i, at[LO], &e->ci.lo) != 0 ||
		table_number(t, i, at[HI], &e->ci.hi) != 0 || table_number(t, i, at[COUNT], &n) != 0)
		return -1;
	e->n = n >= 0 && n < 1e15 ? (int64_t)n : 0;
	return 0;
}

int estimate_view_read(struct estimate_view *v, const char *path)
{
	int64_t at[COLUMNS];
	*v = (struct estimate_view){ 0 };
	TRY(table_read(&v->table, path));
	TRY(find_columns(at, &v->table));
	v->n = v->table.n_rows;
	v->row = alloc_grow(NULL, (size_t)v->n + 1, sizeof(*v->row));
	for (int64_t i = 0; i < v->n; i++)
		TRY(read_row(&v->row[i], &v->table, i, at));
	return 0;
cleanup:
	estimate_view_free(v);
	return -1;
}

void estimate_view_free(struct estimate_view *v)
{
	free(v->row);
	table_free(&v->table);
	*v = (struct estimate_view){ 0 };
}

const struct estimate *estimate_view_find(
	const struct estimate_view *v, const char *level, const char *group, const char *statistic)
{
	for (int64_t i = 0; i < v->n; i++) {
		const struct estimate *e = &v->row[i];
		if (strcmp(e->statistic, statistic) == 0 && strcmp(e->level, level) == 0 &&
			(!group || strcmp(e->group, group) == 0))
			return e;
	}
	return NULL;
}

static int is_first_of_group(const struct estimate_view *v, int64_t row)
{
	for (int64_t i = 0; i < row; i++)
		if (strcmp(v->row[i].level, v->row[row].level) == 0 &&
			strcmp(v->row[i].group, v->row[row].group) == 0)
			return 0;
	return 1;
}

int64_t estimate_view_next_group(const struct estimate_view *v, const char *level, int64_t after)
{
	const char *group = after < 0 ? NULL : v->row[after].group;
	for (int64_t i = after + 1; i < v->n; i++) {
		if (strcmp(v->row[i].level, level) != 0 || (group && strcmp(v->row[i].group, group) == 0))
			continue;
		if (is_first_of_group(v, i))
			return i;
	}
	return -1;
}

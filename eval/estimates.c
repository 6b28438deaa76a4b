#include "eval/estimates.h"

#include <math.h>
#include <stdio.h>

#include "eval/number.h"

void estimates_init(struct estimates *e)
{
	static const char *const columns[] = { "level", "group", "statistic", "estimate", "lo", "hi", "n",
		"method", "reason" };
	*e = (struct estimates){ 0 };
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
		table_add_column(&e->table, columns[i]);
}

void estimates_free(struct estimates *e)
{
	table_free(&e->table);
	*e = (struct estimates){ 0 };
}

void estimates_group(struct estimates *e, const char *level, const char *group, int64_t n)
{
	e->level = level;
	e->group = group;
	e->n = n;
}

static int64_t add_row(struct estimates *e, const char *statistic, double value, const char *method)
{
	char text[NUMBER_BYTES];
	int64_t row = table_add_row(&e->table);
	table_set(&e->table, row, "level", e->level);
	if (e->group)
		table_set(&e->table, row, "group", e->group);
	table_set(&e->table, row, "statistic", statistic);
	table_set(&e->table, row, "estimate", number_exact(text, isfinite(value) ? value : NAN));
	snprintf(text, sizeof(text), "%lld", (long long)e->n);
	table_set(&e->table, row, "n", text);
	if (method)
		table_set(&e->table, row, "method", method);
	return row;
}

void estimates_add(struct estimates *e, const char *statistic, double value, struct interval ci,
	const char *method, const char *reason)
{
	char text[NUMBER_BYTES];
	int64_t row = add_row(e, statistic, value, method);
	const int has_interval = isfinite(value) && isfinite(ci.lo) && isfinite(ci.hi);
	if (has_interval) {
		table_set(&e->table, row, "lo", number_exact(text, ci.lo));
		table_set(&e->table, row, "hi", number_exact(text, ci.hi));
	} else if (reason) {
		table_set(&e->table, row, "reason", reason);
	}
}

void estimates_value(
	struct estimates *e, const char *statistic, double value, const char *method, const char *reason)
{
	int64_t row = add_row(e, statistic, value, method);
	if (!isfinite(value) && reason)
		table_set(&e->table, row, "reason", reason);
}

void estimates_none(struct estimates *e, const char *statistic, const char *reason)
{
	estimates_value(e, statistic, NAN, NULL, reason);
}

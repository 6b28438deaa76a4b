#include "eval/case_key.h"

#include <stdlib.h>
#include <string.h>

#include "eval/name_list.h"
#include "host/run/err.h"
#include "host/run/memory.h"

struct keyed {
	char **cells;
	int64_t source;
	const int64_t *column;
	int n_columns;
};

static int by_key(const struct keyed *a, const struct keyed *b)
{
	for (int i = 0; i < a->n_columns; i++) {
		int order = strcmp(a->cells[a->column[i]], b->cells[b->column[i]]);
		if (order != 0)
			return order;
	}
	return 0;
}

static int by_key_then_line(const void *left, const void *right)
{
	const struct keyed *a = left, *b = right;
	int order = by_key(a, b);
	return order != 0 ? order : a->source < b->source ? -1 : a->source > b->source;
}

static int check_sorted(const struct table *t, const struct keyed *row, int64_t n, const char *key)
{
	for (int64_t i = 1; i < n; i++)
		if (by_key(&row[i - 1], &row[i]) == 0)
			return ERR_INVALID("'%s' line %lld: the same %s as line %lld", t->path,
				(long long)(row[i].source + 2), key ? key : "row",
				(long long)(row[i - 1].source + 2));
	return 0;
}

int case_key_check(const struct table *t, const struct case_row *row, int64_t n, const char *key)
{
	int rc = -1;
	struct memory rows = { 0 }, columns = { 0 };
	struct name_list names = { 0 };
	TRY(name_list_init(&names, key));
	const int64_t n_columns = key ? names.n : t->n_columns;
	TRY(memory_alloc(&columns, NULL, (size_t)n_columns * sizeof(int64_t), "key columns"));
	TRY(memory_alloc(&rows, NULL, (size_t)n * sizeof(struct keyed), "keys"));
	int64_t *column = columns.data;
	for (int64_t i = 0; i < n_columns; i++) {
		column[i] = i;
		if (key)
			TRY(table_column(t, names.name[i], &column[i]));
	}
	struct keyed *keyed = rows.data;
	for (int64_t i = 0; i < n; i++)
		keyed[i] = (struct keyed){ row[i].cells, row[i].source, column, (int)n_columns };
	if (n > 0)
		qsort(keyed, (size_t)n, sizeof(*keyed), by_key_then_line);
	TRY(check_sorted(t, keyed, n, key));
	rc = 0;
cleanup:
	name_list_free(&names);
	memory_free(&rows);
	memory_free(&columns);
	return rc;
}

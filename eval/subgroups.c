#include "eval/subgroups.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/name_list.h"
#include "host/files/alloc.h"
#include "host/run/err.h"

enum { BOUNDS = 16, NAME_BYTES = 256, VALUES = 64 };

static void begin(struct subgroups *s, const char *name)
{
	s->group = alloc_grow(s->group, (size_t)s->n + 1, sizeof(*s->group));
	s->group[s->n++] = (struct subgroup){ alloc_text(name), s->n_rows, 0, 0 };
}

static void add(struct subgroups *s, int64_t row)
{
	s->row = alloc_grow(s->row, (size_t)s->n_rows + 1, sizeof(*s->row));
	s->row[s->n_rows++] = row;
	s->group[s->n - 1].n++;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int add_texts(struct subgroups *s, const struct cases *c, const char *name, int64_t column)
{
	const char *values[VALUES];
	int n = 0;
	for (int64_t i = 0; i < c->n; i++) {
		const char *cell = table_cell(&c->table, c->source[i], column);
		int k = 0;
		while (k < n && strcmp(values[k], cell) != 0)
			k++;
		if (k < n || table_is_missing(cell))
			continue;
		if (n == VALUES)
			return ERR_INVALID("'%s', column '%s': more than %d values; give bounds, '%s:X:Y'",
				c->table.path, name, VALUES, name);
		values[n++] = cell;
	}
	qsort(values, (size_t)n, sizeof(values[0]), by_text);
	for (int k = 0; k < n; k++) {
		char text[NAME_BYTES];
		snprintf(text, sizeof(text), "%.100s = %.100s", name, values[k]);
		begin(s, text);
		for (int64_t i = 0; i < c->n; i++)
			if (strcmp(table_cell(&c->table, c->source[i], column), values[k]) == 0)
				add(s, i);
	}
	return 0;
}

struct bounds {
	int n;
	double at[BOUNDS];
	const char *text[BOUNDS];
};

/* text: "65:75", cut up in place. */
static int parse_bounds(struct bounds *b, char *text)
{
	for (char *part = text, *next = NULL; part; part = next) {
		char *end;
		next = strchr(part, ':');
		if (next)
			*next++ = '\0';
		double at = strtod(part, &end);
		if (end == part || *end != '\0' || !isfinite(at) || b->n == BOUNDS ||
			(b->n && !(at > b->at[b->n - 1])))
			return ERR_USAGE("--subgroups: '%s' is no ascending bound", part);
		b->text[b->n] = part;
		b->at[b->n++] = at;
	}
	return 0;
}

static int add_ranges(
	struct subgroups *s, const struct cases *c, const char *name, int64_t column, const struct bounds *b)
{
	for (int k = 0; k <= b->n; k++) {
		char text[NAME_BYTES];
		if (k == 0)
			snprintf(text, sizeof(text), "%.100s < %s", name, b->text[0]);
		else if (k == b->n)
			snprintf(text, sizeof(text), "%.100s >= %s", name, b->text[k - 1]);
		else
			snprintf(text, sizeof(text), "%s <= %.100s < %s", b->text[k - 1], name, b->text[k]);
		begin(s, text);
		for (int64_t i = 0; i < c->n; i++) {
			double x;
			if (table_number(&c->table, c->source[i], column, &x) != 0)
				return -1;
			if ((k == 0 || x >= b->at[k - 1]) && (k == b->n ? !isnan(x) : x < b->at[k]))
				add(s, i);
		}
	}
	return 0;
}

static int add_column(struct subgroups *s, const struct cases *c, const char *text)
{
	int rc = -1;
	char *name = alloc_text(text), *colon = strchr(name, ':');
	int64_t column;
	struct bounds bounds = { 0 };
	if (colon)
		*colon = '\0';
	TRY(table_column(&c->table, name, &column));
	if (colon)
		TRY(parse_bounds(&bounds, colon + 1));
	rc = colon ? add_ranges(s, c, name, column, &bounds) : add_texts(s, c, name, column);
cleanup:
	free(name);
	return rc;
}

int subgroups_init(struct subgroups *s, const struct cases *c, const char *text)
{
	struct name_list list;
	*s = (struct subgroups){ 0 };
	if (name_list_init(&list, text) != 0)
		return -1;
	int rc = 0;
	for (int i = 0; i < list.n && rc == 0; i++) {
		int64_t before = s->n;
		rc = add_column(s, c, list.name[i]);
		for (int64_t g = before; g < s->n; g++)
			s->group[g].column = i;
	}
	name_list_free(&list);
	if (rc != 0)
		subgroups_free(s);
	return rc;
}

void subgroups_free(struct subgroups *s)
{
	for (int64_t i = 0; i < s->n; i++)
		free(s->group[i].name);
	free(s->group);
	free(s->row);
	*s = (struct subgroups){ 0 };
}

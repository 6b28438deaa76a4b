#include "host/files/number_table.h"

#include <stdlib.h>
#include <string.h>

#include "host/run/err.h"

static void parse_header(struct number_table *t, char *line)
{
	char *rest = NULL;
	for (char *name = strtok_r(line, ",\r", &rest); name; name = strtok_r(NULL, ",\r", &rest)) {
		if (t->n_columns == NUMBER_TABLE_COLUMNS)
			BUG("built-in table has more than %d columns", NUMBER_TABLE_COLUMNS);
		t->columns[t->n_columns++] = name;
	}
}

static const char *parse_row(struct number_table *t, const char *at)
{
	for (int c = 0; c < t->n_columns; c++) {
		char *end = NULL;
		t->values[t->n_rows * t->n_columns + c] = strtod(at, &end);
		if (end == at || (*end != ',' && *end != '\r' && *end != '\n' && *end != '\0'))
			BUG("built-in table: row %d, column %s is no number", t->n_rows, t->columns[c]);
		at = *end == ',' ? end + 1 : end;
	}
	t->n_rows++;
	return at + strspn(at, "\r\n");
}

void number_table_parse(struct number_table *t, const char *csv)
{
	size_t header = strcspn(csv, "\n"), lines = 0;
	for (const char *at = csv; *at; at++)
		lines += *at == '\n';
	*t = (struct number_table){ .text = calloc(header + 1, 1) };
	if (!t->text)
		BUG("out of memory for a built-in table");
	memcpy(t->text, csv, header);
	parse_header(t, t->text);
	t->values = calloc((lines + 1) * (size_t)t->n_columns, sizeof(double));
	if (!t->values)
		BUG("out of memory for a built-in table");
	const char *at = csv + header + strspn(csv + header, "\r\n");
	while (*at)
		at = parse_row(t, at);
}

int number_table_find(const struct number_table *t, const char *column)
{
	for (int c = 0; c < t->n_columns; c++)
		if (strcmp(t->columns[c], column) == 0)
			return c;
	return -1;
}

double number_table_at(const struct number_table *t, int row, int column)
{
	return t->values[row * t->n_columns + column];
}

#include "host/files/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/files/alloc.h"
#include "host/files/path.h"
#include "host/files/table_text.h"
#include "host/run/err.h"

static const char MISSING[] = "n/a";

void table_free(struct table *t)
{
	for (int64_t i = 0; i < t->n_rows * t->n_columns; i++)
		free(t->cells[i]);
	for (int64_t i = 0; i < t->n_columns; i++)
		free(t->columns[i]);
	free(t->cells);
	free(t->columns);
	free(t->path);
	memset(t, 0, sizeof *t);
}

/* Makes room for one more cell at the end of each row; the rows move from the last on. */
static void widen_rows(struct table *t)
{
	size_t rows = (size_t)t->n_rows, columns = (size_t)t->n_columns, room = 1;
	while (room < rows)
		room *= 2;
	t->cells = alloc_grow(t->cells, room, (columns + 1) * sizeof *t->cells);
	for (size_t r = rows; r-- > 0;) {
		char **row = t->cells + r * (columns + 1);
		memmove(row, t->cells + r * columns, columns * sizeof *row);
		row[columns] = alloc_text(MISSING);
	}
}

void table_add_column(struct table *t, const char *name)
{
	if (table_find_column(t, name) >= 0)
		BUG("the column '%s' is there already", name);
	if (t->n_rows > 0)
		widen_rows(t);
	t->columns = alloc_grow(t->columns, (size_t)t->n_columns + 1, sizeof *t->columns);
	t->columns[t->n_columns++] = alloc_text(name);
}

/* Rows double: there is room for the power of two that is not less than n_rows.  The new cells are NULL. */
static char **grow_row(struct table *t)
{
	size_t rows = (size_t)t->n_rows, columns = (size_t)t->n_columns;
	if ((rows & (rows - 1)) == 0 || rows == 0)
		t->cells =
			alloc_grow(t->cells, rows ? 2 * rows : 1, (columns ? columns : 1) * sizeof *t->cells);
	char **row = t->cells + rows * columns;
	for (size_t i = 0; i < columns; i++)
		row[i] = NULL;
	t->n_rows++;
	return row;
}

int64_t table_add_row(struct table *t)
{
	char **row = grow_row(t);
	for (int64_t i = 0; i < t->n_columns; i++)
		row[i] = alloc_text(MISSING);
	return t->n_rows - 1;
}

void table_set(struct table *t, int64_t row, const char *column, const char *text)
{
	int64_t at = table_find_column(t, column);
	if (at < 0 || row < 0 || row >= t->n_rows)
		BUG("no cell '%s' in row %" PRId64 " of %" PRId64, column, row, t->n_rows);
	char *copy = alloc_text(text);
	free(t->cells[row * t->n_columns + at]);
	t->cells[row * t->n_columns + at] = copy;
}

void table_set_number(struct table *t, int64_t row, const char *column, double number)
{
	char text[40];
	if (isnan(number)) {
		table_set(t, row, column, MISSING);
		return;
	}
	snprintf(text, sizeof text, "%.9g", number);
	table_set(t, row, column, text);
}

int64_t table_find_column(const struct table *t, const char *name)
{
	for (int64_t i = 0; i < t->n_columns; i++)
		if (strcmp(t->columns[i], name) == 0)
			return i;
	return -1;
}

static const char *name_of(const struct table *t)
{
	return t->path ? t->path : "table";
}

/* As spreadsheets write them where the comma is in the numbers. */
#define SEMICOLONS "its columns seem to be separated by semicolons: write commas, or tabs in a .tsv, and points in numbers"

static bool has_semicolons(const struct table *t)
{
	return t->n_columns == 1 && strchr(t->columns[0], ';');
}

int table_column(const struct table *t, const char *name, int64_t *column)
{
	char names[600] = "";
	size_t used = 0;
	*column = table_find_column(t, name);
	if (*column >= 0)
		return 0;
	if (has_semicolons(t))
		return ERR_INVALID("'%s' has no column '%s'; " SEMICOLONS, name_of(t), name);
	for (int64_t i = 0; i < t->n_columns && used < sizeof names - 1; i++) {
		int wrote =
			snprintf(names + used, sizeof names - used, "%s%s", i > 0 ? ", " : "", t->columns[i]);
		used += wrote > 0 ? (size_t)wrote : 0;
	}
	return ERR_INVALID("'%s' has no column '%s'; it has: %s", name_of(t), name, names);
}

const char *table_cell(const struct table *t, int64_t row, int64_t column)
{
	if (row < 0 || row >= t->n_rows || column < 0 || column >= t->n_columns)
		BUG("cell (%" PRId64 ", %" PRId64 ") of a table of %" PRId64 " rows, %" PRId64 " columns",
			row, column, t->n_rows, t->n_columns);
	return t->cells[row * t->n_columns + column];
}

bool table_is_missing(const char *cell)
{
	return cell[0] == '\0' || strcmp(cell, MISSING) == 0 || strcmp(cell, "NA") == 0 ||
	       strcmp(cell, "NaN") == 0 || strcmp(cell, "nan") == 0;
}

int table_number(const struct table *t, int64_t row, int64_t column, double *number)
{
	const char *cell = table_cell(t, row, column), *text = cell + strspn(cell, " ");
	char *end;
	if (table_is_missing(cell)) {
		*number = NAN;
		return 0;
	}
	*number = strtod(text, &end);
	/* strtod also takes "inf", "nan(...)" and hexadecimal; a table does not. */
	bool decimal = strspn(text, "+-.0123456789eE") == (size_t)(end - text);
	end += strspn(end, " ");
	if (end == text || *end != '\0' || !decimal || !isfinite(*number))
		return ERR_INVALID("'%s' line %" PRId64 ", column '%s': '%.60s' is no finite number",
			name_of(t), row + 2, t->columns[column], cell);
	return 0;
}

/* The header line becomes the columns. */
static int take_columns(struct table *t, struct table_line *line)
{
	enum { MOST_COLUMNS = 10000 }; /* also bounds the search for repeated names */
	if (line->n > MOST_COLUMNS)
		return ERR_INVALID(
			"'%s' has %zu columns; at most %d are read", t->path, line->n, MOST_COLUMNS);
	for (size_t i = 0; i < line->n; i++) {
		if (table_find_column(t, line->cells[i]) >= 0)
			return ERR_INVALID("'%s' line %" PRId64 ": the column '%s' is repeated", t->path,
				line->number, line->cells[i]);
		table_add_column(t, line->cells[i]);
	}
	return 0;
}

static int take_row(struct table *t, struct table_line *line)
{
	if ((int64_t)line->n != t->n_columns && has_semicolons(t))
		return ERR_INVALID("'%s' line %" PRId64 " has %zu cells, the header one; " SEMICOLONS, t->path, line->number,
			line->n);
	if ((int64_t)line->n != t->n_columns)
		return ERR_INVALID("'%s' line %" PRId64 " has %zu cells; the header has %" PRId64, t->path,
			line->number, line->n, t->n_columns);
	char **row = grow_row(t);
	for (size_t i = 0; i < line->n; i++)
		row[i] = alloc_text(line->cells[i]);
	return 0;
}

int table_read(struct table *t, const char *path)
{
	int rc = -1, got = 0;
	char *text = NULL;
	size_t bytes = 0;
	struct table_line line = { 0 };
	memset(t, 0, sizeof *t);
	TRY(path_read_text(&text, &bytes, path));
	t->path = alloc_text(path);
	struct table_text reader = { .path = path, .tabs = table_text_is_tsv(path), .line = 1 };
	TRY(table_text_start(&reader, text, bytes));
	while ((got = table_text_next(&reader, &line)) == 1)
		TRY(t->n_columns == 0 ? take_columns(t, &line) : take_row(t, &line));
	TRY(got);
	if (t->n_columns == 0) {
		(void)ERR_INVALID("'%s' is empty: a header line is needed", path);
		goto cleanup;
	}
	rc = 0;
cleanup:
	table_text_end(&line);
	free(text);
	if (rc != 0)
		table_free(t);
	return rc;
}

int table_write(const struct table *t, const char *path)
{
	int rc = -1;
	bool tabs = table_text_is_tsv(path);
	struct path_output output = { 0 };
	TRY(path_output_open(&output, path));
	for (int64_t row = -1; row < t->n_rows; row++) {
		char **cells = row < 0 ? t->columns : t->cells + row * t->n_columns;
		for (int64_t i = 0; i < t->n_columns; i++) {
			if (i > 0)
				fputc(tabs ? '\t' : ',', output.file);
			TRY(table_text_put(output.file, cells[i], tabs, t->n_columns == 1, path));
		}
		fputc('\n', output.file);
	}
	rc = path_output_commit(&output);
cleanup:
	path_output_abort(&output);
	return rc;
}

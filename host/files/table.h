/*
 * Tables of text cells with a header line: TSV (*.tsv) or CSV (anything else; RFC 4180 quotes).  Missing is "n/a".
 * UTF-8, LF; CRLF and a byte-order mark are accepted.  Ragged rows and repeated column names are ERR_INVALID with
 * file and line.
 */
#ifndef HOST_FILES_TABLE_H
#define HOST_FILES_TABLE_H
#include <stdbool.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
struct table {
	char *path;     /* for messages; may be NULL */
	char **columns; /* n_columns names */
	char **cells;   /* n_rows x n_columns, row by row */
	int64_t n_columns, n_rows;
};
int table_read(struct table *t, const char *path);
int table_write(const struct table *t, const char *path); /* temporary file, fsync, rename; kind by the name */
void table_free(struct table *t);
/* Building.  A column that comes after rows is "n/a" in them. */
void table_add_column(struct table *t, const char *name);
int64_t table_add_row(struct table *t); /* all cells "n/a"; returns the row */
void table_set(struct table *t, int64_t row, const char *column, const char *text);
void table_set_number(struct table *t, int64_t row, const char *column, double number); /* %.9g; NaN = n/a */
/* Reading. */
int64_t table_find_column(const struct table *t, const char *name); /* -1 when absent, without message */
int table_column(const struct table *t, const char *name, int64_t *column); /* ERR_INVALID lists what there is */
const char *table_cell(const struct table *t, int64_t row, int64_t column);
bool table_is_missing(const char *cell); /* "", "n/a", "NA", "NaN", "nan" */
/* NaN for a missing cell; ERR_INVALID with file, line and column for a cell that is no finite number. */
int table_number(const struct table *t, int64_t row, int64_t column, double *number);
#ifdef __cplusplus
}
#endif
#endif

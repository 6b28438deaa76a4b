/*
 * A table for readers: cells of text, an interval below where there is one, and numbered notes on what is n/a.  The same
 * sheet is written as HTML and as LaTeX (booktabs).
 */
#ifndef EVAL_SHEET_H
#define EVAL_SHEET_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { SHEET_COLUMNS = 12, SHEET_NOTES = 32, SHEET_CELL_BYTES = 56, SHEET_RANGE_BYTES = 104 };
struct sheet_cell {
	char text[SHEET_CELL_BYTES];   /* UTF-8 */
	char range[SHEET_RANGE_BYTES]; /* "0.91 to 0.94"; "" = none */
	int note;                      /* from 1; 0 = none */
};
struct sheet_row {
	const char *name; /* borrowed */
	struct sheet_cell cell[SHEET_COLUMNS];
};
struct sheet {
	const char *file, *title;             /* "agreement"; "Agreement" */
	const char *caption;                  /* NULL = none */
	const char *heading[SHEET_COLUMNS];   /* borrowed */
	int n_columns;
	struct sheet_row *row; /* (n_rows) */
	int64_t n_rows;
	const char *note[SHEET_NOTES]; /* borrowed */
	int n_notes;
	bool synthetic;
};
struct sheet_row *sheet_add_row(struct sheet *s, const char *name);
void sheet_free(struct sheet *s);
/* "n/a" with a note. */
void sheet_set_missing(struct sheet *s, struct sheet_cell *cell, const char *reason);
void sheet_html(FILE *out, const struct sheet *s);
void sheet_latex(FILE *out, const struct sheet *s);
#ifdef __cplusplus
}
#endif
#endif

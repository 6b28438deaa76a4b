/* The text of a table, line by line: TSV (no quotes) and CSV (RFC 4180).  Only table.c uses it. */
#ifndef HOST_FILES_TABLE_TEXT_H
#define HOST_FILES_TABLE_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#ifdef __cplusplus
extern "C" {
#endif
struct table_text {
	const char *path;
	bool tabs;	/* TSV, else CSV */
	int64_t line;	/* of `at`, from 1 */
	char *at, *end; /* the text that is left; cells are cut out of it in place */
};
struct table_line {
	char **cells; /* n of them, inside the text */
	size_t n, room;
	int64_t number; /* where the line begins */
};
bool table_text_is_tsv(const char *path); /* *.tsv */
/* text is zero-terminated and is cut up in place. */
int table_text_start(struct table_text *r, char *text, size_t bytes);
int table_text_next(struct table_text *r, struct table_line *line); /* 1 = a line, 0 = the end, -1 = error */
void table_text_end(struct table_line *line);
/* alone: the line's only cell, which must not look like a blank line. */
int table_text_put(FILE *out, const char *cell, bool tabs, bool alone, const char *path);
#ifdef __cplusplus
}
#endif
#endif

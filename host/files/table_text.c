#include "host/files/table_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "host/files/alloc.h"
#include "host/run/err.h"

bool table_text_is_tsv(const char *path)
{
	size_t length = strlen(path);
	return length >= 4 && strcmp(path + length - 4, ".tsv") == 0;
}

int table_text_start(struct table_text *r, char *text, size_t bytes)
{
	if (bytes >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
		return ERR_INVALID("'%s' is UTF-16 text: save it as UTF-8", r->path);
	if (memchr(text, '\0', bytes))
		return ERR_INVALID("'%s' is no text: it holds zero bytes", r->path);
	r->at = text;
	r->end = text + bytes;
	if (bytes >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0)
		r->at += 3;
	/* Blank lines at the end are no rows. */
	while (r->end > r->at && (r->end[-1] == '\n' || r->end[-1] == '\r'))
		r->end--;
	*r->end = '\0';
	return 0;
}

void table_text_end(struct table_line *line)
{
	free(line->cells);
	line->cells = NULL;
}

static void add_cell(struct table_line *line, char *cell)
{
	if (line->n == line->room) {
		line->room = line->room ? 2 * line->room : 16;
		line->cells = alloc_grow(line->cells, line->room, sizeof *line->cells);
	}
	line->cells[line->n++] = cell;
}

/* True at LF, CRLF or the end of the text. */
static bool at_line_end(const char *at)
{
	return *at == '\n' || *at == '\0' || (*at == '\r' && (at[1] == '\n' || at[1] == '\0'));
}

/* Takes the line end at r->at, writing a zero there to end the cell before it. */
static void take_line_end(struct table_text *r, char *cell_end)
{
	char *next = r->at + (*r->at == '\r') + (r->at + (*r->at == '\r') < r->end);
	*cell_end = '\0';
	r->at = next;
	r->line++;
}

/* A quoted cell: unescapes in place; r->at ends behind the closing quote. */
static int quoted_cell(struct table_text *r, char **cell_end)
{
	int64_t from = r->line;
	char *out = r->at;
	for (char *in = r->at + 1; in < r->end; in++) {
		if (*in == '"' && in[1] != '"') {
			*cell_end = out;
			r->at = in + 1;
			return 0;
		}
		if (*in == '"')
			in++;
		if (*in == '\n')
			r->line++;
		*out++ = *in;
	}
	return ERR_INVALID("'%s' line %" PRId64 ": the quote is never closed", r->path, from);
}

int table_text_next(struct table_text *r, struct table_line *line)
{
	const char separator = r->tabs ? '\t' : ',';
	line->n = 0;
	line->number = r->line;
	if (r->at >= r->end)
		return 0;
	for (;;) {
		char *cell = r->at, *cell_end = cell;
		if (!r->tabs && *r->at == '"') {
			if (quoted_cell(r, &cell_end) != 0)
				return -1;
			if (*r->at != separator && !at_line_end(r->at))
				return ERR_INVALID("'%s' line %" PRId64 ": text follows a closing quote",
					r->path, r->line);
		} else {
			while (*r->at != separator && !at_line_end(r->at))
				r->at++;
			cell_end = r->at;
		}
		add_cell(line, cell);
		if (*r->at != separator) {
			take_line_end(r, cell_end);
			return 1;
		}
		r->at++;
		*cell_end = '\0';
	}
}

int table_text_put(FILE *out, const char *cell, bool tabs, bool alone, const char *path)
{
	if (tabs) {
		if (strpbrk(cell, "\t\r\n"))
			return ERR_INVALID(
				"'%s': '%.60s' holds a tab or a line end, which TSV cannot", path, cell);
		fputs(*cell ? cell : "n/a", out);
		return 0;
	}
	if (!strpbrk(cell, "\",\r\n") && !(alone && *cell == '\0')) {
		fputs(cell, out);
		return 0;
	}
	fputc('"', out);
	for (const char *c = cell; *c; c++) {
		if (*c == '"')
			fputc('"', out);
		fputc(*c, out);
	}
	fputc('"', out);
	return 0;
}

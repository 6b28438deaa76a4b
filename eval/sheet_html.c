#include "eval/markup.h"
#include "eval/report.h"
#include "eval/sheet.h"

static void put_cell(FILE *out, const struct sheet_cell *cell)
{
	fputs("<td>", out);
	markup_escape(out, cell->text);
	if (cell->note)
		fprintf(out, "<sup>%d</sup>", cell->note);
	if (cell->range[0]) {
		fputs("<br><small>", out);
		markup_escape(out, cell->range);
		fputs("</small>", out);
	}
	fputs("</td>", out);
}

/* Above the table, not in it: it wraps with the page, while a wide table scrolls. */
static void put_caption(FILE *out, const struct sheet *s)
{
	fputs("<p class=\"caption\">", out);
	if (s->synthetic)
		fputs("<strong>" REPORT_SYNTHETIC ".</strong><br>", out);
	if (s->caption)
		markup_escape(out, s->caption);
	fputs("</p>\n", out);
}

static void put_notes(FILE *out, const struct sheet *s)
{
	for (int k = 0; k < s->n_notes; k++) {
		fprintf(out, "%s<sup>%d</sup> ", k ? "; " : "<p class=\"notes\">", k + 1);
		markup_escape(out, s->note[k]);
	}
	fputs(s->n_notes ? ".</p>\n" : "", out);
}

void sheet_html(FILE *out, const struct sheet *s)
{
	put_caption(out, s);
	fputs("<div class=\"wide\">\n<table>\n", out);
	fputs("<thead><tr><th></th>", out);
	for (int k = 0; k < s->n_columns; k++) {
		fputs("<th>", out);
		markup_escape(out, s->heading[k]);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
	for (int64_t i = 0; i < s->n_rows; i++) {
		fputs("<tr><th>", out);
		markup_escape(out, s->row[i].name);
		fputs("</th>", out);
		for (int k = 0; k < s->n_columns; k++)
			put_cell(out, &s->row[i].cell[k]);
		fputs("</tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
	put_notes(out, s);
}

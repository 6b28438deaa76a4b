#include <string.h>

#include "eval/report.h"
#include "eval/sheet.h"

struct replacement {
	const char *from, *to;
};

/* LaTeX's own characters, and the few beyond ASCII that the program writes. */
static void put_text(FILE *out, const char *text)
{
	static const struct replacement table[] = { { "&", "\\&" }, { "%", "\\%" }, { "$", "\\$" },
		{ "#", "\\#" }, { "_", "\\_" }, { "{", "\\{" }, { "}", "\\}" }, { "~", "\\textasciitilde{}" },
		{ "^", "\\textasciicircum{}" }, { "\\", "\\textbackslash{}" }, { "<", "$<$" }, { ">", "$>$" },
		{ "\342\210\222", "$-$" }, { "\302\262", "\\textsuperscript{2}" },
		{ "\302\263", "\\textsuperscript{3}" }, { "\317\204", "$\\tau$" },
		{ "\342\211\244", "$\\le$" }, { "\302\261", "$\\pm$" } };
	while (*text) {
		size_t i = 0, n = sizeof(table) / sizeof(table[0]);
		while (i < n && strncmp(text, table[i].from, strlen(table[i].from)) != 0)
			i++;
		if (i < n) {
			fputs(table[i].to, out);
			text += strlen(table[i].from);
		} else {
			fputc((unsigned char)*text < 32 ? ' ' : *text, out);
			text++;
		}
	}
}

static void put_cell(FILE *out, const struct sheet_cell *cell)
{
	fputs(" & ", out);
	put_text(out, cell->text);
	if (cell->note)
		fprintf(out, "\\textsuperscript{%d}", cell->note);
	if (cell->range[0]) {
		fputs(" (", out);
		put_text(out, cell->range);
		fputc(')', out);
	}
}

static void put_notes(FILE *out, const struct sheet *s)
{
	for (int k = 0; k < s->n_notes; k++) {
		fprintf(out, "%s\\textsuperscript{%d}", k ? "; " : "\\par\\smallskip\\footnotesize ", k + 1);
		put_text(out, s->note[k]);
	}
	fputs(s->n_notes ? ".\n" : "", out);
}

void sheet_latex(FILE *out, const struct sheet *s)
{
	fputs("% \\usepackage{booktabs}\n\\begin{table}\n\\centering\n\\caption{", out);
	put_text(out, s->title);
	fputs(". ", out);
	if (s->synthetic)
		fputs(REPORT_SYNTHETIC ". ", out);
	put_text(out, s->caption ? s->caption : "");
	fprintf(out, "}\n\\label{tab:%s}\n\\begin{tabular}{l", s->file);
	for (int k = 0; k < s->n_columns; k++)
		fputc('l', out);
	fputs("}\n\\toprule\n", out);
	for (int k = 0; k < s->n_columns; k++) {
		fputs(" & ", out);
		put_text(out, s->heading[k]);
	}
	fputs(" \\\\\n\\midrule\n", out);
	for (int64_t i = 0; i < s->n_rows; i++) {
		put_text(out, s->row[i].name);
		for (int k = 0; k < s->n_columns; k++)
			put_cell(out, &s->row[i].cell[k]);
		fputs(" \\\\\n", out);
	}
	fputs("\\bottomrule\n\\end{tabular}\n", out);
	put_notes(out, s);
	fputs("\\end{table}\n", out);
}

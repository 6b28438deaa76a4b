#include "eval/report_table.h"

#include <math.h>
#include <string.h>

#include "eval/markup.h"
#include "eval/number.h"
#include "eval/quantity.h"

/* The reasons met so far in one table; the texts live as long as the report. */
enum { NOTES = 32 };
struct notes {
	int n;
	const char *text[NOTES];
};

/* What one column shows, from a metric and the ones that belong to it. */
enum shows { NUMBER, WITH_INTERVAL, WITH_SD, RANGE };
struct column {
	const char *heading;
	enum metric value; /* RANGE: none */
	enum metric
		second; /* WITH_INTERVAL, RANGE: the lower end, the upper one behind it; WITH_SD: the SD */
	enum shows shows;
	bool in_unit; /* decimals that suit the quantity, else 3 */
};

static void put_missing(FILE *out, struct notes *notes, const char *reason)
{
	int k = 0;
	fputs("n/a", out);
	if (!reason)
		return;
	while (k < notes->n && strcmp(notes->text[k], reason) != 0)
		k++;
	if (k == NOTES)
		return;
	if (k == notes->n)
		notes->text[notes->n++] = reason;
	fprintf(out, "<sup>%d</sup>", k + 1);
}

static void put_number(
	FILE *out, const struct metrics *m, enum metric which, int decimals, struct notes *notes)
{
	char text[NUMBER_BYTES];
	if (isnan(m->value[which]))
		put_missing(out, notes, m->reason[which]);
	else
		fputs(number_fixed(text, m->value[which], metrics_is_count(which) ? 0 : decimals), out);
}

static void put_range(FILE *out, const struct metrics *m, enum metric lo, int decimals, struct notes *notes)
{
	put_number(out, m, lo, decimals, notes);
	if (isnan(m->value[lo]))
		return;
	fputs(" to ", out);
	put_number(out, m, lo + 1, decimals, notes);
}

static void put_cell(
	FILE *out, const struct metrics *m, const struct column *c, int decimals, struct notes *notes)
{
	fputs("<td>", out);
	if (c->shows == RANGE)
		put_range(out, m, c->second, decimals, notes);
	else
		put_number(out, m, c->value, decimals, notes);
	if (c->shows == WITH_INTERVAL && !isnan(m->value[c->value])) {
		fputs("<br><small>", out);
		put_range(out, m, c->second, decimals, notes);
		fputs("</small>", out);
	} else if (c->shows == WITH_SD && !isnan(m->value[c->value])) {
		fputs("<br><small>(", out);
		put_number(out, m, c->second, decimals, notes);
		fputs(")</small>", out);
	}
	fputs("</td>", out);
}

static void put_notes(FILE *out, const struct notes *notes)
{
	for (int k = 0; k < notes->n; k++) {
		fprintf(out, "%s<sup>%d</sup> ", k ? "; " : "<p class=\"notes\">", k + 1);
		markup_escape(out, notes->text[k]);
	}
	fputs(notes->n ? ".</p>\n" : "", out);
}

static void put_rows(FILE *out, const struct report *r, const struct column *columns, size_t n)
{
	struct notes notes = { 0 };
	fputs("</caption>\n<thead><tr><th>Group</th>", out);
	for (size_t k = 0; k < n; k++)
		fprintf(out, "<th>%s</th>", columns[k].heading);
	fputs("</tr></thead>\n<tbody>\n", out);
	for (int64_t g = 0; g < r->n; g++) {
		fputs("<tr><th>", out);
		markup_escape(out, r->group[g].name);
		fputs("</th>", out);
		for (size_t k = 0; k < n; k++)
			put_cell(out, &r->group[g].metrics, &columns[k], columns[k].in_unit ? r->decimals : 3,
				&notes);
		fputs("</tr>\n", out);
	}
	fputs("</tbody>\n</table>\n</div>\n", out);
	put_notes(out, &notes);
}

void report_table_begin(FILE *out, const struct report *r)
{
	fputs("<div class=\"wide\">\n<table>\n<caption>", out);
	if (r->synthetic)
		fputs("<strong>" REPORT_SYNTHETIC ".</strong><br>", out);
}

void report_table_agreement(FILE *out, const struct report *r)
{
	static const struct column columns[] = {
		{ "n", METRIC_N, 0, NUMBER, false },
		{ "patients", METRIC_N_PATIENTS, 0, NUMBER, false },
		{ "missing", METRIC_N_MISSING, 0, NUMBER, false },
		{ "reference<br>mean (SD)", METRIC_REFERENCE_MEAN, METRIC_REFERENCE_SD, WITH_SD, true },
		{ "prediction<br>mean (SD)", METRIC_PREDICTION_MEAN, METRIC_PREDICTION_SD, WITH_SD, true },
		{ "r", METRIC_R, METRIC_R_LO, WITH_INTERVAL, false },
		{ "CCC", METRIC_CCC, METRIC_CCC_LO, WITH_INTERVAL, false },
		{ "MAE", METRIC_MAE, 0, NUMBER, true },
		{ "RMSE", METRIC_RMSE, 0, NUMBER, true },
		{ "bias", METRIC_BIAS, METRIC_BIAS_LO, WITH_INTERVAL, true },
		{ "SD", METRIC_SD, 0, NUMBER, true },
		{ "limits of<br>agreement", 0, METRIC_LOA_LO, RANGE, true },
	};
	if (r->unit) {
		fputs("; all but r and CCC in ", out);
		markup_escape(out, quantity_typeset(r->unit));
	}
	put_rows(out, r, columns, sizeof(columns) / sizeof(columns[0]));
}

void report_table_diagnosis(FILE *out, const struct report *r)
{
	static const struct column columns[] = {
		{ "diseased", METRIC_N_POSITIVE, 0, NUMBER, false },
		{ "not<br>diseased", METRIC_N_NEGATIVE, 0, NUMBER, false },
		{ "AUC<br>(DeLong)", METRIC_AUC, METRIC_AUC_LO, WITH_INTERVAL, false },
		{ "AUC interval,<br>logit", 0, METRIC_AUC_LOGIT_LO, RANGE, false },
		{ "AUC interval,<br>clustered by patient", 0, METRIC_AUC_CLUSTERED_LO, RANGE, false },
		{ "sensitivity", METRIC_SENSITIVITY, METRIC_SENSITIVITY_LO, WITH_INTERVAL, false },
		{ "specificity", METRIC_SPECIFICITY, METRIC_SPECIFICITY_LO, WITH_INTERVAL, false },
		{ "TP", METRIC_TP, 0, NUMBER, false },
		{ "FN", METRIC_FN, 0, NUMBER, false },
		{ "TN", METRIC_TN, 0, NUMBER, false },
		{ "FP", METRIC_FP, 0, NUMBER, false },
	};
	put_rows(out, r, columns, sizeof(columns) / sizeof(columns[0]));
}

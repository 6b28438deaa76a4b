#include "eval/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/figure_style.h"
#include "eval/plot.h"

struct curve {
	const char *name, *label;
	struct canvas_stroke stroke;
};
static const struct curve curves[] = {
	{ "treat_all", "treat all", { FIGURE_STYLE_GREY, 1.4, "6 4" } },
	{ "image_at_the_cut", "prediction at the cut", { FIGURE_STYLE_BLACK, 2.2, NULL } },
	{ "image_model", "prediction, as a probability", { "#0072B2", 1.8, NULL } },
	{ "covariate_model", "covariates", { "#D55E00", 1.8, "7 3" } },
	{ "image_and_covariates_model", "both", { "#009E73", 1.8, "2 3" } },
};
enum { CURVES = sizeof(curves) / sizeof(curves[0]) };

bool figures_has_decision(const struct report *r)
{
	return r->decision.n_rows > 0;
}

/* Row i of the table, when it is of this curve; numbers that are none are passed over. */
static bool point(double at[2], const struct report *r, int64_t i, const char *curve)
{
	const struct table *t = &r->decision;
	int64_t name = table_find_column(t, "curve"), x = table_find_column(t, "threshold_probability"),
		y = table_find_column(t, "net_benefit");
	return name >= 0 && x >= 0 && y >= 0 && strcmp(table_cell(t, i, name), curve) == 0 &&
	       table_number(t, i, x, &at[0]) == 0 && table_number(t, i, y, &at[1]) == 0 && isfinite(at[0]) &&
	       isfinite(at[1]);
}

static bool has_curve(const struct report *r, const char *curve)
{
	double at[2];
	for (int64_t i = 0; i < r->decision.n_rows; i++)
		if (point(at, r, i, curve))
			return true;
	return false;
}

/* As high as the prevalence allows, and as far below zero as half of that: what treats all falls without end.
 */
static void fit_axes(struct plot *p, const struct report *r)
{
	double most = 0, furthest = 0, at[2];
	for (int64_t i = 0; i < r->decision.n_rows; i++)
		for (int k = 0; k < CURVES; k++)
			if (point(at, r, i, curves[k].name)) {
				most = fmax(most, at[1]);
				furthest = fmax(furthest, at[0]);
			}
	plot_axis_fit(&p->x, 0, furthest, 6);
	plot_axis_fit(&p->y, -0.5 * most, most, 6);
	snprintf(p->x.label, PLOT_LABEL_BYTES, "threshold probability");
	snprintf(p->y.label, PLOT_LABEL_BYTES, "net benefit");
}

void figures_decision(struct canvas *canvas, const struct report *r)
{
	struct plot p = { .canvas = canvas };
	struct plot_legend legend = { 0 };
	fit_axes(&p, r);
	for (int k = 0; k < CURVES; k++) {
		if (!has_curve(r, curves[k].name))
			continue;
		struct plot_legend_entry *entry = plot_legend_add(&legend);
		snprintf(entry->text, PLOT_LABEL_BYTES, "%s", curves[k].label);
		entry->stroke = curves[k].stroke;
	}
	figure_style_begin(&p, r, &legend, 340, FIGURE_STYLE_RIGHT, "Decision curves",
		"Decision curves; treat none is 0");
	plot_line(&p, p.x.lo, 0, p.x.hi, 0, &(struct canvas_stroke){ FIGURE_STYLE_GREY, 1.2, NULL });
	for (int k = 0; k < CURVES; k++) {
		double last[2] = { NAN, NAN }, at[2];
		for (int64_t i = 0; i < r->decision.n_rows; i++) {
			if (!point(at, r, i, curves[k].name))
				continue;
			if (!isnan(last[0]))
				plot_line(&p, last[0], last[1], at[0], at[1], &curves[k].stroke);
			last[0] = at[0];
			last[1] = at[1];
		}
	}
	figure_style_end(&p, &legend);
}

void figures_decision_numbers(struct table *t, const struct report *r)
{
	const struct table *from = &r->decision;
	for (int64_t c = 0; c < from->n_columns; c++)
		table_add_column(t, from->columns[c]);
	for (int64_t i = 0; i < from->n_rows; i++) {
		int64_t row = table_add_row(t);
		for (int64_t c = 0; c < from->n_columns; c++)
			table_set(t, row, from->columns[c], table_cell(from, i, c));
	}
}

#include "eval/figures.h"

#include <math.h>
#include <stdio.h>

#include "eval/figure_style.h"
#include "eval/number.h"
#include "eval/plot.h"
#include "eval/stats/interval.h"

bool figures_has_roc(const struct report *r)
{
	return r->group[0].n_curve > 0;
}

static void name_entry(struct plot_legend_entry *entry, const struct report *r, int64_t g)
{
	const double *value = r->group[g].metrics.value;
	char name[PLOT_LABEL_BYTES], auc[NUMBER_BYTES], lo[NUMBER_BYTES], hi[NUMBER_BYTES];
	struct interval ci = report_headline(r, g, "auc");
	figure_style_name(name, r, g);
	number_fixed(auc, value[METRIC_AUC], 3);
	if (figure_style_is_grey(g))
		snprintf(entry->text, PLOT_LABEL_BYTES, "%.100s", name);
	else if (isnan(ci.lo))
		snprintf(entry->text, PLOT_LABEL_BYTES, "%.100s: AUC %s", name, auc);
	else
		snprintf(entry->text, PLOT_LABEL_BYTES, "%.100s: AUC %s (%s to %s)", name, auc,
			number_fixed(lo, ci.lo, 3), number_fixed(hi, ci.hi, 3));
}

#define BAND_COLOUR "#e2e2e2"
static const struct canvas_marker cut_marker = { CANVAS_CIRCLE, FIGURE_STYLE_BLACK, 5, 1, true };

static bool has_cut(const struct report *r)
{
	const double *value = r->group[0].metrics.value;
	return !isnan(value[METRIC_SENSITIVITY]) && !isnan(value[METRIC_SPECIFICITY]);
}

static void fill_legend(struct plot_legend *l, const struct report *r)
{
	for (int64_t g = 0; g < r->n; g++) {
		if (!figure_style_has_entry(r, g))
			continue;
		struct plot_legend_entry *entry = plot_legend_add(l);
		name_entry(entry, r, g);
		if (r->group[g].n_curve > 0 || figure_style_is_grey(g))
			entry->stroke = figure_style_curve(r, g);
	}
	if (!has_cut(r))
		return;
	char cut[NUMBER_BYTES];
	struct plot_legend_entry *entry = plot_legend_add(l);
	number_exact(cut, r->threshold);
	snprintf(
		entry->text, PLOT_LABEL_BYTES, "pooled, at the cut %.60s", r->criterion ? r->criterion : cut);
	entry->marker = cut_marker;
}

/* Tenths of a pixel are plenty, and keep large curves small. */
static void draw_curve(const struct plot *p, const struct report *r, int64_t g)
{
	const struct canvas_stroke stroke = figure_style_curve(r, g);
	canvas_path_begin(p->canvas, &stroke);
	for (int64_t i = 0; i < r->group[g].n_curve; i++) {
		const struct report_point *at = &r->group[g].curve[i];
		canvas_path_to(p->canvas, round(10 * plot_x(p, at->false_positive_rate)) / 10,
			round(10 * plot_y(p, at->sensitivity)) / 10);
	}
	canvas_path_end(p->canvas);
}

/* Wilson's interval of the pooled sensitivity at each point. */
static struct interval band_at(const struct report *r, int64_t i)
{
	double n = r->group[0].metrics.value[METRIC_N_POSITIVE];
	return interval_wilson((int64_t)round(r->group[0].curve[i].sensitivity * n), (int64_t)n);
}

/* Thinned to half a pixel, so that the outline of a curve of any length fits. */
static void draw_band(const struct plot *p, const struct report *r)
{
	enum { MOST = 4 * FIGURE_STYLE_SIDE };
	double corner[2 * MOST][2];
	int64_t n = 0, n_curve = r->group[0].n_curve;
	for (int64_t i = 0; i < n_curve && n < MOST; i++) {
		struct interval ci = band_at(r, i);
		double x = plot_x(p, r->group[0].curve[i].false_positive_rate);
		if (n > 0 && i + 1 < n_curve && x - corner[n - 1][0] < 0.5)
			continue;
		corner[n][0] = x;
		corner[n++][1] = plot_y(p, ci.lo);
	}
	int64_t lower = n;
	for (int64_t i = n_curve - 1; i >= 0 && n < 2 * lower; i--) {
		struct interval ci = band_at(r, i);
		double x = plot_x(p, r->group[0].curve[i].false_positive_rate);
		if (n > lower && i > 0 && corner[n - 1][0] - x < 0.5)
			continue;
		corner[n][0] = x;
		corner[n++][1] = plot_y(p, ci.hi);
	}
	canvas_area(p->canvas, (const double(*)[2])corner, n, BAND_COLOUR, 1);
}

void figures_roc(struct canvas *canvas, const struct report *r)
{
	struct plot_legend legend = { 0 };
	const struct plot_axis unit = { 0, 1, 0.2, 1, "" };
	struct plot p = { .canvas = canvas, .x = unit, .y = unit };
	const double *value = r->group[0].metrics.value;
	char heading[PLOT_LABEL_BYTES], auc[NUMBER_BYTES];
	snprintf(p.x.label, PLOT_LABEL_BYTES, "1 \342\210\222 specificity");
	snprintf(p.y.label, PLOT_LABEL_BYTES, "sensitivity");
	fill_legend(&legend, r);
	snprintf(heading, sizeof(heading), "AUC %s, %.0f diseased, %.0f not diseased",
		number_fixed(auc, value[METRIC_AUC], 3), value[METRIC_N_POSITIVE], value[METRIC_N_NEGATIVE]);
	figure_style_begin(&p, r, &legend, FIGURE_STYLE_SIDE, FIGURE_STYLE_RIGHT, "ROC curves", heading);
	draw_band(&p, r);
	plot_line(&p, 0, 0, 1, 1, &(struct canvas_stroke){ FIGURE_STYLE_GREY, 1.2, "6 4" });
	for (int64_t g = r->n - 1; g >= 0; g--)
		if (r->group[g].n_curve > 0)
			draw_curve(&p, r, g);
	if (has_cut(r))
		plot_mark(&p, 1 - value[METRIC_SPECIFICITY], value[METRIC_SENSITIVITY], &cut_marker);
	figure_style_end(&p, &legend);
}

void figures_roc_numbers(struct table *t, const struct report *r)
{
	static const char *const columns[] = { "group", "false_positive_rate", "sensitivity",
		"sensitivity_lo", "sensitivity_hi" };
	for (int i = 0; i < 5; i++)
		table_add_column(t, columns[i]);
	for (int64_t g = 0; g < r->n; g++)
		for (int64_t i = 0; i < r->group[g].n_curve; i++) {
			int64_t row = table_add_row(t);
			table_set(t, row, "group", r->group[g].name);
			table_set_number(
				t, row, "false_positive_rate", r->group[g].curve[i].false_positive_rate);
			table_set_number(t, row, "sensitivity", r->group[g].curve[i].sensitivity);
			if (g > 0)
				continue;
			table_set_number(t, row, "sensitivity_lo", band_at(r, i).lo);
			table_set_number(t, row, "sensitivity_hi", band_at(r, i).hi);
		}
}

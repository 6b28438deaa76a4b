#include "eval/figures.h"

#include <math.h>
#include <stdio.h>

#include "eval/figure_style.h"
#include "eval/number.h"
#include "eval/plot.h"

bool figures_has_roc(const struct report *r)
{
	return r->group[0].n_curve > 0;
}

static void name_entry(struct plot_legend_entry *entry, const struct report *r, int64_t g)
{
	const double *value = r->group[g].metrics.value;
	char name[PLOT_LABEL_BYTES], auc[NUMBER_BYTES], lo[NUMBER_BYTES], hi[NUMBER_BYTES];
	figure_style_name(name, r, g);
	number_fixed(auc, value[METRIC_AUC], 3);
	if (figure_style_is_grey(g))
		snprintf(entry->text, PLOT_LABEL_BYTES, "%.100s", name);
	else if (isnan(value[METRIC_AUC_LO]))
		snprintf(entry->text, PLOT_LABEL_BYTES, "%.100s: AUC %s", name, auc);
	else
		snprintf(entry->text, PLOT_LABEL_BYTES, "%.100s: AUC %s (%s to %s)", name, auc,
			number_fixed(lo, value[METRIC_AUC_LO], 3), number_fixed(hi, value[METRIC_AUC_HI], 3));
}

static const struct svg_marker cut_marker = { SVG_CIRCLE, FIGURE_STYLE_BLACK, 5, 1, true };

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
	snprintf(entry->text, PLOT_LABEL_BYTES, "pooled, at the cut %s", number_exact(cut, r->threshold));
	entry->marker = cut_marker;
}

/* Tenths of a pixel are plenty, and keep large curves small. */
static void draw_curve(const struct plot *p, const struct report *r, int64_t g)
{
	const struct svg_stroke stroke = figure_style_curve(r, g);
	svg_path_begin(p->svg, &stroke);
	for (int64_t i = 0; i < r->group[g].n_curve; i++) {
		const struct report_point *at = &r->group[g].curve[i];
		svg_path_to(p->svg, round(10 * plot_x(p, at->false_positive_rate)) / 10,
			round(10 * plot_y(p, at->sensitivity)) / 10);
	}
	svg_path_end(p->svg);
}

void figures_roc(FILE *out, const struct report *r)
{
	struct svg s;
	struct plot_legend legend = { 0 };
	const struct plot_axis unit = { 0, 1, 0.2, 1, "" };
	struct plot p = { .svg = &s, .x = unit, .y = unit };
	const double *value = r->group[0].metrics.value;
	char heading[PLOT_LABEL_BYTES], auc[NUMBER_BYTES];
	snprintf(p.x.label, PLOT_LABEL_BYTES, "1 \342\210\222 specificity");
	snprintf(p.y.label, PLOT_LABEL_BYTES, "sensitivity");
	fill_legend(&legend, r);
	snprintf(heading, sizeof(heading), "AUC %s, %.0f diseased, %.0f not diseased",
		number_fixed(auc, value[METRIC_AUC], 3), value[METRIC_N_POSITIVE], value[METRIC_N_NEGATIVE]);
	figure_style_begin(&p, out, r, &legend, FIGURE_STYLE_SIDE, FIGURE_STYLE_RIGHT, "ROC curves", heading);
	plot_line(&p, 0, 0, 1, 1, &(struct svg_stroke){ FIGURE_STYLE_GREY, 1.2, "6 4" });
	for (int64_t g = r->n - 1; g >= 0; g--)
		if (r->group[g].n_curve > 0)
			draw_curve(&p, r, g);
	if (has_cut(r))
		plot_mark(&p, 1 - value[METRIC_SPECIFICITY], value[METRIC_SENSITIVITY], &cut_marker);
	figure_style_end(&p, &legend);
}

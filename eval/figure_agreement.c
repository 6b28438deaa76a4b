#include "eval/figures.h"

#include <math.h>
#include <stdio.h>

#include "eval/figure_style.h"
#include "eval/number.h"
#include "eval/plot.h"

static const struct canvas_stroke identity_stroke = { FIGURE_STYLE_GREY, 1.4, "6 4" };
static const struct canvas_stroke line_stroke = { FIGURE_STYLE_BLACK, 1.8, NULL };
static const struct canvas_stroke limit_stroke = { FIGURE_STYLE_BLACK, 1.4, "7 4" };
enum { LIMIT_LABELS = 108 }; /* px right of the frame */

static double value(const struct report *r, int64_t g, enum metric which)
{
	return r->group[g].metrics.value[which];
}

static void range_of(double range[2], const double *x, int64_t n)
{
	for (int64_t i = 0; i < n; i++) {
		range[0] = fmin(range[0], x[i]);
		range[1] = fmax(range[1], x[i]);
	}
}

static void scatter_place(double at[2], double reference, double prediction)
{
	at[0] = reference;
	at[1] = prediction;
}

static void scatter_heading(char text[PLOT_LABEL_BYTES], const struct report *r)
{
	char a[NUMBER_BYTES], lo[NUMBER_BYTES], hi[NUMBER_BYTES];
	struct interval ci = report_headline(r, 0, "r");
	snprintf(text, PLOT_LABEL_BYTES, "r = %s (%s to %s), n = %lld",
		number_fixed(a, value(r, 0, METRIC_R), 3), number_fixed(lo, ci.lo, 3),
		number_fixed(hi, ci.hi, 3), (long long)r->points.n);
}

static void scatter_legend(struct plot_legend *l, const struct report *r)
{
	figure_style_site_entries(l, r);
	struct plot_legend_entry *entry = plot_legend_add(l);
	snprintf(entry->text, PLOT_LABEL_BYTES, "identity");
	entry->stroke = identity_stroke;
	if (isnan(value(r, 0, METRIC_SLOPE)))
		return;
	char slope[NUMBER_BYTES];
	entry = plot_legend_add(l);
	snprintf(entry->text, PLOT_LABEL_BYTES, "regression, slope %s",
		number_fixed(slope, value(r, 0, METRIC_SLOPE), 2));
	entry->stroke = line_stroke;
}

void figures_scatter(struct canvas *canvas, const struct report *r)
{
	struct plot p = { .canvas = canvas };
	struct plot_legend legend = { 0 };
	char heading[PLOT_LABEL_BYTES];
	double range[2] = { INFINITY, -INFINITY };
	range_of(range, r->points.reference, r->points.n);
	range_of(range, r->points.prediction, r->points.n);
	plot_axis_fit(&p.x, range[0], range[1], 6);
	p.y = p.x;
	figure_style_label(p.x.label, r, r->reference);
	figure_style_label(p.y.label, r, r->prediction);
	scatter_heading(heading, r);
	scatter_legend(&legend, r);
	figure_style_begin(&p, r, &legend, FIGURE_STYLE_SIDE, FIGURE_STYLE_RIGHT,
		"Scatter: prediction against reference", heading);
	plot_line(&p, p.x.lo, p.x.lo, p.x.hi, p.x.hi, &identity_stroke);
	figure_style_points(&p, r, scatter_place);
	double slope = value(r, 0, METRIC_SLOPE), intercept = value(r, 0, METRIC_INTERCEPT);
	range[0] = INFINITY;
	range[1] = -INFINITY;
	range_of(range, r->points.reference, r->points.n); /* no further than the data */
	if (!isnan(slope))
		plot_line(&p, range[0], intercept + slope * range[0], range[1], intercept + slope * range[1],
			&line_stroke);
	figure_style_end(&p, &legend);
}

static void bland_altman_place(double at[2], double reference, double prediction)
{
	at[0] = (reference + prediction) / 2;
	at[1] = prediction - reference;
}

/* Labels right of the frame, top down, never closer than two lines of text. */
static void limit_labels(const struct plot *p, const struct report *r)
{
	static const enum metric which[] = { METRIC_LOA_HI, METRIC_BIAS, METRIC_LOA_LO };
	static const char *const names[] = { "+1.96 SD", "bias", "\342\210\2221.96 SD" };
	const double gap = 2.6 * PLOT_FONT;
	double centre = plot_y(p, value(r, 0, METRIC_BIAS));
	for (int i = 0; i < 3; i++) {
		char text[NUMBER_BYTES];
		double v = value(r, 0, which[i]), y = plot_y(p, v);
		if (isnan(v))
			continue;
		if (i == 0)
			y = fmin(y, centre - gap);
		if (i == 2)
			y = fmax(y, centre + gap);
		canvas_text(p->canvas, p->left + p->width + 8, y - 2, PLOT_FONT - 1, CANVAS_START, names[i]);
		canvas_text(p->canvas, p->left + p->width + 8, y + 13, PLOT_FONT - 1, CANVAS_START,
			number_fixed(text, v, r->decimals));
	}
}

static void bland_altman_axes(struct plot *p, const struct report *r)
{
	double x[2] = { INFINITY, -INFINITY }, y[2] = { 0, 0 }; /* zero is always seen */
	for (int64_t i = 0; i < r->points.n; i++) {
		double at[2];
		bland_altman_place(at, r->points.reference[i], r->points.prediction[i]);
		range_of(x, &at[0], 1);
		range_of(y, &at[1], 1);
	}
	range_of(y, &r->group[0].metrics.value[METRIC_LOA_LO], 2); /* fmin and fmax pass over NaN */
	plot_axis_fit(&p->x, x[0], x[1], 6);
	plot_axis_fit(&p->y, y[0], y[1], 6);
	figure_style_label(p->x.label, r, "mean of prediction and reference");
	figure_style_label(p->y.label, r, "prediction \342\210\222 reference");
}

void figures_bland_altman(struct canvas *canvas, const struct report *r)
{
	struct plot p = { .canvas = canvas };
	struct plot_legend legend = { 0 };
	char heading[PLOT_LABEL_BYTES], lo[NUMBER_BYTES], hi[NUMBER_BYTES], bias[NUMBER_BYTES];
	double limit[2] = { value(r, 0, METRIC_LOA_LO), value(r, 0, METRIC_LOA_HI) };
	bland_altman_axes(&p, r);
	snprintf(heading, sizeof(heading), "bias %s, limits of agreement %s to %s, n = %lld",
		number_fixed(bias, value(r, 0, METRIC_BIAS), r->decimals),
		number_fixed(lo, limit[0], r->decimals), number_fixed(hi, limit[1], r->decimals),
		(long long)r->points.n);
	figure_style_site_entries(&legend, r);
	figure_style_begin(&p, r, &legend, 340, LIMIT_LABELS, "Bland-Altman plot", heading);
	plot_line(&p, p.x.lo, 0, p.x.hi, 0, &(struct canvas_stroke){ FIGURE_STYLE_GREY, 1.2, NULL });
	figure_style_points(&p, r, bland_altman_place);
	plot_line(&p, p.x.lo, value(r, 0, METRIC_BIAS), p.x.hi, value(r, 0, METRIC_BIAS), &line_stroke);
	for (int i = 0; i < 2 && !isnan(limit[i]); i++)
		plot_line(&p, p.x.lo, limit[i], p.x.hi, limit[i], &limit_stroke);
	limit_labels(&p, r);
	figure_style_end(&p, &legend);
}

static void points_numbers(
	struct table *t, const struct report *r, const char *x, const char *y, figure_style_place *place)
{
	table_add_column(t, "site");
	table_add_column(t, x);
	table_add_column(t, y);
	for (int64_t g = r->n > 1; g < r->n; g++)
		for (int64_t i = r->group[g].first; i < r->group[g].first + r->group[g].n; i++) {
			double at[2];
			int64_t row = table_add_row(t);
			place(at, r->points.reference[i], r->points.prediction[i]);
			if (g > 0)
				table_set(t, row, "site", r->group[g].name);
			table_set_number(t, row, x, at[0]);
			table_set_number(t, row, y, at[1]);
		}
}

void figures_scatter_numbers(struct table *t, const struct report *r)
{
	points_numbers(t, r, "reference", "prediction", scatter_place);
}

void figures_bland_altman_numbers(struct table *t, const struct report *r)
{
	points_numbers(t, r, "mean", "difference", bland_altman_place);
}

#include "eval/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/figure_style.h"
#include "eval/number.h"
#include "eval/plot.h"

enum {
	LINE_PX = 24,
	MOST_SITES = 60,
	NAME_PX = 190,
	PLOT_PX = 280,
	TEXT_PX = 170,
	TOP_PX = 40,
	BOTTOM_PX = 58
};

struct forest {
	const char *statistic, *prediction, *label;
};
static const struct forest forest_auc = { "auc", "auc_prediction", "AUC" };
static const struct forest forest_r = { "r", "r_prediction", "r" };

/* The site's figure, or across sites for g = n. */
static const struct estimate *estimate_of(const struct report *r, int64_t g, const char *statistic)
{
	return g < r->n ? estimate_view_find(&r->estimates, "site", r->group[g].name, statistic)
			: estimate_view_find(&r->estimates, "meta", NULL, statistic);
}

static bool has_forest(const struct report *r, const struct forest *f)
{
	const struct estimate *across = estimate_of(r, r->n, f->statistic);
	return r->n >= 3 && r->n - 1 <= MOST_SITES && across && !isnan(across->value);
}

static void fit_axis(struct plot_axis *axis, const struct report *r, const struct forest *f)
{
	double lo = INFINITY, hi = -INFINITY;
	for (int64_t g = 1; g <= r->n; g++) {
		const struct estimate *e = estimate_of(r, g, f->statistic);
		if (!e || isnan(e->value))
			continue;
		lo = fmin(lo, isnan(e->ci.lo) ? e->value : e->ci.lo); /* fmin passes over a NaN */
		hi = fmax(hi, isnan(e->ci.hi) ? e->value : e->ci.hi);
	}
	const struct estimate *new_site = estimate_of(r, r->n, f->prediction);
	if (new_site) {
		lo = fmin(lo, new_site->ci.lo);
		hi = fmax(hi, new_site->ci.hi);
	}
	plot_axis_fit(axis, lo, hi, 4);
}

static void put_line(const struct plot *p, double y, const char *name, const struct estimate *e,
	const struct canvas_marker *marker)
{
	static const struct canvas_stroke bar = { FIGURE_STYLE_BLACK, 1.4, NULL };
	char value[NUMBER_BYTES], lo[NUMBER_BYTES], hi[NUMBER_BYTES], text[PLOT_LABEL_BYTES];
	canvas_text(p->canvas, 12, y + 4, PLOT_FONT - 1, CANVAS_START, name);
	if (!e || isnan(e->value)) {
		canvas_text(p->canvas, p->left + p->width + 12, y + 4, PLOT_FONT - 1, CANVAS_START, "n/a");
		return;
	}
	if (!isnan(e->ci.lo))
		canvas_line(p->canvas, plot_x(p, e->ci.lo), y, plot_x(p, e->ci.hi), y, &bar);
	if (marker)
		canvas_mark(p->canvas, plot_x(p, e->value), y, marker);
	snprintf(text, sizeof(text), "%s (%s to %s)", number_fixed(value, e->value, 3),
		number_fixed(lo, e->ci.lo, 3), number_fixed(hi, e->ci.hi, 3));
	canvas_text(p->canvas, p->left + p->width + 12, y + 4, PLOT_FONT - 1, CANVAS_START, text);
}

static void put_axis(const struct plot *p)
{
	static const struct canvas_stroke frame = { "#404040", 1, NULL }, grid = { "#e4e4e4", 1, NULL };
	const double bottom = p->top + p->height;
	char text[NUMBER_BYTES];
	int ticks = (int)lround((p->x.hi - p->x.lo) / p->x.step);
	for (int i = 0; i <= ticks; i++) {
		double value = p->x.lo + i * p->x.step, x = plot_x(p, value);
		canvas_line(p->canvas, x, p->top, x, bottom, &grid);
		canvas_line(p->canvas, x, bottom, x, bottom + 5, &frame);
		canvas_text(p->canvas, x, bottom + 19, PLOT_FONT - 1, CANVAS_MIDDLE,
			number_fixed(text, value, p->x.decimals));
	}
	canvas_line(p->canvas, p->left, bottom, p->left + p->width, bottom, &frame);
	canvas_text(p->canvas, p->left + p->width / 2, bottom + 40, PLOT_FONT, CANVAS_MIDDLE, p->x.label);
}

static void draw(struct canvas *canvas, const struct report *r, const struct forest *f)
{
	static const struct canvas_marker site = { CANVAS_SQUARE, "#0072B2", 5, 1, false };
	static const struct canvas_marker across = { CANVAS_DIAMOND, FIGURE_STYLE_BLACK, 6, 1, false };
	struct plot p = { .canvas = canvas, .left = NAME_PX, .top = TOP_PX, .width = PLOT_PX };
	char title[PLOT_LABEL_BYTES], name[PLOT_LABEL_BYTES];
	p.height = (double)(r->n + 1) * LINE_PX;
	fit_axis(&p.x, r, f);
	snprintf(p.x.label, PLOT_LABEL_BYTES, "%s", f->label);
	snprintf(title, sizeof(title), "Forest plot of %s by site", f->label);
	canvas_open(canvas, NAME_PX + PLOT_PX + TEXT_PX, TOP_PX + p.height + BOTTOM_PX, title);
	canvas_text(canvas, 12, 22, PLOT_FONT, CANVAS_START, title);
	if (r->synthetic)
		canvas_text(canvas, 12, 37, PLOT_FONT - 2, CANVAS_START, REPORT_SYNTHETIC);
	put_axis(&p);
	double y = TOP_PX + LINE_PX / 2.0;
	for (int64_t g = 1; g < r->n; g++, y += LINE_PX) {
		figure_style_cut(name, r->group[g].name);
		put_line(&p, y, name, estimate_of(r, g, f->statistic), &site);
	}
	put_line(&p, y, "random effects", estimate_of(r, r->n, f->statistic), &across);
	put_line(&p, y + LINE_PX, "a new site, predicted", estimate_of(r, r->n, f->prediction), NULL);
	canvas_close(canvas);
}

static void add_row(struct table *t, const char *name, const struct estimate *e)
{
	int64_t row = table_add_row(t);
	table_set(t, row, "group", name);
	if (!e)
		return;
	table_set_number(t, row, "estimate", e->value);
	table_set_number(t, row, "lo", e->ci.lo);
	table_set_number(t, row, "hi", e->ci.hi);
}

static void numbers(struct table *t, const struct report *r, const struct forest *f)
{
	static const char *const columns[] = { "group", "estimate", "lo", "hi" };
	for (int i = 0; i < 4; i++)
		table_add_column(t, columns[i]);
	for (int64_t g = 1; g < r->n; g++)
		add_row(t, r->group[g].name, estimate_of(r, g, f->statistic));
	add_row(t, "random effects", estimate_of(r, r->n, f->statistic));
	add_row(t, "a new site, predicted", estimate_of(r, r->n, f->prediction));
}

bool figures_has_forest_auc(const struct report *r)
{
	return has_forest(r, &forest_auc);
}

void figures_forest_auc(struct canvas *canvas, const struct report *r)
{
	draw(canvas, r, &forest_auc);
}

void figures_forest_auc_numbers(struct table *t, const struct report *r)
{
	numbers(t, r, &forest_auc);
}

bool figures_has_forest_r(const struct report *r)
{
	return has_forest(r, &forest_r);
}

void figures_forest_r(struct canvas *canvas, const struct report *r)
{
	draw(canvas, r, &forest_r);
}

void figures_forest_r_numbers(struct table *t, const struct report *r)
{
	numbers(t, r, &forest_r);
}

#include "eval/figures.h"

#include <math.h>
#include <stdio.h>

#include "eval/figure_style.h"
#include "eval/plot.h"
#include "eval/stats/interval.h"
#include "eval/stats/rank.h"
#include "host/run/memory.h"

enum { BINS = 10, FEWEST_ROWS = 30 };
struct bin {
	int64_t n;
	double prediction, reference; /* means */
	struct interval ci;	      /* of the mean reference */
};

/* Tenths of the rows by ascending prediction; false when memory is short, which costs the figure only. */
static bool make_bins(struct bin bin[BINS], const struct report *r)
{
	struct memory block = { 0 };
	const int64_t n = r->points.n;
	if (memory_alloc(&block, NULL, (size_t)n * sizeof(int64_t), "calibration bins") != 0)
		return false;
	int64_t *order = block.data;
	bool ok = rank_order(order, r->points.prediction, n) == 0;
	for (int b = 0; ok && b < BINS; b++) {
		int64_t from = n * b / BINS, to = n * (b + 1) / BINS;
		double count = (double)(to - from), x = 0, y = 0, square = 0;
		for (int64_t i = from; i < to; i++) {
			x += r->points.prediction[order[i]] / count;
			y += r->points.reference[order[i]] / count;
		}
		for (int64_t i = from; i < to; i++)
			square += (r->points.reference[order[i]] - y) * (r->points.reference[order[i]] - y);
		bin[b] = (struct bin){ to - from, x, y,
			interval_t(y, sqrt(square / (count - 1) / count), count - 1) };
	}
	memory_free(&block);
	return ok;
}

bool figures_has_calibration(const struct report *r)
{
	return r->points.n >= FEWEST_ROWS;
}

void figures_calibration(struct canvas *canvas, const struct report *r)
{
	static const struct canvas_stroke identity = { FIGURE_STYLE_GREY, 1.4, "6 4" },
					  bar = { "#0072B2", 1.6, NULL };
	static const struct canvas_marker marker = { CANVAS_CIRCLE, "#0072B2", 4, 1, false };
	struct plot p = { .canvas = canvas };
	struct plot_legend legend = { 0 };
	struct bin bin[BINS] = { { 0 } };
	double lo = INFINITY, hi = -INFINITY;
	bool ok = make_bins(bin, r);
	for (int b = 0; ok && b < BINS; b++) {
		lo = fmin(lo, fmin(bin[b].prediction, bin[b].ci.lo));
		hi = fmax(hi, fmax(bin[b].prediction, bin[b].ci.hi));
	}
	plot_axis_fit(&p.x, ok ? lo : 0, ok ? hi : 1, 6);
	p.y = p.x;
	figure_style_label(p.x.label, r, "mean prediction");
	figure_style_label(p.y.label, r, "mean reference");
	figure_style_begin(&p, r, &legend, FIGURE_STYLE_SIDE, FIGURE_STYLE_RIGHT, "Calibration plot",
		"Calibration in tenths of the prediction");
	plot_line(&p, p.x.lo, p.x.lo, p.x.hi, p.x.hi, &identity);
	for (int b = 0; ok && b < BINS; b++) {
		plot_line(&p, bin[b].prediction, bin[b].ci.lo, bin[b].prediction, bin[b].ci.hi, &bar);
		plot_mark(&p, bin[b].prediction, bin[b].reference, &marker);
	}
	figure_style_end(&p, &legend);
}

void figures_calibration_numbers(struct table *t, const struct report *r)
{
	static const char *const columns[] = { "tenth", "n", "mean_prediction", "mean_reference", "lo",
		"hi" };
	struct bin bin[BINS] = { { 0 } };
	for (int i = 0; i < 6; i++)
		table_add_column(t, columns[i]);
	bool ok = make_bins(bin, r);
	for (int b = 0; ok && b < BINS; b++) {
		const double values[] = { b + 1, (double)bin[b].n, bin[b].prediction, bin[b].reference,
			bin[b].ci.lo, bin[b].ci.hi };
		int64_t row = table_add_row(t);
		for (int i = 0; i < 6; i++)
			table_set_number(t, row, columns[i], values[i]);
	}
}

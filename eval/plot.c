#include "eval/plot.h"

#include <math.h>
#include <stdio.h>

#include "eval/number.h"

static const struct canvas_stroke frame_stroke = { "#404040", 1, NULL };
static const struct canvas_stroke grid_stroke = { "#e4e4e4", 1, NULL };

/* 1, 2 or 5 x 10^k; the exponent goes out, for the decimals. */
static double nice_step(double raw, int *exponent)
{
	double power = floor(log10(raw)), part = raw / pow(10, power);
	double digit = part <= 1.0000001 ? 1 : part <= 2.0000001 ? 2 : part <= 5.0000001 ? 5 : 10;
	*exponent = (int)power + (digit == 10);
	return digit * pow(10, power);
}

void plot_axis_fit(struct plot_axis *axis, double lo, double hi, int ticks)
{
	double size = fmax(fabs(lo), fabs(hi));
	if (!(hi - lo > size * 1e-12)) { /* a single value gets a range of its own */
		double half = size > 0 ? size * 0.05 : 1;
		lo -= half;
		hi += half;
	}
	int exponent;
	axis->step = nice_step((hi - lo) / ticks, &exponent);
	axis->lo = floor(lo / axis->step + 1e-9) * axis->step;
	axis->hi = ceil(hi / axis->step - 1e-9) * axis->step;
	axis->decimals = exponent < 0 ? -exponent : 0;
}

double plot_x(const struct plot *p, double x)
{
	return p->left + (x - p->x.lo) / (p->x.hi - p->x.lo) * p->width;
}

double plot_y(const struct plot *p, double y)
{
	return p->top + p->height - (y - p->y.lo) / (p->y.hi - p->y.lo) * p->height;
}

static int tick_count(const struct plot_axis *a)
{
	return (int)lround((a->hi - a->lo) / a->step);
}

void plot_axes(const struct plot *p)
{
	char text[NUMBER_BYTES];
	double right = p->left + p->width, bottom = p->top + p->height;
	for (int i = 0; i <= tick_count(&p->x); i++) {
		double value = p->x.lo + i * p->x.step, x = plot_x(p, value);
		canvas_line(p->canvas, x, p->top, x, bottom, &grid_stroke);
		canvas_line(p->canvas, x, bottom, x, bottom + 5, &frame_stroke);
		canvas_text(p->canvas, x, bottom + 19, PLOT_FONT - 1, CANVAS_MIDDLE,
			number_fixed(text, value, p->x.decimals));
	}
	for (int i = 0; i <= tick_count(&p->y); i++) {
		double value = p->y.lo + i * p->y.step, y = plot_y(p, value);
		canvas_line(p->canvas, p->left, y, right, y, &grid_stroke);
		canvas_line(p->canvas, p->left - 5, y, p->left, y, &frame_stroke);
		canvas_text(p->canvas, p->left - 8, y + 4, PLOT_FONT - 1, CANVAS_END,
			number_fixed(text, value, p->y.decimals));
	}
	canvas_frame(p->canvas, p->left, p->top, p->width, p->height, &frame_stroke);
	canvas_text(p->canvas, p->left + p->width / 2, bottom + 40, PLOT_FONT, CANVAS_MIDDLE, p->x.label);
	canvas_text_upwards(p->canvas, 18, p->top + p->height / 2, PLOT_FONT, p->y.label);
}

/* Moves the end (x, y) of a line with direction (dx, dy) inside lo <= x <= hi; false when all of it lies
 * outside. */
static int clip(double from[2], double to[2], int k, double lo, double hi)
{
	for (int end = 0; end < 2; end++) {
		double *a = end ? to : from, *b = end ? from : to;
		double bound = a[k] < lo ? lo : hi;
		if (a[k] >= lo && a[k] <= hi)
			continue;
		if ((b[k] < lo && a[k] < lo) || (b[k] > hi && a[k] > hi))
			return 0;
		double share = (bound - a[k]) / (b[k] - a[k]);
		a[1 - k] += share * (b[1 - k] - a[1 - k]);
		a[k] = bound;
	}
	return 1;
}

void plot_line(
	const struct plot *p, double x1, double y1, double x2, double y2, const struct canvas_stroke *stroke)
{
	double from[2] = { x1, y1 }, to[2] = { x2, y2 };
	if (clip(from, to, 0, p->x.lo, p->x.hi) && clip(from, to, 1, p->y.lo, p->y.hi))
		canvas_line(p->canvas, plot_x(p, from[0]), plot_y(p, from[1]), plot_x(p, to[0]),
			plot_y(p, to[1]), stroke);
}

void plot_mark(const struct plot *p, double x, double y, const struct canvas_marker *marker)
{
	canvas_mark(p->canvas, plot_x(p, x), plot_y(p, y), marker);
}

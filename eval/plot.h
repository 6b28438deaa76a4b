/* A rectangle with two linear axes, in data units, and a legend, on a drawing. */
#ifndef EVAL_PLOT_H
#define EVAL_PLOT_H
#include <stdint.h>
#include "eval/canvas.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { PLOT_LABEL_BYTES = 256, PLOT_LEGEND_LIMIT = 24 };
#define PLOT_FONT 13.0

struct plot_axis {
	double lo, hi, step; /* lo and hi are multiples of step */
	int decimals;        /* that show step exactly */
	char label[PLOT_LABEL_BYTES];
};
struct plot {
	struct canvas *canvas;
	double left, top, width, height; /* of the rectangle, px */
	struct plot_axis x, y;
};
/* Range of steps 1, 2 or 5 x 10^k around [lo, hi], about `ticks` of them.  Any finite lo <= hi. */
void plot_axis_fit(struct plot_axis *axis, double lo, double hi, int ticks);
double plot_x(const struct plot *p, double x); /* data -> px */
double plot_y(const struct plot *p, double y);
void plot_axes(const struct plot *p); /* frame, light grid, ticks, labels */
/* A line in data units, cut off at the frame. */
void plot_line(const struct plot *p, double x1, double y1, double x2, double y2, const struct canvas_stroke *stroke);
void plot_mark(const struct plot *p, double x, double y, const struct canvas_marker *marker);

struct plot_legend_entry {
	char text[PLOT_LABEL_BYTES];
	struct canvas_stroke stroke; /* width 0 = none */
	struct canvas_marker marker; /* radius 0 = none */
};
struct plot_legend {
	int n;
	struct plot_legend_entry entry[PLOT_LEGEND_LIMIT];
};
struct plot_legend_entry *plot_legend_add(struct plot_legend *l); /* the last one again when full; zeroed */
/* Laid out in columns below the plot. */
double plot_legend_height(const struct plot_legend *l, double width);
void plot_legend_draw(const struct plot_legend *l, struct canvas *s, double left, double top, double width);
#ifdef __cplusplus
}
#endif
#endif

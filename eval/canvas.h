/*
 * What figures are drawn on: an SVG text (svg.h), or a PDF or PNG page (page.h).  Lengths are px of the drawing; y grows
 * downwards.  Errors are kept until the end: in the FILE of an SVG, in page_finish() of a page.
 */
#ifndef EVAL_CANVAS_H
#define EVAL_CANVAS_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#ifdef __cplusplus
extern "C" {
#endif
#define CANVAS_TEXT_WIDTH 0.6 /* an average character's width over the font size; wide fonts included */

struct canvas_stroke {
	const char *colour; /* "#0072B2" */
	double width;
	const char *dash; /* "6 4"; NULL = solid */
};
enum canvas_anchor { CANVAS_START, CANVAS_MIDDLE, CANVAS_END };
enum canvas_shape {
	CANVAS_CIRCLE, CANVAS_SQUARE, CANVAS_TRIANGLE, CANVAS_DIAMOND, CANVAS_DOWN_TRIANGLE, CANVAS_SHAPES
};
struct canvas_marker {
	enum canvas_shape shape;
	const char *colour;
	double radius, opacity;
	bool hollow;
};
enum { CANVAS_CORNERS = 4 };
struct canvas;
struct canvas_ops {
	void (*open)(struct canvas *c, const char *title);
	void (*close)(struct canvas *c);
	void (*line)(struct canvas *c, double x1, double y1, double x2, double y2, const struct canvas_stroke *stroke);
	void (*frame)(struct canvas *c, double x, double y, double width, double height, const struct canvas_stroke *stroke);
	void (*circle)(struct canvas *c, double x, double y, const struct canvas_marker *marker);
	/* corner[n]; hollow: white with an outline. */
	void (*polygon)(struct canvas *c, const double (*corner)[2], int64_t n, const char *colour, double opacity,
		bool hollow);
	void (*text)(struct canvas *c, double x, double y, double size, enum canvas_anchor anchor, const char *text);
	void (*text_upwards)(struct canvas *c, double x, double y, double size, const char *text);
	void (*path_begin)(struct canvas *c, const struct canvas_stroke *stroke);
	void (*path_to)(struct canvas *c, double x, double y);
	void (*path_end)(struct canvas *c);
};
struct canvas {
	const struct canvas_ops *ops;
	FILE *out;
	void *page; /* page.c's */
	double width, height;
	int64_t path_points; /* of the open path */
	double last[2];      /* its last written point */
};
/* title: what a screen reader says. */
void canvas_open(struct canvas *c, double width, double height, const char *title);
void canvas_close(struct canvas *c);
void canvas_line(struct canvas *c, double x1, double y1, double x2, double y2, const struct canvas_stroke *stroke);
void canvas_frame(struct canvas *c, double x, double y, double width, double height, const struct canvas_stroke *stroke);
void canvas_mark(struct canvas *c, double x, double y, const struct canvas_marker *marker);
void canvas_area(struct canvas *c, const double (*corner)[2], int64_t n, const char *colour, double opacity);
void canvas_text(struct canvas *c, double x, double y, double size, enum canvas_anchor anchor, const char *text);
void canvas_text_upwards(struct canvas *c, double x, double y, double size, const char *text); /* centred on (x, y) */
/* A polyline of any length; points that round to the same place are written once. */
void canvas_path_begin(struct canvas *c, const struct canvas_stroke *stroke);
void canvas_path_to(struct canvas *c, double x, double y);
void canvas_path_end(struct canvas *c);
#ifdef __cplusplus
}
#endif
#endif

/*
 * A writer of SVG 1.1 with real text; lengths are px of the viewBox, y grows downwards.  The same drawing stands in a
 * page or in a file of its own.  Write errors stay in the FILE and show when it is closed.
 */
#ifndef EVAL_SVG_H
#define EVAL_SVG_H
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#ifdef __cplusplus
extern "C" {
#endif
#define SVG_TEXT_WIDTH 0.6 /* an average character's width over the font size; wide fonts included */

struct svg {
	FILE *out;
	double width, height;
	int64_t path_points; /* of the open path */
	double last[2];      /* its last written point */
};
struct svg_stroke {
	const char *colour; /* "#0072B2" */
	double width;
	const char *dash; /* "6 4"; NULL = solid */
};
enum svg_anchor { SVG_START, SVG_MIDDLE, SVG_END };
enum svg_shape { SVG_CIRCLE, SVG_SQUARE, SVG_TRIANGLE, SVG_DIAMOND, SVG_DOWN_TRIANGLE, SVG_SHAPES };
struct svg_marker {
	enum svg_shape shape;
	const char *colour;
	double radius, opacity;
	bool hollow;
};
/* title: what a screen reader says. */
void svg_open(struct svg *s, FILE *out, double width, double height, const char *title);
void svg_close(struct svg *s);
void svg_line(struct svg *s, double x1, double y1, double x2, double y2, const struct svg_stroke *stroke);
void svg_frame(struct svg *s, double x, double y, double width, double height, const struct svg_stroke *stroke);
void svg_mark(struct svg *s, double x, double y, const struct svg_marker *marker);
void svg_text(struct svg *s, double x, double y, double size, enum svg_anchor anchor, const char *text);
void svg_text_upwards(struct svg *s, double x, double y, double size, const char *text); /* centred on (x, y) */
/* A polyline of any length; points that round to the same place are written once. */
void svg_path_begin(struct svg *s, const struct svg_stroke *stroke);
void svg_path_to(struct svg *s, double x, double y);
void svg_path_end(struct svg *s);
#ifdef __cplusplus
}
#endif
#endif

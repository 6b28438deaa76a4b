#include "eval/canvas.h"

#include <math.h>

void canvas_open(struct canvas *c, double width, double height, const char *title)
{
	c->width = width;
	c->height = height;
	c->ops->open(c, title);
}

void canvas_close(struct canvas *c)
{
	c->ops->close(c);
}

void canvas_line(
	struct canvas *c, double x1, double y1, double x2, double y2, const struct canvas_stroke *stroke)
{
	c->ops->line(c, x1, y1, x2, y2, stroke);
}

void canvas_frame(
	struct canvas *c, double x, double y, double width, double height, const struct canvas_stroke *stroke)
{
	c->ops->frame(c, x, y, width, height, stroke);
}

/* Corners of the shapes in units of the radius; shapes look equally large. */
void canvas_mark(struct canvas *c, double x, double y, const struct canvas_marker *marker)
{
	static const double corners[CANVAS_SHAPES][CANVAS_CORNERS][2] = {
		[CANVAS_SQUARE] = { { -0.9, -0.9 }, { 0.9, -0.9 }, { 0.9, 0.9 }, { -0.9, 0.9 } },
		[CANVAS_TRIANGLE] = { { 0, -1.3 }, { 1.15, 0.75 }, { -1.15, 0.75 }, { 0, -1.3 } },
		[CANVAS_DIAMOND] = { { 0, -1.3 }, { 1.3, 0 }, { 0, 1.3 }, { -1.3, 0 } },
		[CANVAS_DOWN_TRIANGLE] = { { 0, 1.3 }, { 1.15, -0.75 }, { -1.15, -0.75 }, { 0, 1.3 } },
	};
	double corner[CANVAS_CORNERS][2];
	if (marker->shape == CANVAS_CIRCLE) {
		c->ops->circle(c, x, y, marker);
		return;
	}
	for (int i = 0; i < CANVAS_CORNERS; i++) {
		corner[i][0] = x + corners[marker->shape][i][0] * marker->radius;
		corner[i][1] = y + corners[marker->shape][i][1] * marker->radius;
	}
	c->ops->polygon(c, (const double(*)[2])corner, CANVAS_CORNERS, marker->colour, marker->opacity,
		marker->hollow);
}

void canvas_area(struct canvas *c, const double (*corner)[2], int64_t n, const char *colour, double opacity)
{
	c->ops->polygon(c, corner, n, colour, opacity, false);
}

void canvas_text(
	struct canvas *c, double x, double y, double size, enum canvas_anchor anchor, const char *text)
{
	c->ops->text(c, x, y, size, anchor, text);
}

void canvas_text_upwards(struct canvas *c, double x, double y, double size, const char *text)
{
	c->ops->text_upwards(c, x, y, size, text);
}

void canvas_path_begin(struct canvas *c, const struct canvas_stroke *stroke)
{
	c->path_points = 0;
	c->ops->path_begin(c, stroke);
}

void canvas_path_to(struct canvas *c, double x, double y)
{
	double at[2] = { round(x * 100) / 100, round(y * 100) / 100 };
	if (c->path_points > 0 && at[0] == c->last[0] && at[1] == c->last[1])
		return;
	c->ops->path_to(c, at[0], at[1]);
	c->path_points++;
	c->last[0] = at[0];
	c->last[1] = at[1];
}

void canvas_path_end(struct canvas *c)
{
	c->ops->path_end(c);
}

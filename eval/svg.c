#include "eval/svg.h"

#include <math.h>

#include "eval/markup.h"

/* Two decimals without trailing zeros and without "-0". */
static void put(FILE *out, double x)
{
	double hundredths = round(x * 100);
	if (hundredths == 0)
		hundredths = 0; /* drops the sign */
	fprintf(out, "%.10g", hundredths / 100);
}

static void put_attribute(FILE *out, const char *name, double x)
{
	fprintf(out, " %s=\"", name);
	put(out, x);
	fputc('"', out);
}

static void put_stroke(FILE *out, const struct canvas_stroke *stroke)
{
	fprintf(out, " fill=\"none\" stroke=\"%s\"", stroke->colour);
	put_attribute(out, "stroke-width", stroke->width);
	if (stroke->dash)
		fprintf(out, " stroke-dasharray=\"%s\"", stroke->dash);
}

static void svg_open(struct canvas *c, const char *title)
{
	FILE *out = c->out;
	double width = c->width, height = c->height;
	fputs("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", out);
	put(out, width);
	fputc(' ', out);
	put(out, height);
	fputc('"', out);
	put_attribute(out, "width", width);
	put_attribute(out, "height", height);
	fputs(" role=\"img\" font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\" "
	      "fill=\"#1a1a1a\">\n<title>",
		out);
	markup_escape(out, title);
	fputs("</title>\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n", out);
}

static void svg_close(struct canvas *c)
{
	fputs("</svg>\n", c->out);
}

static void svg_line(
	struct canvas *c, double x1, double y1, double x2, double y2, const struct canvas_stroke *stroke)
{
	fputs("<line", c->out);
	put_attribute(c->out, "x1", x1);
	put_attribute(c->out, "y1", y1);
	put_attribute(c->out, "x2", x2);
	put_attribute(c->out, "y2", y2);
	put_stroke(c->out, stroke);
	fputs("/>\n", c->out);
}

static void svg_frame(
	struct canvas *c, double x, double y, double width, double height, const struct canvas_stroke *stroke)
{
	fputs("<rect", c->out);
	put_attribute(c->out, "x", x);
	put_attribute(c->out, "y", y);
	put_attribute(c->out, "width", width);
	put_attribute(c->out, "height", height);
	put_stroke(c->out, stroke);
	fputs("/>\n", c->out);
}

static void put_fill(FILE *out, const char *colour, double opacity, bool hollow)
{
	if (hollow)
		fprintf(out, " fill=\"#ffffff\" stroke=\"%s\" stroke-width=\"2\"", colour);
	else
		fprintf(out, " fill=\"%s\"", colour);
	if (opacity < 1)
		put_attribute(out, "opacity", opacity);
	fputs("/>\n", out);
}

static void svg_circle(struct canvas *c, double x, double y, const struct canvas_marker *m)
{
	fputs("<circle", c->out);
	put_attribute(c->out, "cx", x);
	put_attribute(c->out, "cy", y);
	put_attribute(c->out, "r", m->radius);
	put_fill(c->out, m->colour, m->opacity, m->hollow);
}

static void svg_polygon(struct canvas *c, const double (*corner)[2], int64_t n, const char *colour,
	double opacity, bool hollow)
{
	fputs("<polygon points=\"", c->out);
	for (int64_t i = 0; i < n; i++) {
		if (i > 0)
			fputc(' ', c->out);
		put(c->out, corner[i][0]);
		fputc(',', c->out);
		put(c->out, corner[i][1]);
	}
	fputc('"', c->out);
	put_fill(c->out, colour, opacity, hollow);
}

static void put_text(FILE *out, double size, enum canvas_anchor anchor, const char *text)
{
	static const char *const anchors[] = { "start", "middle", "end" };
	put_attribute(out, "font-size", size);
	if (anchor != CANVAS_START)
		fprintf(out, " text-anchor=\"%s\"", anchors[anchor]);
	fputc('>', out);
	markup_escape(out, text);
	fputs("</text>\n", out);
}

static void svg_text(
	struct canvas *c, double x, double y, double size, enum canvas_anchor anchor, const char *text)
{
	fputs("<text", c->out);
	put_attribute(c->out, "x", x);
	put_attribute(c->out, "y", y);
	put_text(c->out, size, anchor, text);
}

static void svg_text_upwards(struct canvas *c, double x, double y, double size, const char *text)
{
	fputs("<text transform=\"translate(", c->out);
	put(c->out, x);
	fputc(' ', c->out);
	put(c->out, y);
	fputs(") rotate(-90)\"", c->out);
	put_text(c->out, size, CANVAS_MIDDLE, text);
}

static void svg_path_begin(struct canvas *c, const struct canvas_stroke *stroke)
{
	fputs("<polyline", c->out);
	put_stroke(c->out, stroke);
	fputs(" stroke-linejoin=\"round\" points=\"", c->out);
}

static void svg_path_to(struct canvas *c, double x, double y)
{
	if (c->path_points > 0)
		fputc(' ', c->out);
	put(c->out, x);
	fputc(',', c->out);
	put(c->out, y);
}

static void svg_path_end(struct canvas *c)
{
	fputs("\"/>\n", c->out);
}

struct canvas svg_canvas(FILE *out)
{
	static const struct canvas_ops ops = { svg_open, svg_close, svg_line, svg_frame, svg_circle,
		svg_polygon, svg_text, svg_text_upwards, svg_path_begin, svg_path_to, svg_path_end };
	return (struct canvas){ .ops = &ops, .out = out };
}

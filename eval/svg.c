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

static void put_stroke(FILE *out, const struct svg_stroke *stroke)
{
	fprintf(out, " fill=\"none\" stroke=\"%s\"", stroke->colour);
	put_attribute(out, "stroke-width", stroke->width);
	if (stroke->dash)
		fprintf(out, " stroke-dasharray=\"%s\"", stroke->dash);
}

void svg_open(struct svg *s, FILE *out, double width, double height, const char *title)
{
	*s = (struct svg){ .out = out, .width = width, .height = height };
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

void svg_close(struct svg *s)
{
	fputs("</svg>\n", s->out);
}

void svg_line(struct svg *s, double x1, double y1, double x2, double y2, const struct svg_stroke *stroke)
{
	fputs("<line", s->out);
	put_attribute(s->out, "x1", x1);
	put_attribute(s->out, "y1", y1);
	put_attribute(s->out, "x2", x2);
	put_attribute(s->out, "y2", y2);
	put_stroke(s->out, stroke);
	fputs("/>\n", s->out);
}

void svg_frame(
	struct svg *s, double x, double y, double width, double height, const struct svg_stroke *stroke)
{
	fputs("<rect", s->out);
	put_attribute(s->out, "x", x);
	put_attribute(s->out, "y", y);
	put_attribute(s->out, "width", width);
	put_attribute(s->out, "height", height);
	put_stroke(s->out, stroke);
	fputs("/>\n", s->out);
}

/* Corners of the shapes in units of the radius; shapes look equally large. */
static void put_corners(FILE *out, enum svg_shape shape, double x, double y, double r)
{
	static const double corners[SVG_SHAPES][4][2] = {
		[SVG_SQUARE] = { { -0.9, -0.9 }, { 0.9, -0.9 }, { 0.9, 0.9 }, { -0.9, 0.9 } },
		[SVG_TRIANGLE] = { { 0, -1.3 }, { 1.15, 0.75 }, { -1.15, 0.75 }, { 0, -1.3 } },
		[SVG_DIAMOND] = { { 0, -1.3 }, { 1.3, 0 }, { 0, 1.3 }, { -1.3, 0 } },
		[SVG_DOWN_TRIANGLE] = { { 0, 1.3 }, { 1.15, -0.75 }, { -1.15, -0.75 }, { 0, 1.3 } },
	};
	fputs("<polygon points=\"", out);
	for (int i = 0; i < 4; i++) {
		if (i > 0)
			fputc(' ', out);
		put(out, x + corners[shape][i][0] * r);
		fputc(',', out);
		put(out, y + corners[shape][i][1] * r);
	}
	fputc('"', out);
}

void svg_mark(struct svg *s, double x, double y, const struct svg_marker *m)
{
	if (m->shape == SVG_CIRCLE) {
		fputs("<circle", s->out);
		put_attribute(s->out, "cx", x);
		put_attribute(s->out, "cy", y);
		put_attribute(s->out, "r", m->radius);
	} else {
		put_corners(s->out, m->shape, x, y, m->radius);
	}
	if (m->hollow)
		fprintf(s->out, " fill=\"#ffffff\" stroke=\"%s\" stroke-width=\"2\"", m->colour);
	else
		fprintf(s->out, " fill=\"%s\"", m->colour);
	if (m->opacity < 1)
		put_attribute(s->out, "opacity", m->opacity);
	fputs("/>\n", s->out);
}

static void put_text(FILE *out, double size, enum svg_anchor anchor, const char *text)
{
	static const char *const anchors[] = { "start", "middle", "end" };
	put_attribute(out, "font-size", size);
	if (anchor != SVG_START)
		fprintf(out, " text-anchor=\"%s\"", anchors[anchor]);
	fputc('>', out);
	markup_escape(out, text);
	fputs("</text>\n", out);
}

void svg_text(struct svg *s, double x, double y, double size, enum svg_anchor anchor, const char *text)
{
	fputs("<text", s->out);
	put_attribute(s->out, "x", x);
	put_attribute(s->out, "y", y);
	put_text(s->out, size, anchor, text);
}

void svg_text_upwards(struct svg *s, double x, double y, double size, const char *text)
{
	fputs("<text transform=\"translate(", s->out);
	put(s->out, x);
	fputc(' ', s->out);
	put(s->out, y);
	fputs(") rotate(-90)\"", s->out);
	put_text(s->out, size, SVG_MIDDLE, text);
}

void svg_path_begin(struct svg *s, const struct svg_stroke *stroke)
{
	s->path_points = 0;
	fputs("<polyline", s->out);
	put_stroke(s->out, stroke);
	fputs(" stroke-linejoin=\"round\" points=\"", s->out);
}

void svg_path_to(struct svg *s, double x, double y)
{
	double at[2] = { round(x * 100) / 100, round(y * 100) / 100 };
	if (s->path_points > 0 && at[0] == s->last[0] && at[1] == s->last[1])
		return;
	if (s->path_points++ > 0)
		fputc(' ', s->out);
	put(s->out, at[0]);
	fputc(',', s->out);
	put(s->out, at[1]);
	s->last[0] = at[0];
	s->last[1] = at[1];
}

void svg_path_end(struct svg *s)
{
	fputs("\"/>\n", s->out);
}

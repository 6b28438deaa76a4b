#include "eval/figure_style.h"

#include <stdio.h>
#include <string.h>

#include "eval/figures.h"
#include "eval/quantity.h"

/* Okabe and Ito 2008, without yellow, which paper loses. */
static const char *const colours[] = { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9" };
static const char *const dashes[] = { NULL, "7 3", "2 3", "9 3 2 3", "4 2" };
enum { COLOURS = 6, DASHES = 5, NAME_CHARACTERS = 24 };
enum { LEFT = 76, BELOW = 60 }; /* px beside and below the plot, for ticks and labels */

bool figure_style_is_grey(int64_t g)
{
	return g > FIGURES_SITES;
}

bool figure_style_has_entry(const struct report *r, int64_t g)
{
	return g <= FIGURES_SITES + 1 && (r->group[g].n > 0 || figure_style_is_grey(g));
}

struct canvas_marker figure_style_marker(const struct report *r, int64_t g)
{
	int64_t n = r->points.n;
	struct canvas_marker m = { CANVAS_CIRCLE, FIGURE_STYLE_GREY,
		n > 2000  ? 1.6
		: n > 300 ? 2.4
			  : 3.4,
		0.7, false };
	if (!figure_style_is_grey(g)) {
		int64_t i = g > 0 ? g - 1 : 0;
		m.colour = colours[i % COLOURS];
		m.shape = (enum canvas_shape)(i % CANVAS_SHAPES);
	}
	return m;
}

struct canvas_stroke figure_style_curve(const struct report *r, int64_t g)
{
	(void)r;
	if (g == 0)
		return (struct canvas_stroke){ FIGURE_STYLE_BLACK, 2.4, NULL };
	if (figure_style_is_grey(g))
		return (struct canvas_stroke){ FIGURE_STYLE_GREY, 1, NULL };
	return (struct canvas_stroke){ colours[(g - 1) % COLOURS], 1.6, dashes[(g - 1) % DASHES] };
}

void figure_style_cut(char text[PLOT_LABEL_BYTES], const char *name)
{
	size_t bytes = 0, characters = 0;
	while (name[bytes] && bytes < PLOT_LABEL_BYTES - 8) {
		bool starts = ((unsigned char)name[bytes] & 0xC0) != 0x80;
		if (starts && characters++ == NAME_CHARACTERS)
			break;
		bytes++;
	}
	snprintf(text, PLOT_LABEL_BYTES, "%.*s%s", (int)bytes, name, name[bytes] ? "\342\200\246" : "");
}

void figure_style_name(char text[PLOT_LABEL_BYTES], const struct report *r, int64_t g)
{
	if (figure_style_is_grey(g)) {
		snprintf(text, PLOT_LABEL_BYTES, "%lld other sites", (long long)(r->n - 1 - FIGURES_SITES));
		return;
	}
	figure_style_cut(text, r->group[g].name);
}

void figure_style_label(char label[PLOT_LABEL_BYTES], const struct report *r, const char *text)
{
	if (r->unit)
		snprintf(label, PLOT_LABEL_BYTES, "%.180s (%.40s)", text, quantity_typeset(r->unit));
	else
		snprintf(label, PLOT_LABEL_BYTES, "%.180s", text);
}

void figure_style_begin(struct plot *p, const struct report *r, const struct plot_legend *l, double height,
	double right, const char *title, const char *heading)
{
	p->left = LEFT;
	p->top = r->synthetic ? 52 : 34;
	p->width = FIGURE_STYLE_SIDE;
	p->height = height;
	double across = p->width + right;
	canvas_open(
		p->canvas, LEFT + across, p->top + height + BELOW + plot_legend_height(l, across) + 8, title);
	canvas_text(p->canvas, LEFT, 22, PLOT_FONT, CANVAS_START, heading);
	if (r->synthetic)
		canvas_text(p->canvas, LEFT, 41, PLOT_FONT - 1, CANVAS_START, REPORT_SYNTHETIC);
	plot_axes(p);
}

void figure_style_end(const struct plot *p, const struct plot_legend *l)
{
	plot_legend_draw(l, p->canvas, LEFT, p->top + p->height + BELOW, p->canvas->width - LEFT);
	canvas_close(p->canvas);
}

static void points_of(const struct plot *p, const struct report *r, int64_t g, figure_style_place *place)
{
	const struct report_group *group = &r->group[g];
	const struct canvas_marker marker = figure_style_marker(r, g);
	int64_t stride = (r->points.n + FIGURES_POINTS - 1) / FIGURES_POINTS;
	for (int64_t i = group->first; i < group->first + group->n; i += stride) {
		double at[2];
		place(at, r->points.reference[i], r->points.prediction[i]);
		plot_mark(p, at[0], at[1], &marker);
	}
}

void figure_style_points(const struct plot *p, const struct report *r, figure_style_place *place)
{
	for (int64_t g = r->n - 1; g >= 1; g--) /* the grey ones first, below the others */
		points_of(p, r, g, place);
	if (r->n == 1)
		points_of(p, r, 0, place);
}

void figure_style_site_entries(struct plot_legend *l, const struct report *r)
{
	for (int64_t g = 1; g < r->n; g++) {
		if (!figure_style_has_entry(r, g))
			continue;
		struct plot_legend_entry *entry = plot_legend_add(l);
		figure_style_name(entry->text, r, g);
		entry->marker = figure_style_marker(r, g);
		entry->marker.radius = 4;
		entry->marker.opacity = 1;
	}
}

#include "eval/plot.h"

#include <string.h>

#include "eval/markup.h"

enum { ROW_PX = 20, SYMBOL_PX = 34, GAP_PX = 18 };

struct plot_legend_entry *plot_legend_add(struct plot_legend *l)
{
	struct plot_legend_entry *entry = &l->entry[l->n < PLOT_LEGEND_LIMIT ? l->n++ : l->n - 1];
	memset(entry, 0, sizeof(*entry));
	return entry;
}

static double entry_width(const struct plot_legend *l)
{
	size_t longest = 1;
	for (int i = 0; i < l->n; i++) {
		size_t length = markup_length(l->entry[i].text);
		longest = length > longest ? length : longest;
	}
	return SYMBOL_PX + GAP_PX + CANVAS_TEXT_WIDTH * (PLOT_FONT - 1) * (double)longest;
}

static int columns(const struct plot_legend *l, double width)
{
	int fit = (int)(width / entry_width(l));
	return fit < 1 ? 1 : fit > l->n ? l->n : fit;
}

double plot_legend_height(const struct plot_legend *l, double width)
{
	if (l->n == 0)
		return 0;
	int n = columns(l, width);
	return (double)((l->n + n - 1) / n) * ROW_PX;
}

void plot_legend_draw(const struct plot_legend *l, struct canvas *s, double left, double top, double width)
{
	if (l->n == 0)
		return;
	int n = columns(l, width);
	for (int i = 0; i < l->n; i++) {
		const struct plot_legend_entry *e = &l->entry[i];
		double x = left + (i % n) * entry_width(l), y = top + (i / n) * ROW_PX + ROW_PX / 2.0;
		if (e->stroke.width > 0)
			canvas_line(s, x, y, x + SYMBOL_PX - 8, y, &e->stroke);
		if (e->marker.radius > 0)
			canvas_mark(s, x + (SYMBOL_PX - 8) / 2.0, y, &e->marker);
		canvas_text(s, x + SYMBOL_PX, y + 4, PLOT_FONT - 1, CANVAS_START, e->text);
	}
}

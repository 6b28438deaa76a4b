/* What the figures share: a look for each site, axis labels, heading lines. */
#ifndef EVAL_FIGURE_STYLE_H
#define EVAL_FIGURE_STYLE_H
#include <stdbool.h>
#include "eval/plot.h"
#include "eval/report.h"
#ifdef __cplusplus
extern "C" {
#endif
#define FIGURE_STYLE_BLACK "#1a1a1a"
#define FIGURE_STYLE_GREY "#8a8a8a"
enum { FIGURE_STYLE_SIDE = 440, FIGURE_STYLE_RIGHT = 28 }; /* px: of the plot, and beside it */
/* Of group g; g = 0 is all rows. */
struct canvas_marker figure_style_marker(const struct report *r, int64_t g);
struct canvas_stroke figure_style_curve(const struct report *r, int64_t g);
/* The site's name, at most 24 characters; "n other sites" for the first site drawn in grey. */
void figure_style_name(char text[PLOT_LABEL_BYTES], const struct report *r, int64_t g);
void figure_style_cut(char text[PLOT_LABEL_BYTES], const char *name); /* to 24 characters */
bool figure_style_is_grey(int64_t g);
bool figure_style_has_entry(const struct report *r, int64_t g); /* in a legend */
/* "mean of a and b (g/cm2)": the text with the unit, if there is one. */
void figure_style_label(char label[PLOT_LABEL_BYTES], const struct report *r, const char *text);
/*
 * Opens a drawing with room for the plot, `right` px beside it and the legend below, places the plot (p->canvas, p->x and
 * p->y are set) and draws heading, note on synthetic data and axes.  title: for screen readers.
 */
void figure_style_begin(struct plot *p, const struct report *r, const struct plot_legend *l, double height,
	double right, const char *title, const char *heading);
void figure_style_end(const struct plot *p, const struct plot_legend *l);
/* The points at (x, y) of each row, all groups, and their legend entries. */
typedef void figure_style_place(double at[2], double reference, double prediction);
void figure_style_points(const struct plot *p, const struct report *r, figure_style_place *place);
void figure_style_site_entries(struct plot_legend *l, const struct report *r);
#ifdef __cplusplus
}
#endif
#endif

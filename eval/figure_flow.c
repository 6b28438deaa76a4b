#include "eval/figures.h"

#include <math.h>
#include <stdio.h>

#include "eval/figure_style.h"
#include "eval/plot.h"

/* STARD's flow diagram: a box below the other, what is left out at the side. */
enum { BOX_PX = 250, BOX_HEIGHT_PX = 44, GAP_PX = 46, SIDE_PX = 240, MARGIN_PX = 16, MOST_BOXES = 5 };

struct box {
	char text[PLOT_LABEL_BYTES],
		side[PLOT_LABEL_BYTES]; /* side: left out on the way to the next; "" = nothing */
	const char *name;
	int64_t n;
};

static int64_t count(const struct report *r, const char *key)
{
	int64_t n = 0;
	const struct json *rows = json_member(r->root, "rows");
	return rows && json_get_integer(rows, key, "rows", &n) == 0 ? n : 0;
}

static struct box *add(struct box *box, int *n, const char *name, int64_t rows, const char *text)
{
	struct box *b = &box[(*n)++];
	*b = (struct box){ .name = name, .n = rows };
	snprintf(b->text, sizeof(b->text), "%s: n = %lld", text, (long long)rows);
	return b;
}

static int make_boxes(struct box box[MOST_BOXES], const struct report *r)
{
	int n = 0;
	int64_t read = count(r, "read"), filtered = count(r, "filtered_out"), missing = count(r, "missing");
	const struct estimate *refused = estimate_view_find(&r->estimates, "pooled", NULL, "n_refused");
	const double *value = r->group[0].metrics.value;
	int64_t without = refused && !isnan(refused->value) ? (int64_t)refused->value : 0;
	struct box *b = add(box, &n, "rows_of_the_table", read, "rows of the table");
	snprintf(b->side, sizeof(b->side), "not selected: n = %lld", (long long)filtered);
	b = add(box, &n, "selected", read - filtered, "selected");
	snprintf(b->side, sizeof(b->side), "no reference: n = %lld", (long long)(missing - without));
	b = add(box, &n, "with_a_reference", read - filtered - missing + without, "with a reference");
	snprintf(b->side, sizeof(b->side), "no prediction: n = %lld", (long long)without);
	b = add(box, &n, "analysed", (int64_t)value[METRIC_N], "analysed");
	if (!isnan(value[METRIC_N_POSITIVE]))
		snprintf(b->side, sizeof(b->side), "diseased: n = %.0f; not: n = %.0f",
			value[METRIC_N_POSITIVE], value[METRIC_N_NEGATIVE]);
	return n;
}

void figures_flow(struct canvas *canvas, const struct report *r)
{
	static const struct canvas_stroke line = { "#404040", 1.2, NULL };
	struct box box[MOST_BOXES];
	int n = make_boxes(box, r);
	const double top = r->synthetic ? 34 : MARGIN_PX, middle = MARGIN_PX + BOX_PX / 2.0;
	canvas_open(canvas, 2 * MARGIN_PX + BOX_PX + SIDE_PX,
		top + n * (BOX_HEIGHT_PX + GAP_PX) - GAP_PX + MARGIN_PX, "Flow diagram");
	if (r->synthetic)
		canvas_text(canvas, MARGIN_PX, 22, PLOT_FONT - 1, CANVAS_START, REPORT_SYNTHETIC);
	for (int i = 0; i < n; i++) {
		double y = top + i * (BOX_HEIGHT_PX + GAP_PX), below = y + BOX_HEIGHT_PX;
		bool last = i == n - 1;
		double side = last ? y + BOX_HEIGHT_PX / 2.0 : below + GAP_PX / 2.0;
		canvas_frame(canvas, MARGIN_PX, y, BOX_PX, BOX_HEIGHT_PX, &line);
		canvas_text(
			canvas, middle, y + BOX_HEIGHT_PX / 2.0 + 5, PLOT_FONT, CANVAS_MIDDLE, box[i].text);
		if (!last)
			canvas_line(canvas, middle, below, middle, below + GAP_PX, &line);
		if (!box[i].side[0])
			continue;
		canvas_line(canvas, last ? MARGIN_PX + BOX_PX : middle, side, MARGIN_PX + BOX_PX + 20, side,
			&line);
		canvas_text(
			canvas, MARGIN_PX + BOX_PX + 26, side + 4, PLOT_FONT - 1, CANVAS_START, box[i].side);
	}
	canvas_close(canvas);
}

void figures_flow_numbers(struct table *t, const struct report *r)
{
	struct box box[MOST_BOXES];
	int n = make_boxes(box, r);
	table_add_column(t, "box");
	table_add_column(t, "n");
	for (int i = 0; i < n; i++) {
		int64_t row = table_add_row(t);
		table_set(t, row, "box", box[i].name);
		table_set_number(t, row, "n", (double)box[i].n);
	}
}

#include "eval/sheets.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/number.h"
#include "eval/sheet_specifications.h"

/* Statistics of a meta-analysis carry the figure's name in front: their rows are figures, not groups. */
static const char *const figures[] = { "auc", "r", "calibration_slope", "bias" };
static const char *const figure_names[] = { "AUC", "r", "calibration slope", "bias" };

int sheets_count(void)
{
	return sheet_specifications_count();
}

static void set_number(char text[SHEET_CELL_BYTES], double x, enum sheet_scale scale, int unit_decimals)
{
	char digits[NUMBER_BYTES];
	int decimals = scale == SHEET_COUNT	? 0
		       : scale == SHEET_PERCENT ? 1
		       : scale == SHEET_IN_UNIT ? unit_decimals
						: 3;
	if (scale == SHEET_P_VALUE && x < 0.001)
		strcpy(digits, "< 0.001");
	else
		number_fixed(digits, x, decimals);
	snprintf(text, SHEET_CELL_BYTES, "%s", digits);
}

static void set_range(
	char text[SHEET_RANGE_BYTES], struct interval ci, enum sheet_scale scale, int unit_decimals)
{
	char lo[SHEET_CELL_BYTES], hi[SHEET_CELL_BYTES];
	set_number(lo, ci.lo, scale, unit_decimals);
	set_number(hi, ci.hi, scale, unit_decimals);
	snprintf(text, SHEET_RANGE_BYTES, "%.48s to %.48s", lo, hi);
}

static void fill_cell(struct sheet *s, struct sheet_cell *cell, const struct sheet_column *c,
	const struct estimate *e, const struct estimate *second, int unit_decimals)
{
	if (!e) /* not a figure of this group: the cell stays empty */
		return;
	if (isnan(e->value)) {
		sheet_set_missing(s, cell, e->reason);
		return;
	}
	struct interval ci = c->shows == SHEET_WITH_INTERVAL && second ? second->ci : e->ci;
	if (c->shows == SHEET_RANGE && isnan(ci.lo)) {
		sheet_set_missing(s, cell, e->reason);
	} else if (c->shows == SHEET_RANGE) {
		char range[SHEET_RANGE_BYTES];
		set_range(range, ci, c->scale, unit_decimals);
		snprintf(cell->text, sizeof(cell->text), "%.55s", range);
	} else {
		set_number(cell->text, e->value, c->scale, unit_decimals);
	}
	if (c->shows == SHEET_WITH_SD && second && !isnan(second->value)) {
		char sd[SHEET_CELL_BYTES];
		set_number(sd, second->value, c->scale, unit_decimals);
		snprintf(cell->range, sizeof(cell->range), "(%s)", sd);
	}
	if (c->shows == SHEET_WITH_INTERVAL && !isnan(ci.lo))
		set_range(cell->range, ci, c->scale, unit_decimals);
}

static void add_groups(
	struct sheet *s, const struct report *r, const struct sheet_specification *spec, const char *level)
{
	const struct estimate_view *v = &r->estimates;
	for (int64_t at = -1; (at = estimate_view_next_group(v, level, at)) >= 0;) {
		const char *group = v->row[at].group;
		struct sheet_row *row = sheet_add_row(s, strcmp(level, "pooled") == 0 ? "pooled" : group);
		for (int k = 0; k < s->n_columns; k++) {
			const struct sheet_column *c = &spec->column[k];
			fill_cell(s, &row->cell[k], c, estimate_view_find(v, level, group, c->statistic),
				c->second ? estimate_view_find(v, level, group, c->second) : NULL,
				r->decimals);
		}
	}
}

static void add_figures(struct sheet *s, const struct report *r, const struct sheet_specification *spec)
{
	for (int i = 0; i < 4; i++) {
		struct sheet_row *row = sheet_add_row(s, figure_names[i]);
		for (int k = 0; k < s->n_columns; k++) {
			struct sheet_column c = spec->column[k];
			char statistic[80];
			snprintf(statistic, sizeof(statistic), "%s%s", figures[i], c.statistic);
			c.scale = i == 3 && c.scale == SHEET_PLAIN ? SHEET_IN_UNIT : c.scale;
			fill_cell(s, &row->cell[k], &c,
				estimate_view_find(&r->estimates, SHEET_META, NULL, statistic), NULL,
				r->decimals + (strcmp(c.statistic, "_tau2") == 0 ? 2 : 0));
		}
	}
}

/* Whether any row of the levels has one of the columns' statistics. */
static bool has_any(const struct report *r, const struct sheet_specification *spec)
{
	if (strcmp(spec->levels[0], SHEET_META) == 0)
		return estimate_view_find(&r->estimates, SHEET_META, NULL, "auc") != NULL;
	for (int k = 0; k < SHEET_COLUMNS && spec->column[k].heading; k++)
		if (estimate_view_find(&r->estimates, spec->levels[0], NULL, spec->column[k].statistic))
			return true;
	return false;
}

void sheets_make(struct sheet *s, const struct report *r, int which)
{
	const struct sheet_specification *spec = &sheet_specifications[which];
	*s = (struct sheet){
		.file = spec->file, .title = spec->title, .caption = spec->caption, .synthetic = r->synthetic
	};
	while (s->n_columns < SHEET_COLUMNS && spec->column[s->n_columns].heading) {
		s->heading[s->n_columns] = spec->column[s->n_columns].heading;
		s->n_columns++;
	}
	if (!has_any(r, spec))
		return;
	if (strcmp(spec->levels[0], SHEET_META) == 0) {
		add_figures(s, r, spec);
		return;
	}
	for (int i = 0; i < 2 && spec->levels[i]; i++)
		add_groups(s, r, spec, spec->levels[i]);
}

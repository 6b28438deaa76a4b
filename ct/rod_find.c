#include "ct/rod_find.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "ct/rod_row.h"
#include "host/run/err.h"

#define LEAST_LENGTH_MM 25.0
#define TRACK_REACH_MM 4.0 /* 15 degrees of tilt move a rod by 3.2 mm a slab */
#define TRACK_HU 60.0	   /* a rod's mean may change so much from slab to slab */
#define LINE_MM 2.0	   /* a slab further off the line is left out */
enum { SEARCHED = 10, MOST_MISSED = 1 };

struct track {
	struct rod_row *rows; /* one a slab, score 0 where none */
	int64_t used;
};

static bool continues(const struct rod_row *row, const struct rod_row *before, int n)
{
	if (!(row->score > 0) || row->missing != before->missing)
		return false;
	for (int i = 0; i < n; i++)
		if (fabs(row->hu[i] - before->hu[i]) > TRACK_HU)
			return false;
	return true;
}

/* The row as the ones from start to before go on to slab; the first few are too near each other to tell. */
static struct rod_row predict(const struct rod_row *rows, int64_t start, int64_t before, int64_t slab)
{
	struct rod_row row = rows[before];
	const int64_t seen = llabs(before - start);
	if (seen < 3)
		return row;
	const double on = (double)llabs(slab - before) / (double)seen;
	for (int k = 0; k < 2; k++) {
		row.first_mm[k] += on * (rows[before].first_mm[k] - rows[start].first_mm[k]);
		row.step_mm[k] += on * (rows[before].step_mm[k] - rows[start].step_mm[k]);
	}
	return row;
}

static void follow(struct track *t, const struct rod_stack *s, const struct phantom *p, int64_t start, int step)
{
	int64_t before = start;
	for (int64_t slab = start + step; slab >= 0 && slab < s->n_slabs; slab += step) {
		struct rod_row row = predict(t->rows, start, before, slab);
		if (llabs(slab - before) > MOST_MISSED + 1)
			break;
		rod_row_refine(&row, s, slab, p, TRACK_REACH_MM);
		if (!continues(&row, &t->rows[before], p->n_rods))
			continue;
		t->rows[slab] = row;
		t->used++;
		before = slab;
	}
}

/* value(w) = *at + *slope w by least squares over the slabs in use. */
static void fit_line(double *at, double *slope, const double *w, const double *value, const bool *use, int64_t n)
{
	double count = 0, mw = 0, mv = 0, ww = 0, wv = 0;
	for (int64_t i = 0; i < n; i++)
		if (use[i]) {
			count++;
			mw += w[i];
			mv += value[i];
		}
	mw /= count;
	mv /= count;
	for (int64_t i = 0; i < n; i++)
		if (use[i]) {
			ww += (w[i] - mw) * (w[i] - mw);
			wv += (w[i] - mw) * (value[i] - mv);
		}
	*slope = ww > 0 ? wv / ww : 0;
	*at = mv - *slope * mw;
}

/* Straight lines through the row's two ends; a slab off its line is left out and the line drawn again. */
static int draw_lines(struct rods_found *f, const struct track *t, const struct rod_stack *s)
{
	const int64_t n = s->n_slabs;
	const int last = f->n_rods - 1;
	double *w = malloc((size_t)n * 2 * sizeof *w);
	bool *use = malloc((size_t)n);
	if (!w || !use) {
		free(w);
		free(use);
		return ERR_RESOURCE("no memory for %lld slabs", (long long)n);
	}
	double *value = w + n, at[4] = { 0 }, slope[4] = { 0 };
	for (int64_t i = 0; i < n; i++) {
		w[i] = rod_stack_w_mm(s, i);
		use[i] = t->rows[i].score > 0;
	}
	for (int pass = 0; pass < 2; pass++)
		for (int k = 0; k < 4; k++) {
			for (int64_t i = 0; i < n; i++)
				value[i] = t->rows[i].first_mm[k & 1] +
					   (k < 2 ? 0 : last * t->rows[i].step_mm[k & 1]);
			fit_line(&at[k], &slope[k], w, value, use, n);
			for (int64_t i = 0; i < n && pass == 0 && k == 3; i++)
				for (int q = 0; q < 4; q++) {
					double v = t->rows[i].first_mm[q & 1] +
						   (q < 2 ? 0 : last * t->rows[i].step_mm[q & 1]);
					use[i] = use[i] && fabs(at[q] + slope[q] * w[i] - v) <= LINE_MM;
				}
		}
	for (int k = 0; k < 2; k++) {
		f->first_mm[k] = at[k];
		f->first_slope[k] = slope[k];
		f->step_mm[k] = (at[2 + k] - at[k]) / last;
		f->step_slope[k] = (slope[2 + k] - slope[k]) / last;
	}
	int64_t lo = n, hi = -1;
	for (int64_t i = 0; i < n; i++)
		if (use[i]) {
			lo = i < lo ? i : lo;
			hi = i;
		}
	free(w);
	free(use);
	if (hi < 0)
		return 1;
	/* Half a slab more on both sides is what the slabs cover; the image's end is the rods' end. */
	const double half = 0.5 * (double)(s->slices_per_slab - 1) * s->mm[2];
	f->from_mm = rod_stack_w_mm(s, lo) - half;
	f->to_mm = hi == n - 1 ? INFINITY : rod_stack_w_mm(s, hi) + half;
	return 0;
}

static int by_score(const void *a, const void *b)
{
	const struct rod_row *const *x = a, *const *y = b;
	return ((*x)->score < (*y)->score) - ((*x)->score > (*y)->score);
}

static int missing_rod(const struct rod_row *row, const struct phantom *p)
{
	const struct phantom_rod *rod = &p->rods[row->rod[row->missing]];
	if (isnan(row->hu[row->missing]))
		return ERR_INVALID("phantom %s: rod %u (%g mg/cm3) lies outside the image", p->name, rod->label,
			rod->mg_cm3);
	return ERR_INVALID("phantom %s: rod %u (%g mg/cm3) is missing: its place reads %.0f HU, where the other "
			   "rods' line says %.0f HU",
		p->name, rod->label, rod->mg_cm3, row->hu[row->missing], row->expected_hu);
}

/* The best row that goes on straight for long enough; 1 when there is none. */
static int choose(struct track *t, struct rod_row *found, int n, const struct rod_stack *s, const struct phantom *p,
	int64_t *start)
{
	const struct rod_row *order[SEARCHED];
	const double slab_mm = (double)s->slices_per_slab * s->mm[2];
	const double least = fmin(LEAST_LENGTH_MM, 0.6 * slab_mm * (double)s->n_slabs);
	for (int i = 0; i < n; i++)
		order[i] = &found[i];
	qsort(order, (size_t)n, sizeof *order, by_score);
	for (int i = 0; i < n && order[i]->score > 0; i++) {
		const int64_t slab = (int64_t)(order[i] - found) * s->n_slabs / n + s->n_slabs / n / 2;
		for (int64_t k = 0; k < s->n_slabs; k++)
			t->rows[k] = (struct rod_row){ .missing = -1 };
		t->rows[slab] = *order[i];
		t->used = 1;
		follow(t, s, p, slab, 1);
		follow(t, s, p, slab, -1);
		*start = slab;
		if (slab_mm * (double)t->used >= least)
			return 0;
	}
	return 1;
}

static int search(struct rods_found *f, const struct rod_stack *s, const struct phantom *p)
{
	struct rod_row found[SEARCHED];
	struct track t = { .rows = calloc((size_t)s->n_slabs, sizeof *t.rows) };
	const int n = s->n_slabs < SEARCHED ? (int)s->n_slabs : SEARCHED;
	int64_t start = 0;
	int failed = 0, rc = -1;
	if (!t.rows)
		return ERR_RESOURCE("no memory for %lld slabs", (long long)s->n_slabs);
#pragma omp parallel for schedule(dynamic) reduction(+ : failed)
	for (int i = 0; i < n; i++)
		failed += rod_row_search(
				  &found[i], s, (int64_t)i * s->n_slabs / n + s->n_slabs / n / 2, p) != 0;
	if (failed)
		ERR_RESOURCE("no memory for the discs of a slab");
	else if (choose(&t, found, n, s, p, &start) != 0)
		ERR_INVALID("phantom %s: no row of %d rods is to be seen in the CT", p->name, p->n_rods);
	else if (t.rows[start].missing >= 0)
		missing_rod(&t.rows[start], p);
	else {
		for (int i = 0; i < p->n_rods; i++)
			f->rod[i] = t.rows[start].rod[i];
		f->n_rods = p->n_rods;
		f->radius_mm = t.rows[start].radius_mm;
		rc = draw_lines(f, &t, s);
		if (rc > 0)
			rc = ERR_INVALID("phantom %s: the rods found do not lie straight", p->name);
	}
	free(t.rows);
	return rc;
}

int rods_find(struct rods_found *found, struct calibration_rod *rods, const struct volume *ct_hu,
	const struct phantom *phantom)
{
	struct rod_stack s;
	*found = (struct rods_found){ 0 };
	if (phantom->n_rods == 2 && !phantom->geometry_given)
		return ERR_INVALID("phantom %s: two rods are not looked for without their geometry: give radius_mm "
				   "and pitch_mm in a YAML file, or labels",
			phantom->name);
	if (rod_stack_init(&s, ct_hu) != 0)
		return -1;
	for (int k = 0; k < 3; k++) {
		found->axis[k] = s.axis[k];
		found->mm[k] = s.mm[k];
	}
	int rc = search(found, &s, phantom);
	const double end_mm = s.mm[2] * (double)(ct_hu->n[s.axis[2]] - 1);
	if (found->to_mm > end_mm)
		found->to_mm = end_mm;
	rod_stack_free(&s);
	return rc != 0 ? -1 : rods_found_measure(found, rods, ct_hu, phantom);
}

int calibration_fit_found(
	struct calibration *c, struct rods_found *found, const struct volume *ct_hu, const struct phantom *phantom)
{
	struct calibration fit = *c;
	fit.n_rods = phantom->n_rods;
	snprintf(fit.rods_from, sizeof fit.rods_from, "found");
	if (rods_find(found, fit.rods, ct_hu, phantom) != 0 || calibration_fit_rods(&fit, phantom) != 0)
		return -1;
	*c = fit;
	return 0;
}

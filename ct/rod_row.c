#include "ct/rod_row.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INNER 0.75	  /* of the radius: partial volume and a misplaced centre stay out */
#define MAX_SD_HU 45.0	  /* within a disc of a slab's mean */
#define LEAST_SEEN 0.3	  /* of a disc */
#define LEAST_EDGE 1.0	  /* a disc stands out */
#define LEAST_STEP_HU 10.0 /* from its surroundings */
#define EDGE_CAP 8.0	  /* standing out more is no better */
#define OFF_LINE 0.03	  /* 1 - r2: the worst of 1040 clinical scans had 0.027 (arXiv 2012.11151) */
#define OFF_LINE_KEPT 0.01 /* of the others when one is left out */
#define MAX_ZERO_HU 120.0 /* a rod of 0 mg/cm3 reads about as water */

struct line {
	double slope, zero, off; /* HU per mg/cm3, HU, 1 - r2 */
};

/* HU (less the rod's water) on density over the places but `left_out`. */
static bool fit(struct line *line, const struct rod_row *row, const struct phantom *p, int left_out)
{
	double n = 0, mx = 0, my = 0, xx = 0, xy = 0, yy = 0;
	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < p->n_rods; i++) {
			const struct phantom_rod *rod = &p->rods[row->rod[i]];
			double x = rod->mg_cm3, y = row->hu[i] - (p->water_known ? rod->water_mg_cm3 - 1000 : 0);
			if (i == left_out || isnan(y))
				continue;
			if (pass == 0) {
				n++;
				mx += x;
				my += y;
				continue;
			}
			xx += (x - mx) * (x - mx);
			xy += (x - mx) * (y - my);
			yy += (y - my) * (y - my);
		}
		if (pass == 0 && n < 2)
			return false;
		mx /= pass ? 1 : n;
		my /= pass ? 1 : n;
	}
	if (!(xx > 0) || !(yy > 0))
		return false;
	*line = (struct line){ .slope = xy / xx, .zero = my - xy / xx * mx, .off = 1 - xy * xy / (xx * yy) };
	return line->slope > 0.5 && line->slope < 5 && fabs(line->zero) < MAX_ZERO_HU;
}

static double value_on(const struct line *line, const struct phantom *p, int rod)
{
	return line->slope * p->rods[rod].mg_cm3 + line->zero +
	       (p->water_known ? p->rods[rod].water_mg_cm3 - 1000 : 0);
}

/* Rods to places: as listed, or by the order of their HU. */
static void assign(struct rod_row *row, const struct phantom *p)
{
	for (int i = 0; i < p->n_rods; i++) {
		row->rod[i] = i;
		if (!p->any_order)
			continue;
		int rank = 0;
		for (int k = 0; k < p->n_rods; k++)
			rank += row->hu[k] < row->hu[i] || (row->hu[k] == row->hu[i] && k < i);
		for (int r = 0; r < p->n_rods; r++) {
			int below = 0;
			for (int q = 0; q < p->n_rods; q++)
				below += phantom_expected_hu(p, q) < phantom_expected_hu(p, r) ||
					 (phantom_expected_hu(p, q) == phantom_expected_hu(p, r) && q < r);
			if (below == rank)
				row->rod[i] = r;
		}
	}
}

/* The line through all places, else through all but one. */
static bool find_line(struct rod_row *row, const struct phantom *p, int unseen)
{
	struct line line;
	row->missing = -1;
	if (unseen < 0 && fit(&line, row, p, -1) && line.off <= OFF_LINE) {
		row->off_line = line.off;
		row->zero_hu = line.zero;
		return true;
	}
	if (p->n_rods < 4)
		return false;
	row->off_line = OFF_LINE_KEPT; /* of the best so far */
	for (int i = 0; i < p->n_rods; i++)
		if ((unseen < 0 || unseen == i) && fit(&line, row, p, i) && line.off <= row->off_line) {
			row->missing = i;
			row->off_line = line.off;
			row->zero_hu = line.zero;
			row->expected_hu = value_on(&line, p, row->rod[i]);
		}
	return row->missing >= 0;
}

void rod_row_judge(struct rod_row *row, const struct rod_stack *s, int64_t slab, const struct phantom *p)
{
	int standing = 0, unseen = -1, uneven = 0;
	double edges = 0;
	row->score = 0;
	row->missing = -1;
	for (int i = 0; i < p->n_rods; i++) {
		double at[2];
		rod_row_place(at, row, i);
		const struct rod_disc d = rod_disc_measure(s, slab, at, row->radius_mm, INNER);
		row->hu[i] = d.mean;
		if (d.seen < LEAST_SEEN) {
			if (unseen >= 0)
				return;
			unseen = i;
			row->hu[i] = NAN;
			continue;
		}
		if (d.variance > MAX_SD_HU * MAX_SD_HU || d.mean < ROD_IMAGE_AIR_HU || d.mean > 1600) {
			if (++uneven + (unseen >= 0) > 1)
				return;
			unseen = i; /* one may be a hole or hidden by something */
			continue;
		}
		if (d.edge >= LEAST_EDGE && fabs(d.mean - d.ring_mean) >= LEAST_STEP_HU) {
			standing++;
			edges += fmin(d.edge, EDGE_CAP);
		}
	}
	if (standing < (p->n_rods > 3 ? p->n_rods - 2 : 2) || (unseen >= 0 && p->any_order))
		return;
	assign(row, p);
	if (find_line(row, p, unseen))
		/* A row taken one place too far has a line as good, but not through water. */
		row->score = edges * (row->missing < 0 ? 1 : 0.4) * (1 - 5 * row->off_line) *
			     (1 - fabs(row->zero_hu) / (2 * MAX_ZERO_HU));
}

static double standing_out(const struct rod_row *row, const struct rod_stack *s, int64_t slab, int n)
{
	double sum = 0;
	for (int i = 0; i < n; i++) {
		double at[2];
		rod_row_place(at, row, i);
		const struct rod_disc d = rod_disc_measure(s, slab, at, row->radius_mm, 0.9);
		sum += d.seen < LEAST_SEEN ? 0 : d.edge;
	}
	return sum;
}

void rod_row_refine(
	struct rod_row *row, const struct rod_stack *s, int64_t slab, const struct phantom *p, double reach_mm)
{
	const int last = p->n_rods - 1;
	double best = standing_out(row, s, slab, p->n_rods);
	for (double step = reach_mm; step > 0.2; step *= 0.5)
		for (int round = 0; round < 4; round++) {
			const struct rod_row start = *row;
			for (int move = 0; move < 8; move++) {
				struct rod_row tried = *row;
				const double by = move & 1 ? step : -step;
				const int end = move >> 2, axis = move >> 1 & 1;
				if (end == 0)
					tried.first_mm[axis] += by;
				tried.step_mm[axis] += (end == 0 ? -by : by) / last;
				double value = standing_out(&tried, s, slab, p->n_rods);
				if (value > best) {
					best = value;
					*row = tried;
				}
			}
			if (memcmp(start.first_mm, row->first_mm, sizeof start.first_mm) == 0 &&
				memcmp(start.step_mm, row->step_mm, sizeof start.step_mm) == 0)
				break;
		}
	rod_row_judge(row, s, slab, p);
}

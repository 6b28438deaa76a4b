/* rod_row_search(): discs that stand out, taken two by two as rods of a row. */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include "ct/rod_row.h"
#include "host/run/err.h"

#define LEAST_EDGE 1.2
#define LEAST_STEP_HU 15.0
#define MAX_SD_HU 60.0
#define RADIUS_FACTOR 1.2 /* between the radii tried */
enum { KEPT = 48 };

struct candidate {
	double uv_mm[2], edge;
};

static int by_edge(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;
	return (x->edge < y->edge) - (x->edge > y->edge);
}

/* The best discs, none within a radius of a better one; returns their number. */
static int thin_out(struct candidate kept[KEPT], struct candidate *all, int64_t n, double radius_mm)
{
	int count = 0;
	qsort(all, (size_t)n, sizeof *all, by_edge);
	for (int64_t i = 0; i < n && count < KEPT; i++) {
		int near = 0;
		for (int k = 0; k < count && !near; k++)
			near = hypot(all[i].uv_mm[0] - kept[k].uv_mm[0], all[i].uv_mm[1] - kept[k].uv_mm[1]) <
			       radius_mm;
		if (!near)
			kept[count++] = all[i];
	}
	return count;
}

static int64_t find_discs(struct candidate *all, const struct rod_stack *s, int64_t slab, double radius_mm)
{
	const float *hu = rod_stack_slab(s, slab);
	const double shift[2] = { 0.5 * (s->pixel_mm[0] - s->mm[0]), 0.5 * (s->pixel_mm[1] - s->mm[1]) };
	int64_t stride[2], n = 0;
	for (int k = 0; k < 2; k++)
		stride[k] = (int64_t)fmax(1, floor(0.3 * radius_mm / s->pixel_mm[k]));
	for (int64_t v = 0; v < s->n[1]; v += stride[1])
		for (int64_t u = 0; u < s->n[0]; u += stride[0]) {
			const double value = (double)hu[u + v * s->n[0]];
			if (!(value > ROD_IMAGE_AIR_HU && value < 1600))
				continue;
			const double at[2] = { (double)u * s->pixel_mm[0] + shift[0],
				(double)v * s->pixel_mm[1] + shift[1] };
			const struct rod_disc d = rod_disc_measure(s, slab, at, radius_mm, 0.7);
			if (d.seen < 0.5 || d.edge < LEAST_EDGE || d.variance > MAX_SD_HU * MAX_SD_HU ||
				fabs(d.mean - d.ring_mean) < LEAST_STEP_HU)
				continue;
			all[n++] = (struct candidate){ .uv_mm = { at[0], at[1] }, .edge = d.edge };
		}
	return n;
}

/* A look at the middle of every place, before the discs are measured: all but one hold tissue or rod. */
static bool may_be_row(const struct rod_row *row, const struct rod_stack *s, int64_t slab, int n)
{
	const float *hu = rod_stack_slab(s, slab);
	int bad = 0;
	for (int i = 0; i < n && bad < 2; i++) {
		double at[2];
		rod_row_place(at, row, i);
		const int64_t u = (int64_t)floor(at[0] / s->pixel_mm[0]), v = (int64_t)floor(at[1] / s->pixel_mm[1]);
		const bool inside = u >= 0 && v >= 0 && u < s->n[0] && v < s->n[1];
		const double value = inside ? (double)hu[u + v * s->n[0]] : NAN;
		bad += !(value > ROD_IMAGE_AIR_HU && value < 1600);
	}
	return bad < 2;
}

/* Every two discs as the rods a < b of a row. */
static void try_pair(struct rod_row *best, const struct candidate *x, const struct candidate *y,
	const struct rod_stack *s, int64_t slab, const struct phantom *p, double radius_mm)
{
	const double d[2] = { y->uv_mm[0] - x->uv_mm[0], y->uv_mm[1] - x->uv_mm[1] };
	const double least = fmax(p->pitch_mm[0], 2.1 * radius_mm), length = hypot(d[0], d[1]);
	for (int gap = 1; gap < p->n_rods; gap++) {
		if (!(length / gap >= least && length / gap <= p->pitch_mm[1]))
			continue;
		for (int a = 0; a + gap < p->n_rods; a++) {
			struct rod_row row = { .radius_mm = radius_mm };
			for (int k = 0; k < 2; k++) {
				row.step_mm[k] = d[k] / gap;
				row.first_mm[k] = x->uv_mm[k] - a * row.step_mm[k];
			}
			if (may_be_row(&row, s, slab, p->n_rods))
				rod_row_judge(&row, s, slab, p);
			if (row.score > best->score)
				*best = row;
		}
	}
}

int rod_row_search(struct rod_row *best, const struct rod_stack *s, int64_t slab, const struct phantom *p)
{
	struct candidate kept[KEPT], *all = malloc((size_t)(s->n[0] * s->n[1]) * sizeof *all);
	*best = (struct rod_row){ .missing = -1 };
	if (!all)
		return ERR_RESOURCE("no memory for the discs of a slab");
	for (double radius = p->radius_mm[0]; radius <= p->radius_mm[1] * 1.001; radius *= RADIUS_FACTOR) {
		const int n = thin_out(kept, all, find_discs(all, s, slab, radius), radius);
		struct rod_row row = { .missing = -1 };
		for (int i = 0; i < n; i++)
			for (int k = 0; k < n; k++)
				if (k != i && (!p->any_order || k > i))
					try_pair(&row, &kept[i], &kept[k], s, slab, p, radius);
		if (row.score > 0)
			rod_row_refine(&row, s, slab, p, 0.3 * radius);
		if (row.score > best->score)
			*best = row;
	}
	free(all);
	return 0;
}

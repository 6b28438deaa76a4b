#include "ct/lesser.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "ct/vec3.h"

#define ANGLE_DEG 52.0	   /* from medial towards posterior */
#define HALF_WIDTH_MM 10.0 /* of the strip looked at, across that direction */
#define FROM_RADII 1.4	   /* below the base of the neck */
#define TO_RADII 3.2	   /* above the shaft proper */
#define SHAFT_TO_RADII 4.0 /* the shaft's own reach is taken from TO_RADII to here */
#define STANDS_OUT_MM 5.0  /* less is no trochanter */
#define TAIL_MM 15.0
#define SADDLE 0.9 /* of a peak: lower than this above it ends the search */
enum { BINS = 128, TOP_BINS = 3 };

struct strip {
	double from_mm, width_mm; /* bins 1 mm apart from from_mm on; half base of the hat */
	int n;
	double out_mm2[BINS]; /* section beyond the limit */
	double sum[BINS][3];  /* mm2 times position */
};

/* Depth below the head, reach from the axis along `out`, and how much of the voxel lies in the strip, 0..1.
 */
static double place(double *depth, double *reach, const struct lesser_view *v, const double point_mm[3],
	const double out[3], const double across[3])
{
	double q[3], h[3];
	vec3_add(q, point_mm, -1, v->shaft_mm);
	vec3_add(h, point_mm, -1, v->head_mm);
	*depth = vec3_dot(h, v->shaft_axis);
	*reach = vec3_dot(q, out);
	const double beside = (HALF_WIDTH_MM - fabs(vec3_dot(q, across))) / v->voxel_mm + 0.5;
	const double before = *reach / v->voxel_mm + 0.5;
	return fmin(fmax(beside, 0), 1) * fmin(fmax(before, 0), 1);
}

/*
 * The radius of a circle with the area of the shaft's section below the trochanter.  All of its outline
 * counts, so the grid's steps average out as they would not in the strip alone.
 */
static double shaft_radius(const struct lesser_view *v)
{
	double volume = 0, deepest = 0;
	const double from = TO_RADII * v->head_radius_mm, to = SHAFT_TO_RADII * v->head_radius_mm;
	for (int64_t i = 0; i < v->n; i++) {
		double h[3];
		vec3_add(h, v->points_mm + 3 * i, -1, v->head_mm);
		const double depth = vec3_dot(h, v->shaft_axis);
		const double below = fmin(fmax((depth - from) / v->voxel_mm + 0.5, 0), 1);
		volume += below * fmin(fmax((to - depth) / v->voxel_mm + 0.5, 0), 1) * v->voxel_mm3;
		deepest = fmax(deepest, depth);
	}
	const double length = fmin(deepest, to) - from;
	/* no shaft in the image: about 0.65 head radii (shaft 15..16 mm, head 23..25 mm) */
	return length < 5 ? 0.65 * v->head_radius_mm : sqrt(volume / length / acos(-1.0));
}

static void read_strip(struct strip *s, const struct lesser_view *v, const double out[3],
	const double across[3], double limit_mm)
{
	double depth, reach;
	memset(s, 0, sizeof *s);
	s->width_mm = fmax(4, 2 * v->voxel_mm);
	s->from_mm = FROM_RADII * v->head_radius_mm;
	s->n = (int)fmin(BINS, (SHAFT_TO_RADII - FROM_RADII) * v->head_radius_mm);
	for (int64_t i = 0; i < v->n; i++) {
		double part = place(&depth, &reach, v, v->points_mm + 3 * i, out, across);
		/* the limit's own voxels count by the part beyond it */
		part *= fmin(fmax((reach - limit_mm) / v->voxel_mm + 0.5, 0), 1);
		int low = (int)fmax(0, ceil(depth - s->width_mm - s->from_mm));
		for (int b = low; part > 0 && b < s->n && s->from_mm + b < depth + s->width_mm; b++) {
			double share = (1 - fabs(s->from_mm + b - depth) / s->width_mm) / s->width_mm;
			s->out_mm2[b] += part * share * v->voxel_mm3;
			vec3_add(s->sum[b], s->sum[b], part * share * v->voxel_mm3, v->points_mm + 3 * i);
		}
	}
}

/*
 * The first peak met from below: the bone stands out again at the base of the neck, above a saddle.  0 when
 * the bone grows to the strip's upper end.
 */
static int find_peak(const struct strip *s, int last)
{
	const double least = (STANDS_OUT_MM - LESSER_CLEAR_MM) * 2 * HALF_WIDTH_MM;
	int peak = last;
	for (int b = last; b >= 0; b--) {
		if (s->out_mm2[b] > s->out_mm2[peak])
			peak = b;
		if (s->out_mm2[peak] >= least && s->out_mm2[b] < SADDLE * s->out_mm2[peak])
			return peak;
	}
	return peak;
}

/* Where a step of the peak's height would hold as much as the flank below it: the mean place of its fall. */
static double flank_middle(const struct strip *s, int peak, int last)
{
	double top = 0, count = 0, wide = 0;
	for (int b = peak - TOP_BINS; b <= peak + TOP_BINS; b++)
		if (b >= 0 && b <= last) {
			top += s->out_mm2[b];
			count++;
		}
	for (int b = peak + 1; b <= last; b++)
		wide += s->out_mm2[b] / (top / count);
	return peak + 0.5 + wide;
}

bool lesser_find(struct lesser *found, const struct lesser_view *v)
{
	const double angle = ANGLE_DEG * acos(-1.0) / 180;
	double out[3] = { 0 }, across[3] = { 0 }, sum[3] = { 0 }, weight = 0;
	struct strip s;
	vec3_add(out, out, cos(angle), v->medial);
	vec3_add(out, out, sin(angle), v->posterior);
	vec3_add(across, across, -sin(angle), v->medial);
	vec3_add(across, across, cos(angle), v->posterior);
	read_strip(&s, v, out, across, shaft_radius(v) + LESSER_CLEAR_MM);
	const int last = (int)fmin(s.n - 1, (TO_RADII - FROM_RADII) * v->head_radius_mm);
	const int peak = find_peak(&s, last);
	*found = (struct lesser){ .stands_out_mm = s.out_mm2[peak] / (2 * HALF_WIDTH_MM) + LESSER_CLEAR_MM };
	if (peak == 0) /* grows on into the base of the neck */
		return false;
	if (!(found->stands_out_mm >= STANDS_OUT_MM))
		return false;
	found->lower_mm = s.from_mm + flank_middle(&s, peak, last);
	for (int k = 0; k < s.n; k++) {
		double near = 1 - fabs(s.from_mm + k - found->lower_mm + 0.5 * TAIL_MM) / (0.5 * TAIL_MM);
		if (near > 0 && s.out_mm2[k] > 0) {
			vec3_add(sum, sum, near, s.sum[k]);
			weight += near * s.out_mm2[k];
		}
	}
	for (int a = 0; a < 3; a++)
		found->point_mm[a] = sum[a] / weight;
	return true;
}

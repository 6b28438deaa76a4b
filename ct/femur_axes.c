#include "ct/femur_axes.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "ct/component.h"
#include "ct/lesser.h"
#include "ct/profile.h"
#include "ct/vec3.h"
#include "host/run/err.h"

#define NECK_FROM 0.7 /* head radii along the neck between which its narrowest section is looked for */
#define NECK_TO 2.2
#define NECK_REACH 1.25 /* head radii about the axis: keeps the trochanters out */
#define NECK_ASSUMED 1.05
#define NECK_HALF_MM 6.0
#define SHAFT_FROM 3.2 /* as ct/shaft.c */
#define SHAFT_LENGTH_MM 100.0
#define WHOLE 0.7
#define LEAST_MM2 10.0
#define LESSER_ASSUMED 2.8
#define LESSER_BESIDE 0.7
enum { ROUNDS = 12 };

struct bone {
	const double *points_mm;
	int64_t n;
	double voxel_mm3, voxel_mm;
};

/* The axis through the head's centre and the narrowest section, which is cut across that axis: to a fixed
 * point. */
static void find_neck(struct femur_axes *x, const struct bone *bone)
{
	const double radius = x->frame.head_radius_mm, *head = x->frame.head_centre_mm;
	double axis[3];
	memcpy(axis, x->frame.neck_axis, sizeof axis);
	for (int round = 0; round < ROUNDS; round++) {
		struct profile p;
		double middle[3];
		profile_read(&p, bone->points_mm, bone->n, bone->voxel_mm3, head, axis, NECK_FROM * radius,
			NECK_TO * radius, NECK_REACH * radius, fmax(2, 1.5 * bone->voxel_mm));
		x->neck_assumed = !profile_narrowest(&p, &x->neck_mm, &x->neck_area_mm2);
		if (x->neck_assumed)
			x->neck_mm = NECK_ASSUMED * radius;
		profile_centroid(middle, &p, x->neck_mm, NECK_HALF_MM);
		vec3_add(middle, middle, -1, head);
		if (vec3_unit(middle) != 0) { /* no bone there */
			x->neck_assumed = true;
			return;
		}
		memcpy(axis, middle, sizeof axis);
	}
	memcpy(x->frame.neck_axis, axis, sizeof axis);
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* A point on the shaft's axis: the mean of its whole sections' centroids. */
static void find_shaft_point(struct femur_axes *x, const struct bone *bone)
{
	const double from = SHAFT_FROM * x->frame.head_radius_mm, *head = x->frame.head_centre_mm;
	double sorted[PROFILE_BINS], sum[3] = { 0 };
	struct profile p;
	int used = 0;
	profile_read(&p, bone->points_mm, bone->n, bone->voxel_mm3, head, x->frame.shaft_axis,
		x->frame.shaft_assumed ? 2 * x->frame.head_radius_mm : from, from + SHAFT_LENGTH_MM, INFINITY,
		fmax(2, 1.5 * bone->voxel_mm));
	while (p.n > 0 && !(p.area_mm2[p.n - 1] > LEAST_MM2)) /* below the label's end */
		p.n--;
	memcpy(sorted, p.area_mm2, sizeof sorted);
	qsort(sorted, (size_t)p.n, sizeof *sorted, compare);
	for (int b = 0; b < p.n; b++)
		if (p.area_mm2[b] >= WHOLE * sorted[p.n / 2]) {
			vec3_add(sum, sum, 1, p.centroid_mm[b]);
			used++;
		}
	for (int a = 0; a < 3; a++)
		x->shaft_mm[a] = used > 0 ? sum[a] / used : head[a] + from * x->frame.shaft_axis[a];
	x->shaft_length_mm = x->frame.shaft_assumed ? 0 : used * PROFILE_STEP_MM;
}

/* Rows right, front, up: up along the shaft, the neck in the plane of right and up. */
static int find_neutral(struct femur_axes *x)
{
	const double lateral = x->frame.side == LABEL_RIGHT ? 1 : -1;
	double *right = x->neutral[0], *front = x->neutral[1], *up = x->neutral[2];
	for (int a = 0; a < 3; a++)
		up[a] = -x->frame.shaft_axis[a];
	vec3_add(right, x->frame.neck_axis, -vec3_dot(x->frame.neck_axis, up), up);
	if (vec3_unit(right) != 0)
		return ERR_INVALID("the neck runs along the shaft");
	for (int a = 0; a < 3; a++)
		right[a] *= lateral;
	for (int a = 0; a < 3; a++)
		front[a] = up[(a + 1) % 3] * right[(a + 2) % 3] - up[(a + 2) % 3] * right[(a + 1) % 3];
	return 0;
}

static void find_lesser(struct femur_axes *x, const struct bone *bone)
{
	const double lateral = x->frame.side == LABEL_RIGHT ? 1 : -1, *head = x->frame.head_centre_mm;
	double medial[3], posterior[3];
	struct lesser found;
	for (int a = 0; a < 3; a++) {
		medial[a] = -lateral * x->neutral[0][a];
		posterior[a] = -x->neutral[1][a];
	}
	const struct lesser_view view = { bone->points_mm, bone->n, bone->voxel_mm3, bone->voxel_mm, head,
		x->frame.head_radius_mm, x->shaft_mm, x->frame.shaft_axis, medial, posterior };
	x->lesser_assumed = !lesser_find(&found, &view);
	x->lesser_stands_out_mm = found.stands_out_mm;
	x->lesser_lower_mm = x->lesser_assumed ? LESSER_ASSUMED * x->frame.head_radius_mm : found.lower_mm;
	if (!x->lesser_assumed) {
		memcpy(x->lesser_mm, found.point_mm, sizeof found.point_mm);
		return;
	}
	/* beside the shaft, where it is in others: 15..18 mm medial and 16..20 mm behind its axis, head radius 24 */
	double q[3];
	vec3_add(q, head, -1, x->shaft_mm);
	vec3_add(x->lesser_mm, x->shaft_mm, vec3_dot(q, x->frame.shaft_axis) + x->lesser_lower_mm,
		x->frame.shaft_axis);
	vec3_add(x->lesser_mm, x->lesser_mm, LESSER_BESIDE * x->frame.head_radius_mm, medial);
	vec3_add(x->lesser_mm, x->lesser_mm, LESSER_BESIDE * x->frame.head_radius_mm, posterior);
}

static void find_angles(struct femur_axes *x)
{
	const double degrees = 180 / acos(-1.0), *shaft = x->frame.shaft_axis, *neck = x->frame.neck_axis;
	const double lateral = x->frame.side == LABEL_RIGHT ? 1 : -1;
	double side[3] = { lateral, 0, 0 }, front[3];
	vec3_add(side, side, -vec3_dot(side, shaft), shaft);
	vec3_unit(side);
	/* front = up x right for either side */
	for (int a = 0; a < 3; a++)
		front[a] = -lateral *
			   (shaft[(a + 1) % 3] * side[(a + 2) % 3] - shaft[(a + 2) % 3] * side[(a + 1) % 3]);
	x->neck_shaft_deg = 180 - degrees * acos(fmin(1, fmax(-1, vec3_dot(neck, shaft))));
	x->anteversion_deg = degrees * atan2(-vec3_dot(neck, front), vec3_dot(neck, side));
}

static double ramp(double value, double from, double to, double at_from)
{
	return at_from + (1 - at_from) * fmin(1, fmax(0, (value - from) / (to - from)));
}

double femur_axes_confidence(const struct femur_axes *x, double voxel_mm)
{
	double head = fmin(ramp(x->frame.head_coverage, 0.6, 0.9, 0),
		ramp(-x->frame.head_rms_mm, -(0.5 * voxel_mm + 1.6), -0.5 * voxel_mm, 0));
	double shaft = x->frame.shaft_assumed ? 0.25 : ramp(x->shaft_length_mm, 24, 80, 0.5);
	double lesser = x->lesser_assumed ? 0.25 : ramp(x->lesser_stands_out_mm, 6, 10, 0.5);
	return fmin(head, fmin(shaft, lesser));
}

/* Points set by hand before the search goes on from them. */
static int take_points(struct femur_axes *x, const struct landmarks *l)
{
	double head[3], neck[3], upper[3], lower[3];
	if (landmarks_get(l, "head_centre", x->frame.side, head))
		memcpy(x->frame.head_centre_mm, head, sizeof head);
	if (landmarks_get(l, "shaft_proximal", x->frame.side, upper) &&
		landmarks_get(l, "shaft_distal", x->frame.side, lower)) {
		vec3_add(x->frame.shaft_axis, lower, -1, upper);
		if (vec3_unit(x->frame.shaft_axis) != 0 || !(x->frame.shaft_axis[2] < 0))
			return ERR_INVALID("landmarks: shaft_distal does not lie below shaft_proximal");
		x->frame.shaft_assumed = false;
	}
	if (landmarks_get(l, "neck_centre", x->frame.side, neck)) {
		vec3_add(neck, neck, -1, x->frame.head_centre_mm);
		x->neck_mm = vec3_length(neck);
		if (vec3_unit(neck) != 0)
			return ERR_INVALID("landmarks: neck_centre lies at the head's centre");
		memcpy(x->frame.neck_axis, neck, sizeof neck);
		x->neck_assumed = false;
	}
	return 0;
}

static void take_lesser(struct femur_axes *x, const struct landmarks *l)
{
	double point[3], q[3];
	if (!landmarks_get(l, "lesser_trochanter", x->frame.side, point))
		return;
	memcpy(x->lesser_mm, point, sizeof point);
	vec3_add(q, point, -1, x->frame.head_centre_mm);
	x->lesser_lower_mm = vec3_dot(q, x->frame.shaft_axis) + LANDMARK_LESSER_LOWER_MM;
	x->lesser_assumed = false;
	x->lesser_stands_out_mm = 10;
}

int femur_axes_find(struct femur_axes *x, const struct volume *labels, uint16_t label, enum label_side side,
	const struct landmarks *points)
{
	struct component largest = { 0 };
	double *centres_mm = NULL, spacing_mm[3], neck[3];
	int rc = -1;
	*x = (struct femur_axes){ .neck_assumed = true };
	TRY(femur_frame_find(&x->frame, labels, label, side));
	TRY(component_largest(&largest, labels, label));
	TRY(component_centres(&centres_mm, &largest, labels));
	volume_spacing_mm(labels, spacing_mm);
	const struct bone bone = { centres_mm, largest.voxels, 1000 * volume_voxel_cm3(labels),
		fmax(spacing_mm[0], fmax(spacing_mm[1], spacing_mm[2])) };
	if (points)
		TRY(take_points(x, points));
	if (!points || !landmarks_get(points, "neck_centre", side, neck))
		find_neck(x, &bone);
	find_shaft_point(x, &bone);
	TRY(find_neutral(x));
	find_lesser(x, &bone);
	if (points)
		take_lesser(x, points);
	find_angles(x);
	x->confidence = femur_axes_confidence(x, bone.voxel_mm);
	rc = 0;
cleanup:
	component_free(&largest);
	free(centres_mm);
	return rc;
}

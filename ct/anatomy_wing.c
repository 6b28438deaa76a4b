/*
 * The iliac wing: a plate on a sphere, hollow towards the inside, under a crest that is an arc of a circle.
 * The circle runs through both superior spines and the crest's middle, the sphere through it and the socket's
 * roof.  In front the plate is hollowed out between the two anterior spines, behind by the greater sciatic
 * notch.
 */
#include "ct/anatomy_pelvis.h"

#define RIM_MM 5.2 /* half the crest's thickness */
#define PLATE_MM 3.0
#define FRONT_HOLLOW_MM 6.0 /* depth below the line between the anterior spines */
#define NOTCH_MM 27.0

static void make_unit(double v[3])
{
	double length = sqrt(anatomy_sdf_dot(v, v));
	for (int k = 0; k < 3; k++)
		v[k] /= length;
}

/* What is left of v across the unit vector `along`. */
static void make_across(double v[3], const double along[3])
{
	double share = anatomy_sdf_dot(v, along);
	for (int k = 0; k < 3; k++)
		v[k] -= share * along[k];
}

/* The circle through both ends and the crest's middle, which is taken above the middle between them. */
static void make_arc(
	struct anatomy_wing *w, const double front[3], const double back[3], const double crest[3])
{
	double middle[3], *up = w->axis[0], *along = w->axis[1], *normal = w->axis[2];
	for (int k = 0; k < 3; k++) {
		middle[k] = 0.5 * (front[k] + back[k]);
		along[k] = front[k] - back[k];
		up[k] = crest[k] - middle[k];
	}
	double half = 0.5 * sqrt(anatomy_sdf_dot(along, along));
	make_unit(along);
	make_across(up, along);
	double rise = sqrt(anatomy_sdf_dot(up, up));
	make_unit(up);
	for (int k = 0; k < 3; k++)
		normal[k] = up[(k + 1) % 3] * along[(k + 2) % 3] - up[(k + 2) % 3] * along[(k + 1) % 3];
	w->arc_mm = (half * half + rise * rise) / (2 * rise);
	for (int k = 0; k < 3; k++)
		w->arc_centre_mm[k] = middle[k] + up[k] * (rise - w->arc_mm);
	w->arc_end[0] = half / w->arc_mm;
	w->arc_end[1] = (w->arc_mm - rise) / w->arc_mm;
}

/* Every sphere through the circle has its middle on the circle's axis. */
static void make_sphere(struct anatomy_wing *w, const double roof[3])
{
	double d[3];
	for (int k = 0; k < 3; k++)
		d[k] = roof[k] - w->arc_centre_mm[k];
	double shift = (anatomy_sdf_dot(d, d) - w->arc_mm * w->arc_mm) / (2 * anatomy_sdf_dot(d, w->axis[2]));
	for (int k = 0; k < 3; k++)
		w->centre_mm[k] = w->arc_centre_mm[k] + shift * w->axis[2][k];
	w->radius_mm = hypot(shift, w->arc_mm);
}

/* A ball that takes FRONT_HOLLOW_MM from the line between the anterior spines. */
static void make_front(struct anatomy_wing *w, const double upper[3], const double lower[3], double scale)
{
	double line[3], out[3], half = 0.5 * anatomy_sdf_distance(upper, lower),
				depth = FRONT_HOLLOW_MM * scale;
	for (int k = 0; k < 3; k++) {
		line[k] = upper[k] - lower[k];
		out[k] = w->axis[1][k];
	}
	make_unit(line);
	make_across(out, line);
	make_unit(out);
	w->front_mm = (half * half + depth * depth) / (2 * depth);
	for (int k = 0; k < 3; k++)
		w->front_centre_mm[k] = 0.5 * (upper[k] + lower[k]) + out[k] * (w->front_mm - depth);
}

void anatomy_wing_make(struct anatomy *a, enum anatomy_side side)
{
	static const struct anatomy_landmark spine = { 35, 46, 76, 0 }, back = { -40, -88, 72, 0 };
	static const struct anatomy_landmark crest = { 28, -20, 128, 0 }, roof = { 0, -8, 34, 0 };
	static const struct anatomy_landmark lower_spine = { 6, 32, 36, 0 }, notch = { -44, -66, 18, 0 };
	struct anatomy_wing *w = &a->wing[side];
	double scale = a->params.pelvis_scale, p[4][3], lower[3];
	anatomy_landmark_place(p[0], a, side, &spine);
	anatomy_landmark_place(p[1], a, side, &back);
	anatomy_landmark_place(p[2], a, side, &crest);
	anatomy_landmark_place(p[3], a, side, &roof);
	anatomy_landmark_place(lower, a, side, &lower_spine);
	anatomy_landmark_place(w->notch_centre_mm, a, side, &notch);
	make_arc(w, p[0], p[1], p[2]);
	make_sphere(w, p[3]);
	make_front(w, p[0], lower, scale);
	w->half_mm = PLATE_MM * scale;
	w->rim_mm = RIM_MM * scale;
	w->notch_mm = NOTCH_MM * scale;
}

/* A circle reaches as far along an axis as its radius times the sine between that axis and its own. */
void anatomy_wing_bound(struct anatomy *a, enum anatomy_side side, double margin_mm)
{
	struct anatomy_bone *bone = &a->bone[ANATOMY_HIP_RIGHT + (int)side];
	const struct anatomy_wing *w = &a->wing[side];
	for (int k = 0; k < 3; k++) {
		double reach = w->arc_mm * sqrt(1 - w->axis[2][k] * w->axis[2][k]) + w->rim_mm + margin_mm;
		bone->low[k] = fmin(bone->low[k], w->arc_centre_mm[k] - reach);
		bone->high[k] = fmax(bone->high[k], w->arc_centre_mm[k] + reach);
	}
}

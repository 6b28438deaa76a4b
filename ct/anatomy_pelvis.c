/*
 * The hip bone of each side: the socket and the columns that run from it, ischium and pubis with their rami about the
 * obturator foramen; the iliac wing is in ct/anatomy_wing.c.
 */
#include "ct/anatomy_pelvis.h"

#define AVERAGE_HALF_DISTANCE_MM 88.0

/* Medial of the head the width stretches with the distance of the heads, lateral of it with the scale. */
void anatomy_landmark_place(
	double out[3], const struct anatomy *a, enum anatomy_side side, const struct anatomy_landmark *l)
{
	double scale = a->params.pelvis_scale, half = a->params.head_distance_mm / 2;
	double lateral = l->lateral < 0 ? l->lateral * half / AVERAGE_HALF_DISTANCE_MM : l->lateral * scale;
	out[0] = (side == ANATOMY_RIGHT ? 1 : -1) * (half + lateral);
	out[1] = l->anterior * scale;
	out[2] = l->superior * scale;
}

void anatomy_landmark_midline(double out[3], const struct anatomy *a, const struct anatomy_landmark *l)
{
	out[0] = l->lateral * a->params.head_distance_mm / (2 * AVERAGE_HALF_DISTANCE_MM);
	out[1] = l->anterior * a->params.pelvis_scale;
	out[2] = l->superior * a->params.pelvis_scale;
}

static void add_way(struct anatomy *a, enum anatomy_side side, const struct anatomy_way *way)
{
	double p[2][3], scale = a->params.pelvis_scale;
	anatomy_landmark_place(p[0], a, side, &way->at[0]);
	for (int i = 1; i < way->n; i++) {
		double *from = p[(i + 1) % 2], *to = p[i % 2];
		anatomy_landmark_place(to, a, side, &way->at[i]);
		struct anatomy_cone cone =
			anatomy_cone_make(from, to, way->at[i - 1].radius * scale, way->at[i].radius * scale);
		cone.chained = i > 1;
		anatomy_bone_add(&a->bone[ANATOMY_HIP_RIGHT + (int)side], cone);
	}
}

static void make_socket(struct anatomy *a, enum anatomy_side side)
{
	const double tilt[3] = { 0.68, 0.28, -0.677 }; /* the socket opens outwards, forwards and down */
	/* A narrow joint is narrow above: the head has risen within its socket. */
	double space = a->params.femur[side].joint_space_mm, middle = 0.5 * (space + ANATOMY_JOINT_SPACE_MM);
	if (a->params.femur[side].cup_mm > 0)
		space = middle = a->params.femur[side].cup_mm - a->frame[side].head_radius_mm; /* reamed for the cup */
	a->cup_radius_mm[side] = a->frame[side].head_radius_mm + middle;
	for (int k = 0; k < 3; k++)
		a->cup_centre_mm[side][k] = a->frame[side].head_centre_mm[k];
	a->cup_centre_mm[side][2] -= middle - space;
	/* Osteophytes of the rim deepen the socket. */
	a->cup_rim_mm[side] = 0.6 * a->params.femur[side].osteophyte_mm;
	for (int k = 0; k < 3; k++)
		a->cup_axis[side][k] = (k == 0 && side == ANATOMY_LEFT) ? -tilt[k] : tilt[k];
}

static void make_hip(struct anatomy *a, enum anatomy_side side)
{
	static const struct anatomy_way ways[] = {
		/* roof of the socket up into the wing */
		{ 2, { { -8, -6, 32, 17 }, { 10, -14, 66, 4 } } },
		/* front edge, over the lower to the upper spine */
		{ 4, { { 0, 18, 26, 11 }, { 7, 30, 38, 7.5 }, { 19, 36, 55, 4.5 }, { 34, 45, 74, 6 } } },
		/* to the sacroiliac joint */
		{ 3, { { -10, -20, 34, 14 }, { -24, -46, 46, 12 }, { -37, -76, 62, 11 } } },
		/* pelvic brim: arcuate line and upper ramus to the body of the pubis and down the lower ramus */
		{ 6, { { -37, -60, 54, 8 }, { -27, -36, 34, 8 }, { -22, -6, 15, 9 }, { -30, 18, 0, 11.5 },
			     { -48, 34, -10, 8 }, { -68, 41, -21, 8.5 } } },
		{ 6, { { -68, 41, -21, 8.5 }, { -78, 38, -34, 9 }, { -77, 32, -46, 7.5 }, { -67, 17, -58, 7 },
			     { -54, -2, -65, 7.5 }, { -38, -20, -64, 11 } } },
		/* ischium and its tuberosity */
		{ 3, { { -14, -24, -12, 14 }, { -27, -33, -50, 12 }, { -30, -28, -64, 12 } } },
		/* ischial spine */
		{ 2, { { -24, -34, 4, 7 }, { -39, -46, -6, 2.5 } } },
	};
	struct anatomy_bone *bone = &a->bone[ANATOMY_HIP_RIGHT + (int)side];
	bone->blend_mm = 9 * a->params.pelvis_scale;
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		add_way(a, side, &ways[i]);
	make_socket(a, side);
	anatomy_wing_make(a, side);
	anatomy_bone_bound(bone, 8);
	anatomy_wing_bound(a, side, 8);
}

void anatomy_pelvis_make(struct anatomy *a)
{
	make_hip(a, ANATOMY_RIGHT);
	make_hip(a, ANATOMY_LEFT);
	anatomy_spine_make(a);
}

/*
 * Implants, all of titanium alloy: a nail down the femur's canal with its screw up the neck, or a total hip: a cup in the
 * reamed socket, a head on the stem's neck, a tapered stem down the canal.  A replaced femur ends at the cut through its
 * neck; what lies between cup and head has soft tissue's density, which is near polyethylene's.
 */
#include "ct/anatomy_sdf.h"

#define CUP_MM 4.0       /* thickness of its shell */
#define HEAD_MM 16.0     /* radius */
#define CUT_SHARE 0.70   /* of the way from the head's centre to the shaft's axis, across the neck */
#define STEM_MM 125.0    /* of its tip below where neck and shaft axes meet */
enum { HEAD, NECK, BODY, TIP, STEM_PIECES, CUP = STEM_PIECES };
_Static_assert((int)ANATOMY_METAL == (int)ANATOMY_NAIL + (int)CUP + 1, "a nail's pieces, then a total hip's");

static void make_nail(struct anatomy *a, enum anatomy_side side)
{
	const struct anatomy_femur_axes *axes = &a->axes[side];
	double x = axes->shaft_offset_mm[0], y = axes->shaft_offset_mm[1], z = axes->junction_mm;
	double radius = a->params.femur[side].nail_mm, top[3], tip[3], from[3], to[3];
	anatomy_femur_to_body(top, a, side, x, y, z + 24);
	anatomy_femur_to_body(tip, a, side, x, y, z - 160);
	anatomy_femur_to_body(from, a, side, 1.4 * x, 1.4 * y, 1.4 * z);
	anatomy_femur_to_body(to, a, side, 0.1 * x, 0.1 * y, 0.1 * z);
	a->metal[side][0] = anatomy_cone_make(top, tip, 1.25 * radius, radius);
	a->metal[side][1] = anatomy_cone_make(from, to, 0.9 * radius, 0.9 * radius);
}

/* The stem fills the canal as the femur's size has it. */
static void make_stem(struct anatomy *a, enum anatomy_side side)
{
	const struct anatomy_femur_axes *axes = &a->axes[side];
	const struct anatomy_femur *f = &a->params.femur[side];
	double x = axes->shaft_offset_mm[0], y = axes->shaft_offset_mm[1], z = axes->junction_mm;
	double size = f->head_diameter_mm / 45.5, canal = 0.5 * f->shaft_diameter_mm - f->cortex_shaft_mm;
	double tip = fmax(canal - 2.5, 4), ball[3], neck[3], shoulder[3], middle[3], end[3];
	anatomy_femur_to_body(ball, a, side, 0.02 * x, 0.02 * y, 0.02 * z);
	anatomy_femur_to_body(neck, a, side, 0.75 * x, 0.75 * y, 0.75 * z);
	anatomy_femur_to_body(shoulder, a, side, 0.88 * x, 0.88 * y, 0.88 * z + 4 * size);
	anatomy_femur_to_body(middle, a, side, x, y, z - 45 * size);
	anatomy_femur_to_body(end, a, side, x, y, z - STEM_MM * size);
	struct anatomy_cone *stem = &a->metal[side][ANATOMY_NAIL];
	stem[HEAD] = anatomy_cone_make(a->frame[side].head_centre_mm, ball, HEAD_MM, HEAD_MM);
	stem[NECK] = anatomy_cone_make(a->frame[side].head_centre_mm, neck, 6, 7.5);
	stem[BODY] = anatomy_cone_make(shoulder, middle, 11 * size, tip + 1.5);
	stem[TIP] = anatomy_cone_make(middle, end, tip + 1.5, tip);
}

void anatomy_metal_make(struct anatomy *a, enum anatomy_side side)
{
	if (a->params.femur[side].nail_mm > 0)
		make_nail(a, side);
	if (a->params.femur[side].cup_mm > 0)
		make_stem(a, side);
}

bool anatomy_has_metal(const struct anatomy *a)
{
	for (int side = 0; side < ANATOMY_SIDES; side++)
		if (a->params.femur[side].nail_mm > 0 || a->params.femur[side].cup_mm > 0)
			return true;
	return false;
}

double anatomy_resection_cut(const struct anatomy *a, enum anatomy_side side, double femur, const double p[3])
{
	const struct femur_frame *frame = &a->frame[side];
	double along = 0;
	if (!(a->params.femur[side].cup_mm > 0))
		return femur;
	for (int k = 0; k < 3; k++)
		along += frame->neck_axis[k] * (p[k] - frame->head_centre_mm[k]);
	return anatomy_sdf_cut(femur, CUT_SHARE * a->axes[side].neck_length_mm - along, 1);
}

/* Half a shell, open where the socket is. */
static double cup_sdf(const struct anatomy *a, enum anatomy_side side, const double p[3])
{
	double d[3];
	for (int k = 0; k < 3; k++)
		d[k] = p[k] - a->cup_centre_mm[side][k];
	double middle = a->params.femur[side].cup_mm - 0.5 * CUP_MM;
	double shell = fabs(sqrt(anatomy_sdf_dot(d, d)) - middle) - 0.5 * CUP_MM;
	return anatomy_sdf_cut(shell, anatomy_sdf_dot(d, a->cup_axis[side]), 0.5);
}

static double piece_sdf(const struct anatomy *a, enum anatomy_side side, int i, const double p[3])
{
	return i == ANATOMY_NAIL + CUP ? cup_sdf(a, side, p) : anatomy_sdf_cone(&a->metal[side][i], p);
}

unsigned anatomy_metal_local(const struct anatomy *a, const double centre[3], double reach_mm)
{
	unsigned bits = 0;
	for (int side = 0; side < ANATOMY_SIDES; side++)
		for (int i = 0; i < ANATOMY_METAL; i++) {
			const struct anatomy_femur *f = &a->params.femur[side];
			if (!((i < ANATOMY_NAIL ? f->nail_mm : f->cup_mm) > 0))
				continue;
			if (piece_sdf(a, (enum anatomy_side)side, i, centre) < reach_mm)
				bits |= 1u << (side * ANATOMY_METAL + i);
		}
	return bits;
}

double anatomy_metal(const struct anatomy *a, const double p[3], double width_mm, unsigned which)
{
	double share = 0;
	for (int side = 0; side < ANATOMY_SIDES; side++)
		for (int i = 0; i < ANATOMY_METAL; i++)
			if (which >> (side * ANATOMY_METAL + i) & 1)
				share = fmax(share,
					anatomy_inside(piece_sdf(a, (enum anatomy_side)side, i, p), width_mm));
	return share;
}

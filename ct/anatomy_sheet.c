/*
 * The planes of fat that a hip film shows as dark stripes, because the beam runs along them: over the gluteus minimus and
 * over the medius, on the inner side of the iliopsoas, and on the pelvic side of the internal obturator.  Each is a
 * ribbon: a line in the frontal plane, drawn out from front to back.
 */
#include "ct/anatomy_pelvis.h"

#define SHEET_FAT 0.95
#define SOFT_MM 8.0 /* over which a ribbon ends in front and behind */

/* (lateral, superior) mm from the head's centre, for heads 176 mm apart, and where the ribbon lies along y. */
struct ribbon {
	double from[2], to[2], middle_y, half_depth;
};
static const struct ribbon ribbons[ANATOMY_SHEETS] = {
	{ { 50, 15 }, { 34, 39 }, -8, 22 },    /* gluteus minimus */
	{ { 34, 39 }, { 24, 74 }, -8, 22 },
	{ { 65, 3 }, { 55, 44 }, -14, 26 },    /* gluteus medius */
	{ { 55, 44 }, { 41, 88 }, -14, 26 },
	{ { -30, 16 }, { -9, -22 }, 16, 20 },  /* iliopsoas */
	{ { -9, -22 }, { 10, -58 }, 12, 20 },
	{ { -41, 36 }, { -46, 10 }, -22, 20 },  /* internal obturator */
	{ { -46, 10 }, { -47, -16 }, -18, 20 },
};

void anatomy_sheet_make(struct anatomy *a)
{
	for (int side = 0; side < ANATOMY_SIDES; side++)
		for (int i = 0; i < ANATOMY_SHEETS; i++) {
			const struct ribbon *r = &ribbons[i];
			struct anatomy_sheet *s = &a->sheet[side][i];
			const struct anatomy_landmark ends[2] = { { r->from[0], r->middle_y, r->from[1], 0 },
				{ r->to[0], r->middle_y, r->to[1], 0 } };
			anatomy_landmark_place(s->from_mm, a, (enum anatomy_side)side, &ends[0]);
			anatomy_landmark_place(s->to_mm, a, (enum anatomy_side)side, &ends[1]);
			s->half_depth_mm = r->half_depth * a->params.pelvis_scale;
		}
	/* The fat and the old have more between their muscles. */
	a->sheet_half_mm = 0.5 + 4 * a->params.intermuscular_fat;
}

/* From the line, in the frontal plane. */
static double across_mm(const struct anatomy_sheet *s, const double p[3])
{
	double ux = s->to_mm[0] - s->from_mm[0], uz = s->to_mm[2] - s->from_mm[2];
	double x = p[0] - s->from_mm[0], z = p[2] - s->from_mm[2];
	double t = anatomy_sdf_clamp((x * ux + z * uz) / (ux * ux + uz * uz), 0, 1);
	x -= t * ux;
	z -= t * uz;
	return sqrt(x * x + z * z);
}

static double beyond_mm(const struct anatomy_sheet *s, const double p[3])
{
	return fabs(p[1] - s->from_mm[1]) - s->half_depth_mm;
}

double anatomy_sheet_fat(const struct anatomy *a, const double p[3], double width_mm, double fat, unsigned which)
{
	enum anatomy_side side = p[0] > 0 ? ANATOMY_RIGHT : ANATOMY_LEFT;
	double share = 0;
	unsigned mine = which >> (side == ANATOMY_RIGHT ? 0 : ANATOMY_SHEETS) & ((1u << ANATOMY_SHEETS) - 1);
	for (int i = 0; mine >> i; i++) {
		const struct anatomy_sheet *s = &a->sheet[side][i];
		if (!(mine >> i & 1))
			continue;
		double here = anatomy_inside(across_mm(s, p) - a->sheet_half_mm, width_mm) *
			      (1 - anatomy_sdf_step(-SOFT_MM, 0, beyond_mm(s, p)));
		share = anatomy_sdf_max(share, here);
	}
	return fat + (SHEET_FAT - fat) * share;
}

unsigned anatomy_sheet_local(const struct anatomy *a, const double centre[3], double radius_mm, double width_mm)
{
	double reach = radius_mm + a->sheet_half_mm + 0.5 * width_mm;
	unsigned bits = 0;
	for (int side = 0; side < ANATOMY_SIDES; side++)
		for (int i = 0; i < ANATOMY_SHEETS; i++) {
			const struct anatomy_sheet *s = &a->sheet[side][i];
			if (beyond_mm(s, centre) < radius_mm && across_mm(s, centre) < reach)
				bits |= 1u << (side * ANATOMY_SHEETS + i);
		}
	return bits;
}

/*
 * The planes of fat that a hip film shows as dark stripes, because the beam runs along them: over the gluteus minimus and
 * over the medius, on the inner side of the iliopsoas, and on the pelvic side of the internal obturator.  Each is a
 * ribbon: a line in the frontal plane, drawn out from front to back.
 */
#include "ct/anatomy_pelvis.h"

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

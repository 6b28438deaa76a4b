/* Where the pieces of implants lie; what they are, kernels/anatomy/metal.h says. */
#include "ct/anatomy_make.h"

#define HEAD_MM 16.0     /* radius */
#define STEM_MM 125.0    /* of its tip below where neck and shaft axes meet */
enum { HEAD, NECK, BODY, TIP, STEM_PIECES };
_Static_assert((int)ANATOMY_CUP == (int)ANATOMY_NAIL + (int)STEM_PIECES && (int)ANATOMY_METAL == (int)ANATOMY_CUP + 1,
	"a nail's pieces, then a total hip's");

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

/* Where the femur's main stress groups lie (Singh 1970 names them); what they do, kernels/anatomy/trabecular.h says. */
#include "ct/anatomy_make.h"

/* The circle through three points of the plane. */
static void circle(double centre[2], double *radius, const double a[2], const double b[2], const double c[2])
{
	double bx = b[0] - a[0], by = b[1] - a[1], cx = c[0] - a[0], cy = c[1] - a[1];
	double twice = 2 * (bx * cy - by * cx), bb = bx * bx + by * by, cc = cx * cx + cy * cy;
	double x = (cy * bb - by * cc) / twice, y = (bx * cc - cx * bb) / twice;
	centre[0] = a[0] + x;
	centre[1] = a[1] + y;
	*radius = hypot(x, y);
}

void anatomy_stress_make(struct anatomy *a, enum anatomy_side side)
{
	const struct anatomy_femur *f = &a->params.femur[side];
	const struct anatomy_femur_axes *axes = &a->axes[side];
	struct anatomy_stress *s = &a->stress[side];
	double radius = a->frame[side].head_radius_mm, x = axes->shaft_offset_mm[0], z = axes->junction_mm;
	double length = hypot(x, z), up[2] = { -z / length, x / length };
	const double lateral[2] = { x + 0.45 * f->shaft_diameter_mm, z - 22 };
	const double over[2] = { 0.5 * x + 0.28 * f->neck_width_mm * up[0],
		0.5 * z + 0.28 * f->neck_width_mm * up[1] };
	const double medial[2] = { -0.55 * radius, -0.15 * radius };
	s->calcar[0] = x - 0.35 * f->shaft_diameter_mm;
	s->calcar[1] = z - 12;
	s->dome[0] = -0.15 * radius;
	s->dome[1] = radius;
	s->ward[0] = 0.72 * x;
	s->ward[1] = 0.72 * z - 2;
	circle(s->arc_centre, &s->arc_radius_mm, lateral, over, medial);
}

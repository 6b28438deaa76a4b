/*
 * Trabecular bone of the proximal femur: a level that falls from the head over the neck to the trochanters,
 * raised along the main stress groups and lowered in the triangle between them (Singh 1970 names them), with
 * a pattern of struts along both groups.  The pattern has mean zero: it changes no mass beyond chance.
 */
#include "ct/anatomy_sdf.h"

#define COMPRESSION_SD_MM 6.0
#define TENSION_SD_MM 4.5
#define WARD_SD_MM 7.0
#define STRUT_LENGTH_MM 8.0 /* of the pattern along and across the groups */
#define STRUT_WIDTH_MM 2.4

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

struct place {
	double local[3];
	double along;	/* the neck, in neck lengths */
	double beside;	/* mm from the compression sheet */
	double outside; /* mm from the tension arc */
};

static struct place place_of(const struct anatomy *a, enum anatomy_side side, const double p[3])
{
	const struct anatomy_stress *s = &a->stress[side];
	struct place at;
	double d[3], u[2] = { s->dome[0] - s->calcar[0], s->dome[1] - s->calcar[1] };
	anatomy_femur_local(at.local, a, side, p);
	for (int k = 0; k < 3; k++)
		d[k] = p[k] - a->frame[side].head_centre_mm[k];
	at.along = anatomy_sdf_dot(a->frame[side].neck_axis, d) / a->axes[side].neck_length_mm;
	at.beside = ((at.local[0] - s->calcar[0]) * u[1] - (at.local[2] - s->calcar[1]) * u[0]) /
		    hypot(u[0], u[1]);
	at.outside = hypot(at.local[0] - s->arc_centre[0], at.local[2] - s->arc_centre[1]) - s->arc_radius_mm;
	return at;
}

static double bump(double distance, double sd)
{
	double u = distance * distance / (2 * sd * sd);
	return u < 12 ? exp(-u) : 0;
}

static double group_factor(const struct anatomy_stress *s, const struct place *at)
{
	double medial = 1 - anatomy_sdf_step(0.7, 1.0, at->along);
	double ward = hypot(at->local[0] - s->ward[0], at->local[2] - s->ward[1]);
	return (1 + 0.45 * bump(at->beside, COMPRESSION_SD_MM) * medial) *
	       (1 + 0.25 * bump(at->outside, TENSION_SD_MM)) * (1 - 0.45 * bump(ward, WARD_SD_MM));
}

/* Struts along the sheet and along the arc, crossing each other. */
static double pattern(const struct anatomy *a, enum anatomy_side side, const struct place *at)
{
	const struct anatomy_stress *s = &a->stress[side];
	double u[2] = { s->dome[0] - s->calcar[0], s->dome[1] - s->calcar[1] }, length = hypot(u[0], u[1]);
	double up = ((at->local[0] - s->calcar[0]) * u[0] + (at->local[2] - s->calcar[1]) * u[1]) / length;
	double round =
		s->arc_radius_mm * atan2(at->local[2] - s->arc_centre[1], at->local[0] - s->arc_centre[0]);
	uint64_t seed = a->params.texture_seed + 2 * (uint64_t)side;
	double deep = at->local[1] / (1.6 * STRUT_WIDTH_MM);
	return sqrt(0.5) *
	       (anatomy_noise(seed, up / STRUT_LENGTH_MM, at->beside / STRUT_WIDTH_MM, deep) +
		       anatomy_noise(seed + 1, round / STRUT_LENGTH_MM, at->outside / STRUT_WIDTH_MM, deep));
}

double anatomy_femur_trabecular(const struct anatomy *a, enum anatomy_side side, const double p[3])
{
	const struct anatomy_femur *f = &a->params.femur[side];
	const struct anatomy_femur_axes *axes = &a->axes[side];
	double radius = a->frame[side].head_radius_mm / axes->neck_length_mm;
	struct place at = place_of(a, side, p);
	double head = f->trabecular_mg_cm3 * f->trabecular_gradient * f->trabecular_gradient;
	double trochanter = f->trabecular_mg_cm3 / f->trabecular_gradient;
	double rho =
		head + (f->trabecular_mg_cm3 - head) * anatomy_sdf_step(0.5 * radius, 1.1 * radius, at.along);
	rho += (trochanter - rho) * anatomy_sdf_step(0.6, 1.05, at.along);
	rho *= group_factor(&a->stress[side], &at);
	/* The marrow canal begins below the trochanters. */
	rho *= 1 - anatomy_sdf_step(5, 60, axes->junction_mm - at.local[2]);
	if (rho > 0 && f->texture > 0)
		rho *= fmax(1 + f->texture * pattern(a, side, &at), 0);
	return rho * anatomy_joint_factor(a, side, false, p);
}

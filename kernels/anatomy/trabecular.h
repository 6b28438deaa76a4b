/*
 * Trabecular bone of the proximal femur: a level that falls from the head over the neck to the trochanters,
 * raised along the main stress groups and lowered in the triangle between them (Singh 1970 names them), with
 * a pattern of struts along both groups.  The pattern has mean zero: it changes no mass beyond chance.
 */
#ifndef KERNELS_ANATOMY_TRABECULAR_H
#define KERNELS_ANATOMY_TRABECULAR_H
#include "kernels/anatomy/femur.h"
#include "kernels/anatomy/joint.h"
#include "kernels/anatomy/noise.h"

#define ANATOMY_COMPRESSION_SD_MM 6.0
#define ANATOMY_TENSION_SD_MM 4.5
#define ANATOMY_WARD_SD_MM 7.0
#define ANATOMY_STRUT_LENGTH_MM 8.0 /* of the pattern along and across the groups */
#define ANATOMY_STRUT_WIDTH_MM 2.4

struct anatomy_place {
	double local[3];
	double along;	/* the neck, in neck lengths */
	double beside;	/* mm from the compression sheet */
	double outside; /* mm from the tension arc */
};

K_FN struct anatomy_place anatomy_place_of(const struct anatomy *a, enum anatomy_side side, const double p[3])
{
	const struct anatomy_stress *s = &a->stress[side];
	struct anatomy_place at;
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

K_FN double anatomy_stress_bump(double distance, double sd)
{
	double u = distance * distance / (2 * sd * sd);
	return u < 12 ? exp(-u) : 0;
}

K_FN double anatomy_stress_factor(const struct anatomy_stress *s, const struct anatomy_place *at)
{
	double medial = 1 - anatomy_sdf_step(0.7, 1.0, at->along);
	double ward = hypot(at->local[0] - s->ward[0], at->local[2] - s->ward[1]);
	return (1 + 0.45 * anatomy_stress_bump(at->beside, ANATOMY_COMPRESSION_SD_MM) * medial) *
	       (1 + 0.25 * anatomy_stress_bump(at->outside, ANATOMY_TENSION_SD_MM)) *
	       (1 - 0.45 * anatomy_stress_bump(ward, ANATOMY_WARD_SD_MM));
}

/* Struts along the sheet and along the arc, crossing each other. */
K_FN double anatomy_strut_pattern(const struct anatomy *a, enum anatomy_side side, const struct anatomy_place *at)
{
	const struct anatomy_stress *s = &a->stress[side];
	double u[2] = { s->dome[0] - s->calcar[0], s->dome[1] - s->calcar[1] }, length = hypot(u[0], u[1]);
	double up = ((at->local[0] - s->calcar[0]) * u[0] + (at->local[2] - s->calcar[1]) * u[1]) / length;
	double round =
		s->arc_radius_mm * atan2(at->local[2] - s->arc_centre[1], at->local[0] - s->arc_centre[0]);
	uint64_t seed = a->params.texture_seed + 2 * (uint64_t)side;
	double deep = at->local[1] / (1.6 * ANATOMY_STRUT_WIDTH_MM);
	return sqrt(0.5) *
	       (anatomy_noise(seed, up / ANATOMY_STRUT_LENGTH_MM, at->beside / ANATOMY_STRUT_WIDTH_MM, deep) +
		       anatomy_noise(seed + 1, round / ANATOMY_STRUT_LENGTH_MM, at->outside / ANATOMY_STRUT_WIDTH_MM, deep));
}

K_FN double anatomy_femur_trabecular(const struct anatomy *a, enum anatomy_side side, const double p[3])
{
	const struct anatomy_femur *f = &a->params.femur[side];
	const struct anatomy_femur_axes *axes = &a->axes[side];
	double radius = a->frame[side].head_radius_mm / axes->neck_length_mm;
	struct anatomy_place at = anatomy_place_of(a, side, p);
	double head = f->trabecular_mg_cm3 * f->trabecular_gradient * f->trabecular_gradient;
	double trochanter = f->trabecular_mg_cm3 / f->trabecular_gradient;
	double rho =
		head + (f->trabecular_mg_cm3 - head) * anatomy_sdf_step(0.5 * radius, 1.1 * radius, at.along);
	rho += (trochanter - rho) * anatomy_sdf_step(0.6, 1.05, at.along);
	rho *= anatomy_stress_factor(&a->stress[side], &at);
	/* The marrow canal begins below the trochanters. */
	rho *= 1 - anatomy_sdf_step(5, 60, axes->junction_mm - at.local[2]);
	if (rho > 0 && f->texture > 0)
		rho *= fmax(1 + f->texture * anatomy_strut_pattern(a, side, &at), 0.0);
	return rho * anatomy_joint_factor(a, side, false, p);
}
#endif

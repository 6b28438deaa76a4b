/*
 * What lies around the bones: muscle within subcutaneous fat within 2 mm of skin.  The trunk is a flattened cylinder that
 * ends at the crotch, the thighs are round cones; the pelvic cavity holds more fat than muscle does.
 */
#ifndef KERNELS_ANATOMY_TISSUE_H
#define KERNELS_ANATOMY_TISSUE_H
#include "kernels/anatomy/muscle.h"
#include "kernels/anatomy/sheet.h"

#define ANATOMY_SKIN_MM 2.0
#define ANATOMY_CROTCH_MM (-78.0)
#define ANATOMY_DIFFUSE 0.6 /* of the fat between the muscles: the rest lies in planes */
#define ANATOMY_BODY_BLEND_MM 20.0
#define ANATOMY_PERINEUM_SLOPE 0.25 /* it ends lower behind */
#define ANATOMY_CLOTH_MM 4.0 /* cloth with the air in it, over the skin */

/* What changes so slowly that it may be read between the nodes of a lattice of 6 mm. */
struct anatomy_smooth {
	double skin_mm, muscle_mm; /* distance to the skin and to the muscles' outline */
	double wave, cavity;       /* unevenness of fat; 1 within the pelvic cavity, 0 outside */
};

struct anatomy_trunk {
	double half_width, half_depth, middle_y;
};

K_FN double anatomy_trunk_half_width(const struct anatomy_params *p)
{
	double reach = 0;
	for (int side = 0; side < ANATOMY_SIDES; side++)
		reach = fmax(reach, p->femur[side].offset_mm + 26 * p->femur[side].head_diameter_mm / 45.5);
	return p->head_distance_mm / 2 + reach + p->muscle_mm;
}

K_FN struct anatomy_trunk anatomy_trunk_muscle(const struct anatomy_params *p)
{
	struct anatomy_trunk t = { anatomy_trunk_half_width(p), 98 * p->pelvis_scale, -26 * p->pelvis_scale };
	return t;
}

K_FN struct anatomy_trunk anatomy_trunk_skin(const struct anatomy_params *p)
{
	struct anatomy_trunk t = anatomy_trunk_muscle(p);
	t.half_width += p->fat_lateral_mm + ANATOMY_SKIN_MM;
	t.half_depth += 0.5 * (p->fat_front_mm + p->fat_back_mm) + ANATOMY_SKIN_MM;
	t.middle_y += 0.5 * (p->fat_front_mm - p->fat_back_mm);
	return t;
}

/*
 * First-order distance to the trunk's outline, |x/a|^2.5 + |y/b|^2.5 = 1: fuller than an ellipse, so that the
 * pelvis's front corners lie within.  It narrows to the waist.
 */
K_FN double anatomy_trunk_sdf(const struct anatomy_trunk *t, const double p[3])
{
	double width = t->half_width * (1 - 0.06 * anatomy_sdf_step(80, 170, p[2]));
	double x = fabs(p[0] / width), y = fabs((p[1] - t->middle_y) / t->half_depth);
	double x15 = x * sqrt(x), y15 = y * sqrt(y), level = pow(x * x15 + y * y15, 0.4);
	if (level < 1e-3)
		return -t->half_depth;
	return (level - 1) * level * sqrt(level) / hypot(x15 / width, y15 / t->half_depth);
}

ANATOMY_CALL double anatomy_body_sdf(
	const struct anatomy_trunk *trunk, const struct anatomy_cone leg[ANATOMY_SIDES], const double p[3])
{
	double below = (ANATOMY_CROTCH_MM - 14 + ANATOMY_PERINEUM_SLOPE * (p[1] - trunk->middle_y) - p[2]) /
		       hypot(1.0, ANATOMY_PERINEUM_SLOPE);
	double d = anatomy_sdf_cut(anatomy_trunk_sdf(trunk, p), below, 2 * ANATOMY_BODY_BLEND_MM);
	if (p[2] > ANATOMY_CROTCH_MM + leg[0].radius + ANATOMY_BODY_BLEND_MM + 10)
		return d;
	enum anatomy_side near = p[0] > 0 ? ANATOMY_RIGHT : ANATOMY_LEFT;
	double thigh = anatomy_sdf_cone(&leg[near], p);
	if (fabs(p[0]) < 40)
		thigh = anatomy_sdf_union(thigh, anatomy_sdf_cone(&leg[!near], p), ANATOMY_BODY_BLEND_MM / 3);
	return anatomy_sdf_union(d, thigh, ANATOMY_BODY_BLEND_MM);
}

/* First-order distance to the skin; cloth lies outside. */
K_FN double anatomy_skin_sdf(const struct anatomy *a, const double p[3])
{
	const struct anatomy_trunk skin = anatomy_trunk_skin(&a->params);
	return anatomy_body_sdf(&skin, a->leg, p);
}

/* far_mm: where the skin is farther away than that the rest is left out. */
K_FN struct anatomy_smooth anatomy_smooth_at(const struct anatomy *a, const double at[3], double far_mm)
{
	const struct anatomy_params *p = &a->params;
	struct anatomy_smooth s = { anatomy_skin_sdf(a, at), 0, 0, 0 };
	if (s.skin_mm >= far_mm) {
		s.muscle_mm = s.skin_mm;
		return s;
	}
	const struct anatomy_trunk within = anatomy_trunk_muscle(p);
	double below = at[2] < 60 ? (at[2] - 60) / 80 : 0;
	double cavity = anatomy_sdf_length(at[0] / 95, (at[1] + 5) / 58, below);
	s.muscle_mm = anatomy_body_sdf(&within, a->leg_muscle, at);
	s.cavity = 1 - anatomy_sdf_step(0.85, 1.15, cavity);
	s.wave = sin(0.071 * at[0] + 0.049 * at[1] + p->texture_rad[0]) +
		 sin(0.088 * at[1] - 0.041 * at[2] + p->texture_rad[1]) +
		 sin(0.060 * at[2] + 0.033 * at[0] + p->texture_rad[2]);
	return s;
}

/* Volume fraction of fat in a belly, */
K_FN double anatomy_fat_within(const struct anatomy_params *p, double wave)
{
	return p->muscle_fat * (1 + 0.3 * wave);
}

/* outside all of them, */
K_FN double anatomy_fat_beyond(const struct anatomy_params *p, double belly)
{
	double more = p->intermuscular_fat - belly;
	return belly + ANATOMY_DIFFUSE * (more > 0 ? more : 0);
}

/* and towards the pelvic cavity, from what the muscles make of it. */
K_FN double anatomy_fat_cavity(const struct anatomy_params *p, double fat, double wave, double cavity)
{
	return fat + (p->visceral_fat * (1 + 0.3 * wave) - fat) * cavity;
}

K_FN double anatomy_fat_of_muscle(const struct anatomy *a, const double at[3], double width_mm,
	const struct anatomy_smooth *s, const struct anatomy_local *local)
{
	const struct anatomy_params *p = &a->params;
	double fat = anatomy_fat_within(p, s->wave);
	if (s->cavity < 1)
		fat = anatomy_muscle_fat(a, at, local, fat, anatomy_fat_beyond(p, fat));
	fat = anatomy_fat_cavity(p, fat, s->wave, s->cavity);
	if (local->sheet)
		fat = anatomy_sheet_fat(a, at, width_mm, fat, local->sheet);
	return anatomy_sdf_clamp(fat, 0, 1);
}

/* Folds of cloth over the skin, as a volume fraction of soft tissue. */
K_FN double anatomy_cloth(const struct anatomy *a, const double p[3], double above_skin)
{
	double g_cm2 = a->params.cloth_g_cm2;
	if (!(g_cm2 > 0) || above_skin > ANATOMY_CLOTH_MM)
		return 0;
	double fold = 1 + 0.6 * sin(0.11 * p[0] + 0.05 * p[2] + a->params.texture_rad[0]) +
		      0.4 * sin(0.07 * p[2] - 0.09 * p[1] + a->params.texture_rad[1]);
	return fmin(g_cm2 * 10 / (ANATOMY_CLOTH_MM * ANATOMY_SOFT_G_CM3) * fmax(fold, 0.0), 1.0);
}

/* Shares of a voxel: all of the body, what is below its skin, and of that the muscles with the fat in them. */
struct anatomy_layers {
	double body, below_skin, muscle;
};

K_FN struct anatomy_layers anatomy_layers_of(double skin_mm, double muscle_mm, double width_mm)
{
	struct anatomy_layers l;
	l.body = anatomy_inside(skin_mm, width_mm);
	l.below_skin = anatomy_inside(skin_mm + ANATOMY_SKIN_MM, width_mm);
	l.muscle = anatomy_sdf_min(l.below_skin, anatomy_inside(muscle_mm, width_mm));
	return l;
}

/* Volume fractions where no bone is. */
ANATOMY_CALL void anatomy_tissue_mix(double *soft, double *fat, const struct anatomy *a, const double p[3],
	double width_mm, const struct anatomy_smooth *s, const struct anatomy_local *local)
{
	*soft = *fat = 0;
	if (s->skin_mm >= width_mm) {
		*soft = anatomy_cloth(a, p, s->skin_mm);
		return;
	}
	const struct anatomy_layers l = anatomy_layers_of(s->skin_mm, s->muscle_mm, width_mm);
	double infiltrated = l.muscle > 0 ? l.muscle * anatomy_fat_of_muscle(a, p, width_mm, s, local) : 0;
	*fat = l.below_skin - l.muscle + infiltrated;
	*soft = l.body - l.below_skin + l.muscle - infiltrated;
	double bowel = local->bowel ? anatomy_content(a, p, width_mm, local->bowel) : 0;
	if (bowel > 0) {
		*soft = (1 - bowel) * *soft + bowel - anatomy_gas(a, p, width_mm, local->bowel);
		*fat *= 1 - bowel;
	}
}

#endif

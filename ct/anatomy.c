#include "ct/anatomy.h"

#include <string.h>

#include "ct/anatomy_make.h"
#include "host/run/err.h"
#include "kernels/anatomy/density.h"

struct anatomy_params anatomy_params_default(void)
{
	struct anatomy_femur femur = { .head_diameter_mm = 45.5,
		.offset_mm = 38,
		.neck_shaft_deg = 126,
		.torsion_deg = 14,
		.neck_width_mm = 32.5,
		.shaft_diameter_mm = 29,
		.cortex_shaft_mm = 4.6,
		.cortex_neck_mm = 1.6,
		.cortical_mg_cm3 = 1020,
		.trabecular_mg_cm3 = 130,
		.trabecular_gradient = 1.2,
		.marrow_fat = 0.4,
		.joint_space_mm = ANATOMY_JOINT_SPACE_MM,
		.internal_deg = 6 };
	struct anatomy_params p = { .femur = { femur, femur },
		.head_distance_mm = 176,
		.pelvis_scale = 1,
		.pelvis_cortex_mm = 1.2,
		.pelvis_trabecular_mg_cm3 = 110,
		.pelvis_marrow_fat = 0.32,
		.muscle_mm = 9,
		.fat_lateral_mm = 24,
		.fat_front_mm = 16,
		.fat_back_mm = 22,
		.muscle_fat = 0.08,
		.intermuscular_fat = 0.25,
		.visceral_fat = 0.3 };
	return p;
}

/* ---- building blocks ---- */

struct anatomy_cone anatomy_cone_make(const double a[3], const double b[3], double radius_a, double radius_b)
{
	struct anatomy_cone c = { .radius = radius_a, .length = anatomy_sdf_distance(a, b) };
	if (!(c.length > fabs(radius_a - radius_b)))
		BUG("a cone of length %g mm between radii %g and %g mm", c.length, radius_a, radius_b);
	for (int k = 0; k < 3; k++) {
		c.a[k] = a[k];
		c.axis[k] = (b[k] - a[k]) / c.length;
	}
	c.slope = (radius_a - radius_b) / c.length;
	c.cosine = sqrt(1 - c.slope * c.slope);
	return c;
}

void anatomy_bone_add(struct anatomy_bone *bone, struct anatomy_cone cone)
{
	if (bone->n == ANATOMY_CONES)
		BUG("more than %d cones in a bone", ANATOMY_CONES);
	bone->cones[bone->n++] = cone;
}

void anatomy_bone_bound(struct anatomy_bone *bone, double margin_mm)
{
	for (int k = 0; k < 3; k++) {
		bone->low[k] = INFINITY;
		bone->high[k] = -INFINITY;
		for (int i = 0; i < bone->n; i++) {
			const struct anatomy_cone *c = &bone->cones[i];
			double end = c->a[k] + c->axis[k] * c->length,
			       end_radius = c->radius - c->slope * c->length;
			bone->low[k] =
				fmin(bone->low[k], fmin(c->a[k] - c->radius, end - end_radius) - margin_mm);
			bone->high[k] =
				fmax(bone->high[k], fmax(c->a[k] + c->radius, end + end_radius) + margin_mm);
		}
	}
}

/* ---- parameters ---- */

struct range {
	const char *name;
	double value, low, high;
};

static int check_ranges(const struct range *ranges, size_t n, const char *whose)
{
	for (size_t i = 0; i < n; i++)
		if (!(ranges[i].value >= ranges[i].low && ranges[i].value <= ranges[i].high))
			return ERR_INVALID("anatomy: %s%s = %g is outside %g .. %g", whose, ranges[i].name,
				ranges[i].value, ranges[i].low, ranges[i].high);
	return 0;
}

static int check_femur(const struct anatomy_femur *f, const char *whose)
{
	const struct range ranges[] = {
		{ "head_diameter_mm", f->head_diameter_mm, 34, 60 },
		{ "offset_mm", f->offset_mm, 20, 65 },
		{ "neck_shaft_deg", f->neck_shaft_deg, 105, 145 },
		{ "torsion_deg", f->torsion_deg, -20, 45 },
		{ "neck_width_mm", f->neck_width_mm, 22, 0.9 * f->head_diameter_mm },
		{ "shaft_diameter_mm", f->shaft_diameter_mm, 22, 38 },
		{ "cortex_shaft_mm", f->cortex_shaft_mm, 0.8, 10 },
		{ "cortex_neck_mm", f->cortex_neck_mm, 0.2, 5 },
		{ "cortical_mg_cm3", f->cortical_mg_cm3, 300, 1400 },
		{ "trabecular_mg_cm3", f->trabecular_mg_cm3, 0, 500 },
		{ "trabecular_gradient", f->trabecular_gradient, 1, 3 },
		{ "marrow_fat", f->marrow_fat, 0, 1 },
		{ "porosity", f->porosity, 0, 0.5 },
		{ "texture", f->texture, 0, 0.5 },
		{ "bow_per_m", f->bow_per_m, 0, 2.5 },
		{ "joint_space_mm", f->joint_space_mm, 0.3, 6 },
		{ "osteophyte_mm", f->osteophyte_mm, 0, 5 },
		{ "sclerosis", f->sclerosis, 0, 1 },
		{ "cyst_mm", f->cyst_mm, 0, 7 },
		{ "callus_mm", f->callus_mm, 0, 6 },
		{ "nail_mm", f->nail_mm, 0, 7 },
		{ "cup_mm", f->cup_mm, 0, 0.5 * f->head_diameter_mm + 8 },
		{ "flexion_deg", f->flexion_deg, -20, 40 },
		{ "internal_deg", f->internal_deg, -45, 45 },
		{ "abduction_deg", f->abduction_deg, -15, 30 },
	};
	return check_ranges(ranges, sizeof(ranges) / sizeof(ranges[0]), whose);
}

int anatomy_check(const struct anatomy_params *p)
{
	const struct range ranges[] = {
		{ "head_distance_mm", p->head_distance_mm, 140, 220 },
		{ "pelvis_scale", p->pelvis_scale, 0.8, 1.25 },
		{ "pelvis_cortex_mm", p->pelvis_cortex_mm, 0.3, 3 },
		{ "pelvis_trabecular_mg_cm3", p->pelvis_trabecular_mg_cm3, 0, 400 },
		{ "pelvis_marrow_fat", p->pelvis_marrow_fat, 0, 1 },
		{ "muscle_mm", p->muscle_mm, 2, 40 },
		{ "fat_lateral_mm", p->fat_lateral_mm, 2, 90 },
		{ "fat_front_mm", p->fat_front_mm, 2, 120 },
		{ "fat_back_mm", p->fat_back_mm, 2, 90 },
		{ "muscle_fat", p->muscle_fat, 0, 0.6 },
		{ "visceral_fat", p->visceral_fat, 0, 0.8 },
		{ "intermuscular_fat", p->intermuscular_fat, 0, 0.55 },
		{ "cloth_g_cm2", p->cloth_g_cm2, 0, 0.3 },
	};
	if (check_femur(&p->femur[ANATOMY_RIGHT], "right femur's ") != 0 ||
		check_femur(&p->femur[ANATOMY_LEFT], "left femur's ") != 0)
		return -1;
	return check_ranges(ranges, sizeof(ranges) / sizeof(ranges[0]), "");
}

int anatomy_init(struct anatomy *a, const struct anatomy_params *params)
{
	memset(a, 0, sizeof(*a));
	if (anatomy_check(params) != 0)
		return -1;
	a->params = *params;
	anatomy_femur_make(a, ANATOMY_RIGHT);
	anatomy_femur_make(a, ANATOMY_LEFT);
	anatomy_pelvis_make(a);
	anatomy_tissue_make(a);
	anatomy_muscle_make(a);
	anatomy_sheet_make(a);
	anatomy_inclusion_make(a);
	if (params->map)
		anatomy_sampled_make(a);
	return 0;
}

struct femur_frame anatomy_femur_frame(const struct anatomy *a, enum anatomy_side side)
{
	const struct anatomy_frame *exact = &a->frame[side];
	struct femur_frame frame = { .side = side == ANATOMY_RIGHT ? LABEL_RIGHT : LABEL_LEFT,
		.head_radius_mm = exact->head_radius_mm };
	memcpy(frame.head_centre_mm, exact->head_centre_mm, sizeof(frame.head_centre_mm));
	memcpy(frame.neck_axis, exact->neck_axis, sizeof(frame.neck_axis));
	memcpy(frame.shaft_axis, exact->shaft_axis, sizeof(frame.shaft_axis));
	return frame;
}

/* ---- at a point ---- */

uint8_t anatomy_label(enum anatomy_part part)
{
	return anatomy_density_label(part);
}

double anatomy_sdf(const struct anatomy *a, enum anatomy_part part, const double p[3])
{
	return anatomy_near_sdf(a, part, NULL, p);
}

double anatomy_skin_mm(const struct anatomy *a, const double p[3])
{
	return anatomy_skin_sdf(a, p);
}

void anatomy_tissue(const struct anatomy *a, const double p[3], double width_mm, double *soft, double *fat)
{
	const struct anatomy_smooth smooth = anatomy_smooth_at(a, p, width_mm);
	const struct anatomy_local local = anatomy_local_of(a, p, 0, width_mm);
	anatomy_tissue_mix(soft, fat, a, p, width_mm, &smooth, &local);
}

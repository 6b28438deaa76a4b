#include "drr/cohort/strength.h"

#include <math.h>

/*
 * ln of g/cm2 per mg/cm3, as experiments/cohort-strength prints them (seed 906, 180 femora, left 1.4 and 1.0
 * %); the callus, which that table lacks, from seeds 900-902.
 */
static const double cortical[STRENGTH_TERMS] = { -7.4698, 0.7467, -0.4185, -0.1326, 0.0004, -0.0032, -0.0685,
	0.1856, 0.3084, 0.6197, -0.0012, 0.0116, -0.0600, 0.0157 };
static const double trabecular[STRENGTH_TERMS] = { -6.3450, -0.4920, 0.5326, 0.1185, -0.0020, -0.0023, 0.5345,
	0.2528, -0.0178, -0.1615, -0.6791, 0.0055, 0.1000, 0.0114 };

#define USUAL_TRABECULAR_MG_CM3 150.0
/* Powers of the density's ratio to the usual that cortex and pores take. */
#define THICKNESS_POWER 0.33
#define SOLID_POWER 0.12
static const double trabecular_low = 12, trabecular_high = 400;

void strength_terms(double x[STRENGTH_TERMS], const struct anatomy_femur *f)
{
	/* The neck seen from the front: its torsion less the leg's internal rotation. */
	double turned = (f->torsion_deg - f->internal_deg) / 10, steep = (f->neck_shaft_deg - 123) / 10;
	x[0] = 1;
	x[1] = log(f->head_diameter_mm / 45);
	x[2] = log(f->offset_mm / 38);
	x[3] = steep;
	x[4] = turned;
	x[5] = turned * turned;
	x[6] = log(f->neck_width_mm / 32.5);
	x[7] = log(f->shaft_diameter_mm / 29);
	x[8] = log(f->cortex_shaft_mm / 4.2);
	x[9] = log(f->cortex_neck_mm / 1.3);
	x[10] = log(f->trabecular_gradient / 1.1);
	x[11] = f->flexion_deg / 10;
	x[12] = f->callus_mm / 3;
	x[13] = x[8] * x[8];
}

void strength_per_density(double *per_cortical, double *per_trabecular, const struct anatomy_femur *f)
{
	double x[STRENGTH_TERMS], c = 0, t = 0;
	strength_terms(x, f);
	for (int i = 0; i < STRENGTH_TERMS; i++) {
		c += cortical[i] * x[i];
		t += trabecular[i] * x[i];
	}
	*per_cortical = exp(c);
	*per_trabecular = exp(t);
}

static double clamp(double x, double low, double high)
{
	return x < low ? low : x > high ? high : x;
}

static double solid_mg_cm3(const struct anatomy_femur *f)
{
	return f->cortical_mg_cm3 * (1 - f->porosity);
}

static void thicken(struct anatomy_femur *f, double factor)
{
	f->cortex_shaft_mm = clamp(f->cortex_shaft_mm * factor, 1.0, fmin(9, 0.36 * f->shaft_diameter_mm));
	f->cortex_neck_mm = clamp(f->cortex_neck_mm * factor, 0.4, 4);
}

void strength_apply(struct anatomy_femur *f, double target_g_cm2)
{
	double c, t;
	strength_per_density(&c, &t, f);
	double ratio = target_g_cm2 / (solid_mg_cm3(f) * c + USUAL_TRABECULAR_MG_CM3 * t);
	thicken(f, pow(ratio, THICKNESS_POWER));
	f->porosity = clamp(1 - (1 - f->porosity) * pow(ratio, SOLID_POWER), 0.01, 0.35);
	for (int i = 0; i < 20; i++) {
		strength_per_density(&c, &t, f);
		double wanted = (target_g_cm2 - solid_mg_cm3(f) * c) / t;
		f->trabecular_mg_cm3 = clamp(wanted, trabecular_low, trabecular_high);
		if (wanted >= trabecular_low && wanted <= trabecular_high)
			return;
		thicken(f, wanted < trabecular_low ? 0.95 : 1.05);
	}
}

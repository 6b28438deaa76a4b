#include "drr/cohort/strength.h"

#include <math.h>

/* ln of g/cm2 per mg/cm3, as experiments/cohort-strength prints them. */
static const double cortical[STRENGTH_TERMS] = { -7.4996, 0.7954, -0.4055, -0.1306, -0.0013, -0.0015, -0.1104,
	0.2218, 0.3362, 0.6012, -0.0059, -0.0020, -0.1334, 0.0050 };
static const double trabecular[STRENGTH_TERMS] = { -6.3969, -0.4595, 0.5424, 0.1236, -0.0022, -0.0015, 0.5097,
	0.2656, -0.0323, -0.1568, -0.6732, 0.0036, 0.0750, -0.0018 };

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
	x[10] = log(f->trabecular_gradient / 1.2);
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

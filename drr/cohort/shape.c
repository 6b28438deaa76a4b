#include "drr/cohort/shape.h"

#include <math.h>
#include <stddef.h>

#include "host/run/err.h"

#define SHAPE_WOMAN_CM 157.0 /* heights at which the means hold */
#define SHAPE_MAN_CM 170.0

/*
 * Sources.  K: Korean adults, BioMed Res Int 2015, 730538 (head, offset).  B: Boese et al. 2016, 1070 CT
 * (neck-shaft 3-D, torsion by sex and spread).  P: Poole 2010 (neck cortex by region and age; here the mean
 * around it).  E: Egol 2004 (radius of the anterior bow 120 +- 36 cm).  U: unverified, a plausible size.
 * Slopes on height are U.
 */
static const struct shape_row rows[SHAPE_COUNT] = {
	[SHAPE_HEAD_DIAMETER] = { "head_diameter_mm", 43.25, 48.5, 2.1, 0.14, 36, 57, 0.21, "K; SD 2-2.5 U" },
	[SHAPE_OFFSET] = { "offset_mm", 37.26, 38.69, 4.2, 0.12, 27, 51, 0.65, "K; SD U" },
	[SHAPE_NECK_SHAFT] = { "neck_shaft_deg", 123.0, 121.5, 5.6, 0, 106, 140, 0.85, "B" },
	[SHAPE_TORSION] = { "torsion_deg", 16.4, 12.1, 9.2, 0, -12, 40, 2.1, "B" },
	[SHAPE_NECK_WIDTH] = { "neck_width_mm", 30.9, 34.7, 2.0, 0.10, 24, 43, 0.28, "U, 0.715 of the head" },
	[SHAPE_SHAFT_DIAMETER] = { "shaft_diameter_mm", 27.5, 30.5, 1.8, 0.06, 23, 36, 0.28, "U" },
	[SHAPE_BOW] = { "bow_per_m", 0.83, 0.83, 0.22, 0, 0.1, 1.6, 0.03, "E" },
	[SHAPE_CORTEX_SHAFT] = { "cortex_shaft_mm", 4.4, 5.0, 0.60, 0.01, 2.0, 8, 0.08, "U" },
	[SHAPE_CORTEX_NECK] = { "cortex_neck_mm", 1.26, 1.34, 0.22, 0, 0.8, 3, 0.04, "P; SD U" },
	[SHAPE_HEAD_DISTANCE] = { "head_distance_mm", 175, 178, 7.0, 0.45, 152, 206, 0, "U" },
	[SHAPE_PELVIS_SCALE] = { "pelvis_scale", 0.96, 1.03, 0.035, 0.004, 0.86, 1.15, 0, "U" },
};

struct pair {
	enum shape_measure a, b;
	double r;
};
/* At given sex and height.  All U but for their signs: sizes go together, a steep neck goes with a short
 * offset. */
static const struct pair pairs[] = {
	{ SHAPE_HEAD_DIAMETER, SHAPE_NECK_WIDTH, 0.72 },
	{ SHAPE_HEAD_DIAMETER, SHAPE_SHAFT_DIAMETER, 0.40 },
	{ SHAPE_HEAD_DIAMETER, SHAPE_OFFSET, 0.35 },
	{ SHAPE_NECK_WIDTH, SHAPE_SHAFT_DIAMETER, 0.40 },
	{ SHAPE_NECK_WIDTH, SHAPE_OFFSET, 0.25 },
	{ SHAPE_OFFSET, SHAPE_NECK_SHAFT, -0.45 },
	{ SHAPE_CORTEX_SHAFT, SHAPE_CORTEX_NECK, 0.45 },
	{ SHAPE_HEAD_DIAMETER, SHAPE_PELVIS_SCALE, 0.40 },
	{ SHAPE_HEAD_DISTANCE, SHAPE_PELVIS_SCALE, 0.35 },
};

const struct shape_row *shape_row(enum shape_measure measure)
{
	return &rows[measure];
}

double shape_correlation(enum shape_measure a, enum shape_measure b)
{
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if ((pairs[i].a == a && pairs[i].b == b) || (pairs[i].a == b && pairs[i].b == a))
			return pairs[i].r;
	return a == b ? 1 : 0;
}

/* Lower triangle of the correlations' Cholesky factor. */
static void factor(double l[SHAPE_COUNT][SHAPE_COUNT])
{
	for (int i = 0; i < SHAPE_COUNT; i++)
		for (int j = 0; j <= i; j++) {
			double sum = shape_correlation((enum shape_measure)i, (enum shape_measure)j);
			for (int k = 0; k < j; k++)
				sum -= l[i][k] * l[j][k];
			if (i == j && !(sum > 0))
				BUG("the shape's correlations are not positive definite at %s", rows[i].name);
			l[i][j] = i == j ? sqrt(sum) : sum / l[j][j];
		}
}

/* Poole 2010: neck, women, 25 to 85 years: 1.63 -> 0.33 above, 3.9 -> 3.3 below; 0.85 of it after 50. */
double shape_cortex_age(bool woman, double age)
{
	double years = age < 50 ? 0 : age > 85 ? 35 : age - 50;
	return 1 - (woman ? 0.0060 : 0.0030) * years;
}

static bool is_within(const double x[SHAPE_COUNT])
{
	for (int i = 0; i < SHAPE_COUNT; i++)
		if (!(x[i] >= rows[i].low && x[i] <= rows[i].high))
			return false;
	return x[SHAPE_NECK_WIDTH] < 0.86 * x[SHAPE_HEAD_DIAMETER];
}

void shape_sample(double out[SHAPE_COUNT], bool woman, double height_cm, double age, struct rng *r)
{
	double l[SHAPE_COUNT][SHAPE_COUNT], z[SHAPE_COUNT];
	double tall = height_cm - (woman ? SHAPE_WOMAN_CM : SHAPE_MAN_CM),
	       thin = shape_cortex_age(woman, age);
	factor(l);
	do {
		for (int i = 0; i < SHAPE_COUNT; i++)
			z[i] = rng_normal(r);
		for (int i = 0; i < SHAPE_COUNT; i++) {
			const struct shape_row *row = &rows[i];
			double deviation = 0, by_height = 6.2 * row->per_cm;
			for (int k = 0; k <= i; k++)
				deviation += l[i][k] * z[k];
			out[i] = (woman ? row->women : row->men) + row->per_cm * tall +
				 sqrt(row->sd * row->sd - by_height * by_height) * deviation;
		}
		out[SHAPE_CORTEX_SHAFT] *= thin;
		out[SHAPE_CORTEX_NECK] *= thin;
	} while (!is_within(out));
}

void shape_side(double out[SHAPE_COUNT], const double person[SHAPE_COUNT], struct rng *r)
{
	do
		for (int i = 0; i < SHAPE_COUNT; i++)
			out[i] = person[i] + rows[i].side_sd * rng_normal(r);
	while (!is_within(out));
}

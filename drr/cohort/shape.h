/*
 * The statistical shape model of hip and pelvis: a multivariate normal of SHAPE_COUNT measures by sex, each with a
 * slope on height.  Means, SDs, slopes, correlations and their sources stand in one table, shape.c.
 */
#ifndef DRR_COHORT_SHAPE_H
#define DRR_COHORT_SHAPE_H
#include <stdbool.h>
#include "host/run/rng.h"
#ifdef __cplusplus
extern "C" {
#endif
enum shape_measure {
	SHAPE_HEAD_DIAMETER, SHAPE_OFFSET, SHAPE_NECK_SHAFT, SHAPE_TORSION, SHAPE_NECK_WIDTH, SHAPE_SHAFT_DIAMETER, SHAPE_BOW,
	SHAPE_CORTEX_SHAFT, SHAPE_CORTEX_NECK, SHAPE_HEAD_DISTANCE, SHAPE_PELVIS_SCALE, SHAPE_COUNT
};
struct shape_row {
	const char *name; /* with its unit */
	double women, men, sd; /* sd: total, at given sex */
	double per_cm;         /* of height */
	double low, high;      /* drawn again outside */
	double side_sd;        /* of one side about the person's own; 0 for the pelvis */
	const char *source;
};
const struct shape_row *shape_row(enum shape_measure measure);
/* Correlation at given sex and height. */
double shape_correlation(enum shape_measure a, enum shape_measure b);
/* The person's measures.  height_cm: of the body.  Cortices are those of average bone of that age (shape_cortex_age). */
void shape_sample(double out[SHAPE_COUNT], bool woman, double height_cm, double age, struct rng *r);
/* One side's, around the person's. */
void shape_side(double out[SHAPE_COUNT], const double person[SHAPE_COUNT], struct rng *r);
/* Thinning of the cortices by age, 1 at 50 years. */
double shape_cortex_age(bool woman, double age);
#ifdef __cplusplus
}
#endif
#endif

/*
 * What a study's table says of a participant beside age, sex and body: risk factors, treatment, fractures; and which
 * of its values are missing.  Shares of the general population over 50; where no figure is published for exactly this
 * population they are (unverified) parameters of plausible size: smoking 8 / 25 % (women / men), alcohol of 3 units
 * and more 2 / 15 %, steroids 4 %, rheumatoid arthritis 2 / 1 %, parental hip fracture 8 %, secondary osteoporosis
 * 6 %; effects on density in SD: smoking -0.25, alcohol -0.15, steroids -0.45, rheumatoid -0.2, parent -0.2,
 * secondary -0.3.
 */
#ifndef DRR_COHORT_BACKGROUND_H
#define DRR_COHORT_BACKGROUND_H
#include <stdbool.h>
#include "drr/cohort/population.h"
#include "host/run/rng.h"
#ifdef __cplusplus
extern "C" {
#endif
enum background_column {
	BACKGROUND_SMOKER, BACKGROUND_ALCOHOL, BACKGROUND_STEROIDS, BACKGROUND_RHEUMATOID, BACKGROUND_PARENT_FRACTURE,
	BACKGROUND_SECONDARY, BACKGROUND_PREVIOUS_FRACTURE, BACKGROUND_TREATED, BACKGROUND_COLUMNS
};
/* Bits of person.missing beyond these: */
enum { BACKGROUND_MISSING_HEIGHT = BACKGROUND_COLUMNS, BACKGROUND_MISSING_WEIGHT, BACKGROUND_MISSABLE };
struct background {
	bool is[BACKGROUND_COLUMNS];
};
/* "smoker" ..: the column of the table, and its description. */
const char *background_name(enum background_column column);
const char *background_description(enum background_column column);
/* Factors that act on bone; fractures and treatment come with background_consequences. */
void background_sample(struct background *b, bool woman, double age, struct rng *r);
/* Their effect on bone density, in SD at given age and sex; mean about 0 over the population. */
double background_effect(const struct background *b, bool woman);
/* t_score: of the total hip.  Previous fracture and treatment, likelier in weak bone. */
void background_consequences(struct background *b, bool woman, double age, double t_score, struct rng *r);
/* Bits of the values a table lacks; histories are missing oftener in the old, and together. */
unsigned background_missing(double age, double factor, struct rng *r);
#ifdef __cplusplus
}
#endif
#endif

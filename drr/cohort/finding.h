/*
 * What else a picture of a hip shows: osteoarthritis by grade (0-4, as Kellgren and Lawrence), healed fractures, nails,
 * bowel gas and content, phleboliths, clothes.  Sizes by grade and shares are (unverified) parameters.
 */
#ifndef DRR_COHORT_FINDING_H
#define DRR_COHORT_FINDING_H
#include "drr/cohort/person.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Fills arthritis[], the joints, calluses and nails of the femora, and the contents of the pelvis. */
void finding_sample(struct person *p, const struct population *population, uint64_t seed);
/* After the shape is settled: a share of people get a total hip (struct anatomy_femur.cup_mm) on the side with the better joint. */
void finding_prosthesis(struct person *p, const struct population *population, uint64_t seed);
#ifdef __cplusplus
}
#endif
#endif

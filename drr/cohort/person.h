/*
 * A participant of a synthetic cohort: body, bones, history; how it lies for a scan is posture.h's.  A pure function of
 * (seed, index, population), so any participant can be made again alone.  Distributions: physics-and-clinical.md 5
 * (total-hip aBMD by sex and age), shape.c (shapes), background.c (risk factors), population.c (who is recruited).
 */
#ifndef DRR_COHORT_PERSON_H
#define DRR_COHORT_PERSON_H
#include "ct/anatomy.h"
#include "drr/cohort/background.h"
#include "drr/cohort/population.h"
#include "drr/cohort/site.h"
#include "drr/geometry.h"
#ifdef __cplusplus
extern "C" {
#endif
struct person {
	int64_t index;          /* 0 .. */
	char id[16];            /* "sub-A0001" */
	int site;
	char sex;               /* 'F' or 'M' */
	double age, height_cm, weight_kg, bmi;
	struct background background;
	unsigned missing;       /* bits of the values its table lacks: enum background_column and BACKGROUND_MISSING_* */
	double density_target_g_cm2; /* total-hip aBMD the bones are drawn for; the true one is measured on them */
	int arthritis[ANATOMY_SIDES]; /* grade 0..4 */
	struct anatomy_params anatomy;
	char map[64];           /* file whose bones it has, "" = the shape model's (drr/cohort/map_library.h) */
	struct pose ct_pose, xray_pose;            /* of the body about the midpoint of its femoral heads */
	int xray_days;                             /* from the visit, whose day is the CT's */
};
enum { PERSON_MOST = 9999 };
/* Of population_external, at site index % n_sites. */
struct person person_sample(uint64_t seed, int64_t index, int n_sites);
/* Of any population that population_check accepts, at that site. */
struct person person_sample_of(const struct population *population, uint64_t seed, int64_t index, int site);
/*
 * Of the published density, which is what a DXA scanner shows: the simulated one reads more than the mineral, since fat
 * lies beside the bone (by 2 % on the mean of women of 50-79, experiments/cohort-check).
 */
#define PERSON_MINERAL_PER_DXA 0.98
/* Mean total-hip aBMD of the general population as DXA shows it, g/cm2, and its SD at that age and sex. */
double person_density_mean(bool woman, double age);
double person_density_sd(bool woman);
#ifdef __cplusplus
}
#endif
#endif

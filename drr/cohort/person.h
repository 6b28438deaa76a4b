/*
 * A participant of a synthetic cohort: body, bones and how it lay for CT, X-ray and DXA.  A pure function of
 * (seed, index, number of sites), so any participant can be made again alone.  Distributions:
 * physics-and-clinical.md 5 (total-hip aBMD by sex and age, head diameter, offset, neck-shaft angle, torsion).
 */
#ifndef DRR_COHORT_PERSON_H
#define DRR_COHORT_PERSON_H
#include "ct/anatomy.h"
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
	double density_target_g_cm2; /* total-hip aBMD the bones are drawn for; the true one is measured on them */
	struct anatomy_params anatomy;
	struct pose ct_pose, xray_pose;            /* of the body about the midpoint of its femoral heads */
	struct pose dxa_pose[ANATOMY_SIDES];       /* of each leg about its femoral head */
	int ct_days, xray_days, dxa_days;          /* from the index visit */
};
enum { PERSON_MOST = 9999 };
struct person person_sample(uint64_t seed, int64_t index, int n_sites);
#ifdef __cplusplus
}
#endif
#endif

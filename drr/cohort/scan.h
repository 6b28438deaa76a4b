/* The calibrated-phantom CT of a synthetic participant: materials, what the scanner makes of them, labels. */
#ifndef DRR_COHORT_SCAN_H
#define DRR_COHORT_SCAN_H
#include "ct/anatomy.h"
#include "drr/cohort/person.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Five rods of hydroxyapatite in water under the body, as the b-mas200 phantom has: labels 116 .. 120. */
enum { SCAN_RODS = 5, SCAN_ROD_LABEL = 116 };
struct scan_setting {
	double voxel_mm;
	int subsamples;
};
struct scan {
	struct anatomy_voxels truth;  /* g/cm3, without the phantom; its labels hold the rods too */
	struct volume hu;             /* int16 */
	double body_to_world[4][4];   /* the patient's pose on the table */
	double isocentre_mm[3];       /* midpoint of the femoral head centres */
};
int scan_make(struct scan *s, const struct anatomy *a, const struct person *p, const struct site *site,
	const struct scan_setting *setting, uint64_t seed);
void scan_free(struct scan *s);
/* Noise-free CT number of a mixture of partial densities (g/cm3) at an energy: 0 = water, -1000 = nothing. */
int scan_hu(double *hu, double soft, double fat, double mineral, double water, double kev);
#ifdef __cplusplus
}
#endif
#endif

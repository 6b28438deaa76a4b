/* The calibrated-phantom CT of a synthetic participant: materials, what the scanner makes of them, labels. */
#ifndef DRR_COHORT_SCAN_H
#define DRR_COHORT_SCAN_H
#include "ct/anatomy.h"
#include "drr/cohort/posture.h"
#ifdef __cplusplus
extern "C" {
#endif
/* Five rods of hydroxyapatite in water under the body, as the b-mas200 phantom has: labels 116 .. 120. */
enum { SCAN_RODS = 5, SCAN_ROD_LABEL = 116 };
#define SCAN_REACH_MM 180.0 /* the film's field with its magnification and shifts */
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
/*
 * a: the body articulated as it lies, of which pose moves the pelvis.  HU: materials at the site's effective energy,
 * less the cupping that beam hardening leaves, blurred by kernel and slice, noise (its SD that of the images after
 * the blur), gain and offset.  who: cohort_who().
 */
int scan_make(struct scan *s, const struct anatomy *a, const struct pose *pose, const struct site *site,
	const struct scan_setting *setting, uint64_t seed, int64_t who);
void scan_free(struct scan *s);
/* A grid of such voxels around the body moved so: the heads' midpoint and SCAN_REACH_MM above and below. */
void scan_body_grid(struct anatomy_grid *g, const struct anatomy *a, const double body_to_world[4][4], double low_y_mm,
	const struct scan_setting *setting);
/* drr/cohort/scan_blur.c: Gaussian within the slice (FWHM) and a box of slice_mm along z. */
int scan_blur(struct volume *hu, double kernel_fwhm_mm, double slice_mm);
/* Noise-free CT number of a mixture of partial densities (g/cm3) at an energy: 0 = water, -1000 = nothing. */
int scan_hu(double *hu, double soft, double fat, double mineral, double water, double kev);
#ifdef __cplusplus
}
#endif
#endif

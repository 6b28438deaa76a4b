/* The calibrated-phantom CT of a synthetic participant: materials, what the scanner makes of them, labels. */
#ifndef DRR_COHORT_SCAN_H
#define DRR_COHORT_SCAN_H
#include "ct/anatomy.h"
#include "drr/cohort/posture.h"
#include "drr/cohort/rod_bed.h"
#include "drr/cohort/scan_reach.h"
#ifdef __cplusplus
extern "C" {
#endif
#define SCAN_REACH_MM 180.0 /* above and below the heads */
struct scan_setting {
	double voxel_mm;
	int subsamples;
};
struct scan {
	struct anatomy_voxels truth;  /* g/cm3, without the phantom; its labels hold the rods too */
	struct volume hu;             /* int16 */
	double body_to_world[4][4];   /* the patient's pose on the table */
	double isocentre_mm[3];       /* midpoint of the femoral head centres */
	struct rod_bed rods;          /* below the body's lowest point, clear of the skin */
};
/*
 * a: the body articulated as it lies, of which pose moves the pelvis.  HU: materials at the site's effective energy,
 * less the cupping that beam hardening leaves, blurred by kernel and slice, noise (its SD that of the images after
 * the blur), gain and offset, clipped to 12 bits.  Metal is in it at full strength, with its
 * streaks (drr/cohort/scan_streak.h).  who: cohort_who().  device: where the body becomes voxels, NULL the CPU.
 */
int scan_make(struct scan *s, const struct device *device, const struct anatomy *a, const struct pose *pose,
	const struct site *site, const struct scan_setting *setting, uint64_t seed, int64_t who);
void scan_free(struct scan *s);
/* A grid of voxels over a box of the world and a margin about it; the body in it is moved by body_to_world. */
void scan_grid(struct anatomy_grid *g, const struct scan_reach *box, const double body_to_world[4][4],
	const double voxel_mm[3], int subsamples);
/* The whole body SCAN_REACH_MM above and below the heads' midpoint, and at least down to low_y_mm. */
void scan_body_grid(struct anatomy_grid *g, const struct anatomy *a, const double body_to_world[4][4], double low_y_mm,
	const struct scan_setting *setting);
/* drr/cohort/scan_blur.c: Gaussian within the slice (FWHM) and a box of slice_mm along z. */
int scan_blur(struct volume *hu, double kernel_fwhm_mm, double slice_mm);
/* drr/cohort/scan_noise.c: the noise of an image that is still clean (float32 HU), gain and offset, into int16 HU. */
void scan_noise(struct volume *hu, const struct volume *clean, const struct site_ct *site, uint64_t seed, int64_t who);
/* Noise-free CT number of a mixture of partial densities (g/cm3) at an energy: 0 = water, -1000 = nothing. */
int scan_hu(double *hu, double soft, double fat, double mineral, double water, double kev);
#ifdef __cplusplus
}
#endif
#endif

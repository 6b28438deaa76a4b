/*
 * A DXA scanner: from material integrals to an image of areal mineral density.
 *
 * The attenuations at two energies (drr/dxa_beam.h), with counting noise if wanted; the soft tissue's ratio
 * R = J_L / J_H read in each row from the bone-free pixels close to the bone and smoothed over neighbouring rows; the
 * dual-energy equation solved in each pixel.  The scanner is told where bone is (the mineral itself); what it makes
 * of fat that differs between bone and baseline is its own error, as on a real one: 15 % of the tissue's mass moves
 * the reading by 0.14 g/cm2.
 */
#ifndef DRR_DXA_SIMULATOR_H
#define DRR_DXA_SIMULATOR_H
#include <stdint.h>
#include "drr/dxa_beam.h"
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
struct dxa_simulator_options {
	/* Photons per mm2 of the image that reach the detector without a patient, low and high; 0 = no noise.  With
	 * two spectra: noise-equivalent quanta. */
	double photons_per_mm2[DXA_ENERGIES];
	uint64_t seed;                       /* of the noise; a pixel's depends on nothing but seed and position */
	double beside_from_mm, beside_to_mm; /* the baseline: bone-free, this far from the next bone in the row; 4, 16 */
	double smooth_mm;                    /* the baseline's window over rows reaches this far up and down; 5 */
	double bone_g_cm2, metal_g_cm2;      /* a pixel with as much is bone, is metal; 0.02, 0.01 */
};
struct dxa_simulator_options dxa_simulator_options_default(void);

enum dxa_simulator_status {
	DXA_SIMULATOR_OK,
	DXA_SIMULATOR_METAL,   /* metal in the way */
	DXA_SIMULATOR_STARVED, /* no photon counted */
	DXA_SIMULATOR_STATUSES
};
const char *dxa_simulator_status_name(enum dxa_simulator_status status); /* "ok", "metal in the way", ... */

/* An image; {0} is empty. */
struct dxa_scan {
	int64_t cols, rows;
	double pixel_mm;
	float *mineral_g_cm2; /* (rows, cols) areal mineral density; NaN where the status is not ok */
	float *tissue_g_cm2;  /* (rows, cols) soft tissue and fat */
	float *attenuation;   /* (DXA_ENERGIES, rows, cols) -ln(I/I0) */
	uint8_t *status;      /* (rows, cols) enum dxa_simulator_status */
	double *ratio;        /* (rows) R of the baseline */
	int64_t refused[DXA_SIMULATOR_STATUSES]; /* pixels by status */
};
/*
 * materials_g_cm2 (MATERIALS, rows, cols), e.g. of dxa_geometry_materials().  Rows without bone take their baseline from
 * the nearest row that has one; a scan without bone, from all its tissue.  ERR_INVALID when bone leaves no tissue
 * beside it anywhere, or nothing but metal is in view; ERR_USAGE for options that make no sense.
 */
int dxa_simulator_run(struct dxa_scan *scan, const struct device *device, const float *materials_g_cm2, int64_t cols,
	int64_t rows, double pixel_mm, const struct dxa_beam *beam, const struct dxa_simulator_options *options);
void dxa_simulator_free(struct dxa_scan *scan);
/*
 * Reading of a region: region (rows, cols) non-zero inside.  bmd: mean over its pixels; area in the isocentre's plane.
 * ERR_INVALID for an empty region, and, naming the reason and the pixels, for one with a pixel that is not ok.
 */
int dxa_simulator_region(
	double *bmd_g_cm2, double *area_cm2, const struct dxa_scan *scan, const uint8_t *region);
/*
 * Precision error from repeated measurements bmd (subjects, repeats), g/cm2: root mean square over the subjects of
 * SD / mean (n - 1 in the SD).  ERR_USAGE for fewer than two repeats or no subject.
 */
int dxa_simulator_precision_cv(double *cv, const double *bmd_g_cm2, int64_t subjects, int64_t repeats);
#ifdef __cplusplus
}
#endif
#endif

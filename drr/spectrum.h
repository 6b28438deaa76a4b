/*
 * X-ray spectra and attenuation: tungsten spectra of 70, 80, 90, 100, 120, 140 kVp in 1-keV bins and mass
 * attenuation coefficients at the same integers (sources and licences in drr/tables/).
 */
#ifndef DRR_SPECTRUM_H
#define DRR_SPECTRUM_H
#include <stdint.h>
#include "drr/materials.h"
#include "drr/quadrature.h"
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { SPECTRUM_FIRST_KEV = 10, SPECTRUM_LAST_KEV = 150, SPECTRUM_BINS = 141 };
#define SPECTRUM_CSI_CM 0.06 /* the detector: 0.6 mm of caesium iodide, energy-integrating */
struct spectrum {
	double kvp;
	double weight[SPECTRUM_BINS];                   /* detected signal per bin, sum 1: photons x CsI absorption x keV */
	double mu_rho_cm2_g[SPECTRUM_BINS][MATERIALS];  /* muscle_icrp, adipose_icrp, hydroxyapatite, ti6al4v */
	struct quadrature quadrature;                   /* the same beam in a few energies */
};
/* added_al_mm: extra aluminium filter.  Other kVp than the tables' are ERR_USAGE listing them. */
int spectrum_load(struct spectrum *s, double kvp, double added_al_mm);
/* The beam itself: photons per mAs per cm2 at 1 m and 1-keV bin, behind the added aluminium. */
int spectrum_photons(double photons[SPECTRUM_BINS], double kvp, double added_al_mm);
/* Column of the attenuation table, e.g. "muscle_icrp", at an integer or (log-log) fractional keV; cm2/g.
 * ERR_USAGE outside 10..150 keV, for an unknown material, and between two rows that a K-edge separates. */
int attenuation_cm2_g(const char *material, double kev, double *mu_rho);
/* The attenuation table's name of a material. */
const char *spectrum_material(enum material material);
double attenuation_density_g_cm3(const char *material); /* nominal, 0 when unknown */
/*
 * radiograph[i] = -ln(I/I0) of the material integrals of pixel i (dimensionless, bone high).
 * materials_g_cm2 (MATERIALS, n).  By the quadrature (its accuracy: drr/quadrature.h); on the `ref` device the 1-keV
 * sum itself.
 */
int radiograph_apply(const struct device *device, float *radiograph, const float *materials_g_cm2, int64_t n,
	const struct spectrum *spectrum);
/* The energies that radiograph_apply() sums on this device, for kernels that hold the materials there already; bins
 * (SPECTRUM_BINS), as many as returned are filled. */
struct radiograph_bin;
int64_t spectrum_energies(struct radiograph_bin *bins, const struct device *device,
	const struct spectrum *spectrum);
#ifdef __cplusplus
}
#endif
#endif

/*
 * Mindways' arithmetic for rods of K2HPO4 dissolved in a base (QCT PRO User Guide v5.0; physics-and-clinical.md 1.3):
 *	HU_i - water_i = sigma_ref * density_i + beta_ref           least squares over the rods
 *	sigma_ct = sigma_ref - 0.2174, beta_ct = beta_ref + 999.6   in water: the salt displaces 0.2174 cm3/g
 *	density = (HU - beta_ct) / sigma_ct
 */
#ifndef CT_MINDWAYS_H
#define CT_MINDWAYS_H
#include <stdbool.h>
#ifdef __cplusplus
extern "C" {
#endif
struct mindways {
	bool known;
	double sigma_ref, sigma_ct; /* HU per mg/cm3 */
	double beta_ref, beta_ct;   /* HU */
	double r2;		    /* squared correlation of the regression */
};
/* hu, mg_cm3, water_mg_cm3: [n], n >= 2; ERR_INVALID for fewer, values not finite, densities or HU that do not vary. */
int mindways_fit(struct mindways *m, const double *hu, const double *mg_cm3, const double *water_mg_cm3, int n);
#ifdef __cplusplus
}
#endif
#endif

/*
 * By which attenuation table a site's bone stops X-rays.
 *
 *	hydroxyapatite  the table's own: what drr and training use
 *	cortical-icru44, cortical-icrp  bone as these tables have it (1.92 and 1.85 g/cm3), matrix included: the
 *	        attenuation of cortical bone less that of the soft tissue this program puts between its mineral, per gram
 *	        of hydroxyapatite with the same calcium:
 *	            mu' = (mu_c rho_c - mu_s rho_s (1 - h / 3.156)) / h,   h = rho_c w_Ca / 0.3989 g/cm3
 *	        with w_Ca 0.225 (ICRU-44) and 0.2099 (ICRP) by weight (NIST X-ray attenuation tables and ESTAR).
 * Masses of mineral stay what they are; only the film differs: at 60 keV by +5 and +8 %.
 */
#ifndef DRR_COHORT_MINERAL_H
#define DRR_COHORT_MINERAL_H
#include "drr/spectrum.h"
#ifdef __cplusplus
extern "C" {
#endif
int mineral_check(const char *table); /* ERR_USAGE listing the tables */
/* Puts the table's attenuation in a loaded spectrum and makes its quadrature again. */
int mineral_apply(struct spectrum *spectrum, const char *table);
#ifdef __cplusplus
}
#endif
#endif

/*
 * Calibration without a phantom, by the patient's own tissues (Michalski 2020, Med Eng Phys 78:55;
 * physics-and-clinical.md 1.5).  Method name in all records: "internal-tissue".
 *	1. at each energy of the attenuation table, least squares of mu/rho on the tissues' HU; the energy with the
 *	   largest r2 is the effective one
 *	2. m(HU) is its line; a tissue's density is (HU/1000 + 1) mu_water / (mu/rho), and rho(HU) the line through
 *	   those
 *	3. density of K2HPO4 = 1000 rho(HU) (m(HU) - m_fat) / (m_K2HPO4 - m_fat), in triglyceride
 * The result is quadratic in HU, 0 HU is not 0 mg/cm3, and it is not interchangeable with a phantom's.
 */
#ifndef CT_INTERNAL_H
#define CT_INTERNAL_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
enum internal_tissue { INTERNAL_ADIPOSE, INTERNAL_AIR, INTERNAL_BLOOD, INTERNAL_BONE, INTERNAL_MUSCLE, INTERNAL_TISSUES };
#define INTERNAL_METHOD "internal-tissue"
struct internal {
	double hu[INTERNAL_TISSUES]; /* NaN: not used */
	int64_t voxels[INTERNAL_TISSUES];
	double effective_kev, r2;		      /* r2 of step 1 at that energy */
	double m_slope, m_intercept;		      /* cm2/g per HU, cm2/g */
	double rho_slope, rho_intercept;	      /* g/cm3 per HU, g/cm3 */
	double quadratic_mg_cm3_per_hu2, slope_mg_cm3_per_hu, intercept_mg_cm3; /* K2HPO4 */
};
const char *internal_tissue_name(enum internal_tissue tissue);
/* From fit->hu to all the rest.  ERR_INVALID with fewer than 3 tissues, or HU that do not vary. */
int internal_model(struct internal *fit);
struct volume;
struct label_map;
struct calibration;
/*
 * The tissues' HU from a CT: muscle and blood (large vessels) by the median inside their labels, cortical bone by
 * the brightest 40 mm3 of the femora (else of any bone) but the very brightest 2 mm3, air and fat by the peaks of
 * the histogram of what carries no label (fat by its label where the map has one).  A tissue whose HU is not what
 * it should be (contrast medium, metal) is left out with a warning.  voxels 0 and NaN where there is none.
 */
int internal_sample(struct internal *fit, const struct volume *ct_hu, const struct volume *labels,
	const struct label_map *map);
/* Both; fills c's coefficients, unit, method and statement.  ERR_INVALID as above; c is untouched then. */
int internal_fit(struct calibration *c, const struct volume *ct_hu, const struct volume *labels,
	const struct label_map *map);
#ifdef __cplusplus
}
#endif
#endif

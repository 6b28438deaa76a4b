/*
 * Areal density of a synthetic hip: the true one, what an ideal CT says, and what a dual-energy scanner reads in its own
 * pose; of the total hip and of the femoral neck.
 */
#ifndef DRR_COHORT_AREAL_H
#define DRR_COHORT_AREAL_H
#include "ct/abmd.h"
#include "drr/cohort/areal_region.h"
#include "drr/cohort/scan.h"
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
struct areal_reading {
	double true_g_cm2;  /* mineral in the DXA posture, of the region the reader drew */
	double exact_g_cm2; /* dual-energy reading before precision error and the device's line: fat is in it */
	double shown_g_cm2; /* as the device shows it, on its maker's scale */
};
struct areal {
	struct abmd truth[AREAL_REGIONS]; /* mineral, parallel ap projection of the body in its neutral pose */
	double qct_g_cm2[AREAL_REGIONS];  /* the same off a CT: areal_qct */
	struct areal_reading dxa[AREAL_REGIONS];
};
/*
 * Why a study does not measure this hip, in one word ("metal": an implant); NULL: it does.  No scanner's region may hold
 * metal (ISCD), and mineral that an implant shields or replaces has no true value to compare with: all densities are NaN.
 */
const char *areal_exclusion(const struct anatomy_params *params, enum anatomy_side side);
/*
 * Fills truth and dxa of all hips of one DXA visit that are not excluded; qct is left as it was.  out: (ANATOMY_SIDES);
 * neutral: the body whose hips are measured, which is articulated as the DXA scanner has it; who: cohort_who(); repeat:
 * 0 ..
 */
int areal_scan(struct areal *out, const struct device *device, const struct anatomy *neutral, const struct person *p,
	const struct site_dxa *site, const struct scan_setting *setting, uint64_t seed, int64_t who, int repeat);
/*
 * drr/cohort/areal_qct.c: fills qct of all hips (ANATOMY_SIDES), NaN of those excluded.  What a calibrated CT says of the region before noise,
 * blur and cupping: hydroxyapatite of the CT number at kev on the voxels of the femur's label, turned into the neutral
 * pose.  Marrow fat, voxels cut by the surface and the label's edge are in it.
 */
int areal_qct(struct areal *out, const struct device *device, const struct scan *scan, const struct anatomy *at_scan,
	const struct anatomy *neutral, double kev);
/*
 * drr/cohort/areal_scale.c.  Between makers' scales by standardised BMD, sBMD = 1000 (a + b BMD) mg/cm2
 * (physics-and-clinical.md 3.4).  What a Hologic shows is taken for the unbiased reading.
 */
double areal_sbmd_mg_cm2(double bmd_g_cm2, enum areal_region region, const char *family);
double areal_of_sbmd_g_cm2(double sbmd_mg_cm2, enum areal_region region, const char *family);
/*
 * Against NHANES III on the Hologic scale: total hip women 0.942/0.122, men 1.041/0.144; neck women 0.858/0.120, men
 * 0.930/0.137 g/cm2 (physics-and-clinical.md 4.1).
 */
double areal_t_score(double bmd_g_cm2, enum areal_region region, char sex);
/*
 * drr/cohort/areal_dual.c: mean dual-energy bone reading of each region over its mask.  materials (MATERIALS, rows, cols)
 * g/cm2; bone_mineral (rows, cols) g/cm2 that of the bone alone; masks (AREAL_REGIONS, rows, cols).  The tissue's ratio
 * R is read beside the total hip in the same rows (physics-and-clinical.md 3.3), where no bone is in the way.  beam: of
 * drr/dxa_beam.h, "40/70".  ERR_INVALID when there is no bone or no such place.
 */
int areal_dual_energy(double bmd_g_cm2[AREAL_REGIONS], const float *materials_g_cm2, const float *bone_mineral_g_cm2,
	const uint8_t *masks, int64_t cols, int64_t rows, const char *beam);
#ifdef __cplusplus
}
#endif
#endif

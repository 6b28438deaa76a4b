/*
 * Total-hip areal density of a synthetic hip: the true one, and what a dual-energy scanner reads in its own pose.
 */
#ifndef DRR_COHORT_AREAL_H
#define DRR_COHORT_AREAL_H
#include "ct/abmd.h"
#include "drr/cohort/scan.h"
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
struct areal {
	struct abmd truth;       /* mineral of the region, parallel ap projection of the body in its neutral pose */
	double dxa_true_g_cm2;   /* mineral in the DXA posture, of the region the reader drew */
	double dxa_exact_g_cm2;  /* dual-energy reading before precision error and the device's line: fat is in it */
	double dxa_g_cm2;        /* as the device shows it, on its maker's scale */
};
/* The body as a DXA scanner has it. */
struct areal_posture {
	const struct anatomy *anatomy;
	const struct anatomy_voxels *voxels; /* in the scanner's world */
	double body_to_world[4][4];
};
/* neutral: the body whose hip is measured; dxa: the same body for DXA.  who: cohort_who(); repeat: 0 .. */
int areal_measure(struct areal *out, const struct device *device, const struct anatomy *neutral, enum anatomy_side side,
	const struct areal_posture *dxa, const struct site_dxa *site, uint64_t seed, int64_t who, int repeat);
/* All hips of one DXA visit: articulates, voxelises and measures.  out: (ANATOMY_SIDES). */
int areal_scan(struct areal *out, const struct device *device, const struct anatomy *neutral, const struct person *p,
	const struct site_dxa *site, const struct scan_setting *setting, uint64_t seed, int64_t who, int repeat);
/*
 * Between makers' scales by standardised BMD, sBMD = 1000 (a + b BMD) mg/cm2 (total hip, physics-and-clinical.md 3.4).
 * What a Hologic shows is taken for the unbiased reading.
 */
double areal_sbmd_mg_cm2(double bmd_g_cm2, const char *family);
double areal_of_sbmd_g_cm2(double sbmd_mg_cm2, const char *family);
/* T-score against NHANES III (women 0.942/0.122, men 1.041/0.144 g/cm2 total hip), on the Hologic scale. */
double areal_t_score(double bmd_g_cm2, char sex);
/*
 * Mean dual-energy bone reading over the pixels whose path of the bone is at least ABMD_MASK_CM.  materials
 * (MATERIALS, rows, cols) g/cm2; the tissue's ratio R is read beside the bone in the same row (physics 3.3), where
 * no bone is in the way.  beam: of drr/dxa_beam.h, "40/70".  ERR_INVALID when there is no bone or no such place.
 */
int areal_dual_energy(double *bmd_g_cm2, const float *materials_g_cm2, const float *bone_mineral_g_cm2,
	const float *path_cm, int64_t cols, int64_t rows, const char *beam);
#ifdef __cplusplus
}
#endif
#endif

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
	double dxa_true_g_cm2;   /* mineral in the DXA pose */
	double dxa_g_cm2;        /* measured: fat inhomogeneity, the device's line, precision error */
};
int areal_measure(struct areal *out, const struct device *device, const struct anatomy *a, enum anatomy_side side,
	const struct scan *scan, const struct person *p, const struct site *site, uint64_t seed);
/* T-score against NHANES III (women 0.942/0.122, men 1.041/0.144 g/cm2 total hip). */
double areal_t_score(double bmd_g_cm2, char sex);
/*
 * Mean dual-energy bone reading over the pixels whose path of the bone is at least ABMD_MASK_CM.  materials
 * (MATERIALS, rows, cols) g/cm2; the tissue's ratio R is read beside the bone in the same row (physics 3.3), where
 * no bone is in the way.  ERR_INVALID when there is no bone or no such place.
 */
int areal_dual_energy(double *bmd_g_cm2, const float *materials_g_cm2, const float *bone_mineral_g_cm2,
	const float *path_cm, int64_t cols, int64_t rows);
#ifdef __cplusplus
}
#endif
#endif

/*
 * Areal and volumetric BMD read off projections of one region: a mineral map (g/cm2) and the path length of the
 * bone (cm) along the same rays.
 *	mask = pixels whose path is at least ABMD_MASK_CM
 *	aBMD = sum of mineral over mask / number of mask pixels          g/cm2
 *	vBMD = 1000 * sum of mineral over mask / sum of path over mask   mg/cm3 (free of magnification)
 */
#ifndef CT_ABMD_H
#define CT_ABMD_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define ABMD_MASK_CM 0.2
struct abmd {
	double abmd_g_cm2, vbmd_mg_cm3; /* NaN when the mask is empty */
	int64_t pixels;                 /* of the mask */
	double mineral_sum_g_cm2;       /* over the mask */
	double path_sum_cm;
};
/* mineral_g_cm2[i * stride], path_cm[i * stride], i < n. */
struct abmd abmd_read(const float *mineral_g_cm2, const float *path_cm, int64_t stride, int64_t n);
#ifdef __cplusplus
}
#endif
#endif

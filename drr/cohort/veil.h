/*
 * Scattered radiation by another model than drr/scatter.h, for sites that training must not have seen: a part that
 * follows the body (two Gaussians of fixed width, however thick the body) and a part that is the same all over the film
 * (table, grid housing, room).
 *
 *	q = primary (1 - exp(-t / 150 mm))           t: soft tissue, fat and mineral as mm of water
 *	S ~ 0.35 + 0.40 G(SD 40 mm) q / mean q + 0.25 G(SD 120 mm) q / mean q
 *
 * scaled so that the mean of S over primary, over the body's pixels (t >= 10 mm, -ln of the primary at most 10), is the wanted ratio.  The shape is a
 * choice, not a measurement.
 */
#ifndef DRR_COHORT_VEIL_H
#define DRR_COHORT_VEIL_H
#include <stdint.h>
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
/* radiograph (rows, cols) -ln(I/I0), changed in place; materials_g_cm2 (MATERIALS, rows, cols); passed: Ts / Tp. */
int veil_apply(const struct device *device, float *radiograph, const float *materials_g_cm2, int64_t cols, int64_t rows,
	double pixel_mm, double ratio, double passed);
#ifdef __cplusplus
}
#endif
#endif

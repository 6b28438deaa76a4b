/*
 * Whether an image can hold CT numbers.  HU of tissue, metal and padding lie in -4096..32767 whatever type stores
 * them; an image with values beyond that range, or of nearly one value, is no CT in HU
 * (stored values without their rescale, a scaled picture, attenuation per mm).
 */
#ifndef CT_HU_RANGE_H
#define CT_HU_RANGE_H
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
#define HU_RANGE_LOW -4096.0
#define HU_RANGE_HIGH 32767.0
/* ct_hu float32.  ERR_INVALID naming file, value and limit; NaN and infinite voxels are refused too. */
int hu_range_check(const struct volume *ct_hu, const char *path);
#ifdef __cplusplus
}
#endif
#endif

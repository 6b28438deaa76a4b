/* The femoral shaft's axis: a line through the centroids of slices across it. */
#ifndef CT_SHAFT_H
#define CT_SHAFT_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/*
 * axis: in, unit, a first guess pointing distally; out, the shaft's.  centres_mm (n, 3): the femur's voxels.
 * 1 when too little shaft lies below the lesser trochanter (axis is left alone), 0 when found, -1 on error.
 */
int shaft_axis(double axis[3], const double *centres_mm, int64_t n, const double head_mm[3],
	double head_radius_mm, double voxel_mm);
#ifdef __cplusplus
}
#endif
#endif

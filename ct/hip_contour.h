/* What is read off the femur's outline in a picture (ct/hip_cuts.h): the notch of the neck, the lateral
 * cortex, Ward's square. */
#ifndef CT_HIP_CONTOUR_H
#define CT_HIP_CONTOUR_H
#include "ct/hip_cuts.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * Along the neck's axis, where the upper outline lies deepest below the line that bridges head and greater
 * trochanter; NaN when it is nowhere 2 mm deep.
 */
double hip_contour_notch(const struct bone_map *map, const struct hip_cuts *cuts, double head_radius_mm);
/* x of the most lateral bone at height y_mm, between pixels; NaN when there is none. */
double hip_contour_lateral(const struct bone_map *map, double y_mm);
/* ward: centre along and across the neck. */
void hip_contour_ward(
	double ward[2], const struct bone_map *map, const struct hip_cuts *cuts, const struct hip_rule *rule);
#ifdef __cplusplus
}
#endif
#endif

/*
 * Signed distance (mm, negative inside) to the surface of a label, below the voxel.  The label's occupancy is
 * smoothed by a Gaussian, whose value at a plane's distance x is the normal distribution's at x / SD; turning
 * that around gives the surface next to it exactly for planes, without the label's steps.  Everywhere else it
 * is the distance to the nearest such point, carried from voxel to voxel (Danielsson 1980): too long by at
 * most 0.1 voxels.
 */
#ifndef CT_SIGNED_DISTANCE_H
#define CT_SIGNED_DISTANCE_H
#include "ct/component.h"
#ifdef __cplusplus
extern "C" {
#endif
enum { SIGNED_DISTANCE_MARGIN = 5 }; /* voxels around the label's box; the label ends at the image's end */
/*
 * Of the union of n pieces (1 or more) of one volume's labels.  distance_mm: float32, on the volume's voxels,
 * the box around the pieces and its margin.  sd_voxels: of the smoothing, 0.5 to 1.5; plates thinner
 * than 1.35 SD vanish.
 */
int signed_distance(struct volume *distance_mm, const struct component *pieces, int n,
	const struct volume *labels, double sd_voxels);
#ifdef __cplusplus
}
#endif
#endif

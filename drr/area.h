/*
 * Pixels with an area: the mean of the line integral over the pixel, weighted by solid angle.
 *
 * A ray through a pixel's middle says little of a pixel that covers many voxels.  The mean over the pixel keeps mass:
 *	cone      sum of pixel x its solid angle = integral of value / r^2, r the distance from the source
 *	parallel  sum of pixel x its area        = integral of value
 * All quantities of a projection are linear in the rays and are averaged alike.  (A radiograph is not: the mean of the
 * materials is not the mean of the intensity.)
 *
 * Where the rays lie: an edge that runs along the detector's rows or columns is seen as sharply as there are different
 * positions across it, so the rays of a pixel differ in both coordinates instead of forming a square.  Where a parallel
 * beam runs along faces of voxels and these along the detector, the image is made of steps and no finite number of rays
 * would do: there the rays are one for each voxel (or part of one), and a pixel takes of each what it covers.
 */
#ifndef DRR_AREA_H
#define DRR_AREA_H
#include "drr/projector.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * As projector_render.  Rays: at the isocentre, for each of the finest voxel spacings, AREA_RAYS squared;
 * pwc, whose image has sharper edges, AREA_RAYS_PWC, and where a parallel beam runs along faces that lie
 * askew on the detector, AREA_RAYS_FACES.  Mass of a CT is then kept within 1e-5 from 32 x 32 pixels on;
 * tests/drr/area_test.cpp prints the table.  `out` is on the host.  Scratch memory is bounded whatever the
 * number of poses and rows.
 */
#define AREA_RAYS 3.0
#define AREA_RAYS_PWC 5.0
#define AREA_RAYS_FACES 12.0
int projector_render_area(struct projection *out, struct resident *volume, enum projector_model model,
	const struct geometry *geometry, const struct pose *poses, int64_t n_poses);
#ifdef __cplusplus
}
#endif
#endif

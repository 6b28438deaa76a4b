/*
 * The exact transpose of projector_render's integral: <render(x), y> = <x, adjoint(y)>.
 *
 * In a fit by least squares, adjoint(residual images) is the gradient by the voxels.  Every weight is the one
 * that the double text of kernels/ray.h gives (kernels/ray_adjoint.h).
 */
#ifndef DRR_ADJOINT_H
#define DRR_ADJOINT_H
#include "drr/projector.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * Overwrites volume (grid->n[2], grid->n[1], grid->n[0]): the sum over the poses, in image units x mm. images
 * (n_poses, rows, cols).  Of `grid` only its size and affine are used.  Both arrays are on the host.  The
 * result depends neither on the number of threads nor on the device beyond rounding; poses whose rays do not
 * fit ADJOINT_RAYS at once go in turns, whose float sums are added.  Same errors as projector_render.
 */
int projector_adjoint(float *volume, const struct device *device, const struct volume *grid,
	enum projector_model model, const struct geometry *geometry, const struct pose *poses,
	int64_t n_poses, const float *images);
enum { ADJOINT_RAYS = 2 * 1024 * 1024 }; /* 120 bytes each */
#ifdef __cplusplus
}
#endif
#endif

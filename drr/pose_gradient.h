/*
 * Derivatives of images by the pose: for registration and for training through the projector.
 *
 *	gradient[pose][p] = d/dp of sum over pixels of upstream x integral, in the trilinear model
 *
 * by rx, ry, rz (per rad) and tx, ty, tz (per mm), analytic (kernels/ray_pose_gradient.h), in double on every
 *device. For a loss L(images), upstream is dL/dimage.
 */
#ifndef DRR_POSE_GRADIENT_H
#define DRR_POSE_GRADIENT_H
#include "drr/projector.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * gradient (n_poses, 6), upstream (n_poses, rows, cols), both on the host; runs on the resident's device. The
 * result does not depend on the number of threads, nor a pose's on its neighbours.  Same errors as
 * projector_render.
 */
int projector_pose_gradient(double (*gradient)[6], struct resident *volume, const struct geometry *geometry,
	const struct pose *poses, int64_t n_poses, const float *upstream);
#ifdef __cplusplus
}
#endif
#endif

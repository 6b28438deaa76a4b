/*
 * d/dpose of sum over pixels of upstream x trilinear integral: six sums over the pixels of one part of one
 *pose's image.
 *
 * A pose moves a ray's points rigidly: x = A + lambda B with the same lambda, and the length in mm of d
 *lambda is kept (cone: A the source, B to the pixel; parallel: A the pixel, B the direction per mm).  The
 *interpolant is continuous, and 0 at the volume's end, so d integral = integral of grad f . (dA + lambda dB)
 * On each piece of kernels/ray_line.h every component of grad f is a quadratic along the ray and the factor
 *is linear: two-point Gauss is exact.  On a grid plane itself, which only rays along it stay on, f has a
 *kink; there the derivative is that of the cell the integral uses.
 *
 * K_DEFINE_SUM with n_poses x parts groups of `pixels_per_part` terms; the parts are added by the caller, in
 *order.
 */
#ifndef KERNELS_RAY_POSE_GRADIENT_H
#define KERNELS_RAY_POSE_GRADIENT_H
#include "kernels/ray_line.h"

/* Derivatives of one ray_pose's vectors by one parameter. */
struct ray_pose_change {
	double source[3], direction[3], origin[3], du[3], dv[3];
};
struct ray_pose_gradient_args {
	double *gradient;		       /* (n_poses, parts, 6) */
	const float *values;		       /* (n[2], n[1], n[0]) */
	const float *upstream;		       /* (n_poses, rows, cols) */
	const struct ray_pose *poses;	       /* (n_poses) */
	const struct ray_pose_change *changes; /* (n_poses, 6) */
	int64_t n[3], cols, rows;
	int64_t parts, pixels_per_part; /* parts x pixels_per_part >= rows x cols */
};
K_DECLARE_SUM(ray_pose_gradient);
#endif

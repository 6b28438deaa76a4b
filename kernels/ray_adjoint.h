/*
 * The exact transpose of kernels/ray.h's integral: map over voxels.
 *
 *	volume[i] = sum over poses and pixels of weight(pixel, i) x image[pixel]
 *
 * with the very weight, in mm, that the ray of this pixel gives voxel i in the same model.  A voxel gathers:
 *it walks the pixels whose rays can touch its support (a box of one voxel for pwc, of two for trilinear and
 *joseph), found by projecting that box onto the detector.  Sums are double and in the order of the pixels;
 *nothing is written twice.
 */
#ifndef KERNELS_RAY_ADJOINT_H
#define KERNELS_RAY_ADJOINT_H
#include "kernels/ray_line.h"

/*
 * Index space -> detector of one pose: with y = x - base, the pixel is (col . y, row . y) for a parallel
 * beam, and (col . y, row . y) / depth . y for a cone.  depth . y is 0 at the source and 1 on the detector;
 * depth is 0 for a parallel beam.
 */
struct ray_adjoint_view {
	int64_t cone;
	double base[3], col[3], row[3], depth[3];
};
struct ray_adjoint_args {
	float *volume;		      /* (n[2], n[1], n[0]) */
	const float *images;	      /* (n_poses, rows, cols) */
	const struct ray_line *lines; /* (n_poses, rows, cols), from kernels/ray_lines.h for this model */
	const struct ray_adjoint_view *views; /* (n_poses) */
	int64_t n[3], n_poses, cols, rows;
	int64_t model;	    /* enum ray_model */
	int64_t accumulate; /* 1: volume += , 0: volume = */
};
K_DECLARE(ray_adjoint);
#endif

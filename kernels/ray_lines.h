/*
 * The rays of a detector as lines of kernels/ray_line.h: map over poses x rows x cols.  Found once, read by
 * every voxel of kernels/ray_adjoint.h.
 */
#ifndef KERNELS_RAY_LINES_H
#define KERNELS_RAY_LINES_H
#include "kernels/ray_line.h"

struct ray_lines_args {
	struct ray_line *lines;	      /* (n_poses, rows, cols) */
	const struct ray_pose *poses; /* (n_poses) */
	int64_t n[3];		      /* the grid */
	int64_t cols, rows;
	int64_t model; /* enum ray_model */
};
K_DECLARE(ray_lines);
#endif

/*
 * Means over the rays of a pixel: map over planes x rows x cols.
 *
 * Rays come as `sets` images, each a grid of its own: ray (i, j) of set s lies at (offsets[s][0] + i step[0],
 * offsets[s][1] + j step[1]) in pixels, pixel (c, r) covers c-0.5 .. c+0.5 by r-0.5 .. r+0.5.  Along an axis
 * a ray either stands for a point (half = 0) and counts for the pixel that it is in, or for the interval of
 * half-width `half` around it and counts by what the pixel covers of that.  It counts by solid angle too,
 * which for a cone falls with the cube of the distance from the source (1 / distance^2 and the slant).
 */
#ifndef KERNELS_AREA_MEAN_H
#define KERNELS_AREA_MEAN_H
#include "kernels/kernel.h"

struct area_mean_args {
	float *mean;	   /* pixel (c, r - first_row) of plane p: [p * plane + (r - first_row) * cols + c] */
	const float *rays; /* image of set s, plane p: [(s * planes + p) * n[1] * n[0] + j * n[0] + i] */
	const double *offsets; /* (sets, 2) pixels */
	int64_t sets, planes, n[2];
	double step[2], half[2]; /* pixels */
	int64_t plane, cols, rows, first_row;
	double foot[2];	     /* pixels: where the source's perpendicular meets the detector */
	double per_distance; /* pixel size / source to detector; 0 = parallel */
};
K_DECLARE(area_mean);
#endif

/*
 * A coarser copy of an image: each value is the mean around the middle of a block of factor x factor pixels,
 * weighted by a triangle that reaches 0 at the neighbours' middles, so that a feature keeps its place to a
 * part of a pixel.  Weights beyond the image are left out of the mean.  Map over coarse_rows x coarse_cols.
 */
#ifndef KERNELS_COARSEN_H
#define KERNELS_COARSEN_H
#include "kernels/kernel.h"
struct coarsen_args {
	float *out;	 /* (coarse_rows, coarse_cols) */
	const float *in; /* (rows, cols) */
	int64_t cols, rows, factor, coarse_cols;
};
K_DECLARE(coarsen);
#endif

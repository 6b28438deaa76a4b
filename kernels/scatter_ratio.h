/*
 * Scatter over primary, row by row: sums over the pixels of the body, which are those behind at least body_mm
 * of water and no more opaque than `least` (metal would drown all others).  Sum of `rows` groups of `cols`
 * terms.
 */
#ifndef KERNELS_SCATTER_RATIO_H
#define KERNELS_SCATTER_RATIO_H
#include "kernels/kernel.h"
#include "kernels/coarse_field.h"
struct scatter_ratio_args {
	double *ratio;		   /* (rows) sum of field / intensity */
	double *pixels;		   /* (rows) how many */
	const float *intensity;	   /* (rows, cols) */
	const float *thickness_mm; /* (rows, cols) */
	struct coarse_field field;
	int64_t cols;
	double body_mm, least;
};
K_DECLARE_SUM(scatter_ratio);
#endif

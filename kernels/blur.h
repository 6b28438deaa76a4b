/*
 * One pass of a separable stencil over an image: out = share x sum of weight[k] in[.. + k], along the columns
 * or the rows; added to what out holds when `accumulate`.  Beyond the image there is nothing: with
 * `normalise` the weights that fall inside are scaled up to 1, so that a constant stays one; without, what
 * leaves the image is lost. Tiles over rows.
 */
#ifndef KERNELS_BLUR_H
#define KERNELS_BLUR_H
#include "kernels/kernel.h"
struct blur_args {
	float *out;			/* (rows, channels) */
	const float *in;		/* (rows, channels); not out */
	const float *weights;		/* (2 radius + 1) */
	int64_t radius, rows, channels; /* channels: the image's columns */
	int64_t down;			/* 1: along a column, 0: along a row */
	int64_t normalise, accumulate;
	double share;
};
K_DECLARE(blur);
#endif

#ifndef KERNELS_GRADIENT_CORRELATION_H
#define KERNELS_GRADIENT_CORRELATION_H
#include "kernels/kernel.h"
/* What gradient_correlation leaves for the gradient, per sample, channel and axis (0: x, 1: y). */
enum {
	GRADIENT_CORRELATION_MEAN_A,
	GRADIENT_CORRELATION_MEAN_B,
	GRADIENT_CORRELATION_CROSS, /* d NCC / d A = CROSS (B - MEAN_B) - SELF_A (A - MEAN_A) */
	GRADIENT_CORRELATION_SELF_A,
	GRADIENT_CORRELATION_SELF_B, /* d NCC / d B = CROSS (A - MEAN_A) - SELF_B (B - MEAN_B) */
	GRADIENT_CORRELATION_SIZE
};
/*
 * part[s, c] = 1 - (NCC_x + NCC_y) / 2, where NCC_x is the correlation of the Sobel x gradients A and B of
 * the images a and b over the interior pixels, with means removed: sum A'B' / (|A'| |B'| + epsilon).  Channel
 * sum over `samples` samples of (h - 2) (w - 2) terms.
 */
struct gradient_correlation_args {
	double *part;	   /* (samples, channels) */
	double *saved;	   /* (samples, channels, 2, GRADIENT_CORRELATION_SIZE) */
	const void *a, *b; /* (samples, h, w, channels) */
	int64_t h, w, channels;
	double epsilon;
};
K_DECLARE_SUM(gradient_correlation);
#endif

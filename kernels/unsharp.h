/*
 * Dynamic-range compression and multi-scale unsharp masking of an image E and its two smoothed copies:
 *
 *	out = middle + alpha (low - middle) + gain_mid (mid - low) + gain_fine (E - mid)
 *
 * alpha < 1 draws the slow part towards `middle`, gains > 1 bring out detail; all 1 gives E back.  Map over
 *n.
 */
#ifndef KERNELS_UNSHARP_H
#define KERNELS_UNSHARP_H
#include "kernels/kernel.h"
struct unsharp_args {
	float *out;			/* (n) */
	const float *image, *mid, *low; /* (n) as it is, smoothed, smoothed most; out may be one of them */
	double middle, alpha, gain_mid, gain_fine;
};
K_DECLARE(unsharp);
#endif

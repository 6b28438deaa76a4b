/*
 * The tone curve: x = (in - black) / (white - black), clamped to 0..1, through a logistic curve of slope
 * `contrast` that is scaled to keep 0 and 1.  contrast 0 is the straight line.  black may lie above white.
 * Map over n.
 */
#ifndef KERNELS_TONE_H
#define KERNELS_TONE_H
#include "kernels/kernel.h"
struct tone_args {
	float *out;	 /* (n) 0..1 */
	const float *in; /* (n); may be out */
	double black, white, contrast;
};
K_DECLARE(tone);
#endif

/*
 * out[i] = in[i] + SD x a standard normal number of the pixel: the electronics' noise, which no dose lessens.
 * Map over the (rows, cols) pixels of a film, or of a tile of one.
 */
#ifndef KERNELS_ELECTRONIC_NOISE_H
#define KERNELS_ELECTRONIC_NOISE_H
#include "kernels/kernel.h"
struct electronic_noise_args {
	float *out;	 /* (n) */
	const float *in; /* (n) in units of the open beam; may be out */
	int64_t cols, first_col, first_row;
	double sd; /* in units of the open beam */
	uint64_t seed, stream;
};
K_DECLARE(electronic_noise);
#endif

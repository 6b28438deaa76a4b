/*
 * Quantum noise: out[i] is what a detector reads when photons x in[i] photons are expected in the pixel, in
 * the units of in.  Counts are Poisson: exact (inversion) below PHOTON_NOISE_EXACT, the normal law of the
 * same mean and variance from there on.  An energy-integrating detector adds the spread of a photon's signal:
 * variance = mean / swank (Swank 1973; 1 = counting).  Never negative.  Map over the (rows, cols) pixels of a
 * film, or of a tile of one.
 */
#ifndef KERNELS_PHOTON_NOISE_H
#define KERNELS_PHOTON_NOISE_H
#include "kernels/kernel.h"
enum { PHOTON_NOISE_EXACT = 30 };
struct photon_noise_args {
	float *out;			    /* (n) */
	const float *in;		    /* (n) in units of the open beam; may be out */
	int64_t cols, first_col, first_row; /* where the tile lies in its film */
	double photons;			    /* expected in a pixel of the open beam */
	double swank;			    /* in (0, 1] */
	uint64_t seed, stream;
};
K_DECLARE(photon_noise);
#endif

/*
 * intensity[i] = exp(-radiograph[i]) x the beam's shading: the primary beam at the detector in units of the
 * mean open beam.  Map over the (rows, cols) pixels of a film, or of a tile of one that begins at first_row.
 */
#ifndef KERNELS_TRANSMISSION_H
#define KERNELS_TRANSMISSION_H
#include "kernels/kernel.h"
struct transmission_args {
	float *intensity;	 /* (n) */
	const float *radiograph; /* (n) -ln(I / I0) */
	int64_t cols, first_row, film_rows;
	double heel; /* see kernels/heel.h; 0 = an even beam */
};
K_DECLARE(transmission);
#endif

/*
 * The detector's fixed pattern and its correction.  Corrected: the beam's shading is divided out, and what
 * the correction leaves is out = in / (beam (1 + residual_sd n1)).  Raw: out = in (1 + gain_sd n1).  Both
 * first add the offset the dark image left, offset_sd n2.  n1, n2 are standard normal numbers of the pixel
 * and of the detector's seed alone, so the pattern is the same on every film of a detector.  Map over the
 * pixels of a film or tile.
 */
#ifndef KERNELS_FLAT_FIELD_H
#define KERNELS_FLAT_FIELD_H
#include "kernels/kernel.h"
struct flat_field_args {
	float *out;	 /* (n) */
	const float *in; /* (n) in units of the open beam; may be out */
	int64_t cols, first_col, first_row, film_rows;
	int64_t corrected;
	double heel;	  /* as in transmission; used when corrected */
	double gain_sd;	  /* relative; residual_sd when corrected */
	double offset_sd; /* in units of the open beam */
	uint64_t seed, stream;
};
K_DECLARE(flat_field);
#endif

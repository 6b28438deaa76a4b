/*
 * Areal mineral density of every pixel of a dual-energy scan, and the soft tissue with it.  The tissue is a mix of soft
 * tissue and fat whose proportion, read beside the bone, belongs to the row.  Map over the n = rows x cols pixels.
 */
#ifndef KERNELS_DXA_SOLVE_H
#define KERNELS_DXA_SOLVE_H
#include "kernels/dxa_solve_point.h"
#include "kernels/kernel.h"

struct dxa_solve_args {
	float *mineral;                    /* (rows, cols) g/cm2 */
	float *tissue;                     /* (rows, cols) g/cm2 */
	const float *attenuation;          /* (2, rows, cols) -ln(I/I0), low beam then high; NaN gives NaN */
	const double *fat_fraction;        /* (rows) of the tissue's mass; may lie outside 0..1 */
	int64_t n, cols;
	const struct dxa_solve_node *nodes; /* (n_low + n_high) */
	int64_t n_low, n_high;
};
K_DECLARE(dxa_solve);
#endif

#ifndef KERNELS_CLIP_FACTOR_H
#define KERNELS_CLIP_FACTOR_H
#include "kernels/kernel.h"
/* norm = sqrt(sum of part); factor = largest / norm where the norm is larger, else 1: clipping by the global norm
 * (Pascanu, Mikolov & Bengio 2013).  Sum of 1 group of n terms. */
struct clip_factor_args {
	void *factor, *norm; /* k_master (1) each */
	const double *part;  /* (n) */
	double largest;	     /* > 0 */
};
K_DECLARE_SUM(clip_factor);
#endif

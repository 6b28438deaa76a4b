/*
 * radiograph[i] = -ln(I / I0) of pixel i: a polychromatic beam behind the areal densities of its materials
 * (Beer-Lambert per energy bin).  Map over the n pixels.
 */
#ifndef KERNELS_RADIOGRAPH_H
#define KERNELS_RADIOGRAPH_H
#include "kernels/kernel.h"

enum { RADIOGRAPH_MATERIALS = 4 };
/* One energy bin. */
struct radiograph_bin {
	double weight;                            /* share of the unattenuated signal; > 0 */
	double mu_rho_cm2_g[RADIOGRAPH_MATERIALS];
};
struct radiograph_args {
	float *radiograph;                        /* (n) */
	const float *materials;                   /* (RADIOGRAPH_MATERIALS, n) g/cm2 */
	int64_t n;
	const struct radiograph_bin *bins;        /* (n_bins), rising energy */
	int64_t n_bins;
};
K_DECLARE(radiograph);
#endif

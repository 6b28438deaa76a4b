/*
 * radiograph[i] = -ln(I / I0) of pixel i: a polychromatic beam behind the areal densities of its materials
 * (Beer-Lambert per energy bin).  Map over the n pixels.  In float within 1e-6 + 2e-6 |value| of the double sum.
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
#if !defined(__CUDACC__)
/* radiograph_f32() by the widest vectors this processor has, to the bit (kernels/cpu/radiograph_simd.h). */
K_API void radiograph_simd(const struct radiograph_args *a, int64_t n);
#endif
#endif

/* -ln(I/I0) of a run of pixels, for kernels/radiograph.c and its SIMD builds in kernels/cpu/. */
#ifndef KERNELS_RADIOGRAPH_TILE_H
#define KERNELS_RADIOGRAPH_TILE_H
#include "kernels/k_exp.h"
#include "kernels/radiograph.h"

#if defined(__CUDACC__)
enum { RADIOGRAPH_TILE = 1 };
#else
enum { RADIOGRAPH_TILE = 64 };
#endif

/*
 * Pixels first .. first+count-1, count <= RADIOGRAPH_TILE.  The exponents are taken relative to the last,
 * most penetrating bin: behind metal I/I0 underflows, its logarithm does not.  That bin's own exponent and
 * the sum over bins are in double; the exponentials, whose arguments are differences, are in k_real.
 */
K_FN void radiograph_tile(const struct radiograph_args *a, int64_t first, int64_t count)
{
	const double log2_e = 1.4426950408889634;
	k_real g_cm2[RADIOGRAPH_MATERIALS][RADIOGRAPH_TILE];
	double intensity[RADIOGRAPH_TILE];
	const double *last = a->bins[a->n_bins - 1].mu_rho_cm2_g;
	for (int m = 0; m < RADIOGRAPH_MATERIALS; m++)
		for (int64_t t = 0; t < count; t++)
			g_cm2[m][t] = (k_real)a->materials[m * a->n + first + t];
	for (int64_t t = 0; t < count; t++)
		intensity[t] = 0;
	for (int64_t b = 0; b < a->n_bins; b++) {
		const double *mu = a->bins[b].mu_rho_cm2_g, weight = a->bins[b].weight;
		const k_real c0 = (k_real)((last[0] - mu[0]) * log2_e),
			     c1 = (k_real)((last[1] - mu[1]) * log2_e),
			     c2 = (k_real)((last[2] - mu[2]) * log2_e),
			     c3 = (k_real)((last[3] - mu[3]) * log2_e);
		for (int64_t t = 0; t < count; t++)
			intensity[t] += weight * (double)k_exp2(c0 * g_cm2[0][t] + c1 * g_cm2[1][t] +
								c2 * g_cm2[2][t] + c3 * g_cm2[3][t]);
	}
	for (int64_t t = 0; t < count; t++) {
		double least = last[0] * (double)g_cm2[0][t] + last[1] * (double)g_cm2[1][t] +
			       last[2] * (double)g_cm2[2][t] + last[3] * (double)g_cm2[3][t];
		a->radiograph[first + t] = (float)(least - (double)k_log((k_real)intensity[t]));
	}
}
#endif

#include "kernels/radiograph.h"

K_FN double radiograph_exponent(const struct radiograph_bin *bin, const double *g_cm2)
{
	double sum = 0;
	for (int m = 0; m < RADIOGRAPH_MATERIALS; m++)
		sum += bin->mu_rho_cm2_g[m] * g_cm2[m];
	return sum;
}

/*
 * The exponents are taken relative to the last, most penetrating bin: behind metal I/I0 underflows, its
 * logarithm does not.
 */
K_FN void radiograph_at(const struct radiograph_args *a, int64_t i)
{
	double g_cm2[RADIOGRAPH_MATERIALS], intensity = 0;
	for (int m = 0; m < RADIOGRAPH_MATERIALS; m++)
		g_cm2[m] = (double)a->materials[m * a->n + i];
	double least = radiograph_exponent(&a->bins[a->n_bins - 1], g_cm2);
	for (int64_t b = 0; b < a->n_bins; b++)
		intensity += a->bins[b].weight * exp(least - radiograph_exponent(&a->bins[b], g_cm2));
	a->radiograph[i] = (float)(least - log(intensity));
}
K_DEFINE(radiograph)

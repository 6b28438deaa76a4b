#include "kernels/water_thickness.h"

K_FN void water_thickness_at(const struct water_thickness_args *a, int64_t i)
{
	double g_cm2 = 0;
	for (int m = 0; a->materials && m < WATER_THICKNESS_MATERIALS; m++)
		g_cm2 += (double)a->materials[m * a->n + i];
	a->thickness_mm[i] = (float)(a->materials ? 10 * g_cm2 : (double)a->radiograph[i] / a->mu_per_mm);
}
K_DEFINE(water_thickness)

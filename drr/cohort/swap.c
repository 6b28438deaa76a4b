#include "drr/cohort/swap.h"

#include <math.h>

#include "ct/anatomy.h"
#include "drr/materials.h"

#define FULL_CM 10.0

const struct swap swap_films[SWAP_FILMS] = {
	{ "mineral080", 0.8, 0 },
	{ "mineral090", 0.9, 0 },
	{ "mineral100", 1.0, 0 },
	{ "mineral110", 1.1, 0 },
	{ "mineral120", 1.2, 0 },
	{ "tissueMinus5", 1.0, -5 },
	{ "tissuePlus5", 1.0, 5 },
};

void swap_materials(float *materials, int64_t pixels, double mineral_scale, double add_tissue_cm)
{
	double scale = mineral_scale > 0 ? mineral_scale : 1;
	float *soft = materials + MATERIAL_SOFT * pixels, *fat = materials + MATERIAL_FAT * pixels,
	      *mineral = materials + MATERIAL_MINERAL * pixels;
#pragma omp parallel for schedule(static)
	for (int64_t i = 0; i < pixels; i++) {
		double m = (double)mineral[i], s = (double)soft[i], f = (double)fat[i];
		double thick_cm = s / ANATOMY_SOFT_G_CM3 + f / ANATOMY_FAT_G_CM3;
		double add_cm = add_tissue_cm * fmin(thick_cm / FULL_CM, 1);
		s += (1 - scale) * m * ANATOMY_SOFT_G_CM3 / ANATOMY_MINERAL_G_CM3;
		s += add_cm * 2 / 3 * ANATOMY_SOFT_G_CM3;
		f += add_cm / 3 * ANATOMY_FAT_G_CM3;
		mineral[i] = (float)(scale * m);
		soft[i] = (float)fmax(s, 0);
		fat[i] = (float)fmax(f, 0);
	}
}

/*
 * What a CT number is made of, as one scalar rule for the projector's kernel and for drr/materials.c.  The result is
 * partial densities in g/cm3 in the order soft, fat, mineral, metal (enum material of drr/materials.h).
 *
 * Continuous at -1000, fat_hu and soft_hu, and in bone where the calibration line crosses zero; the step at metal_hu
 * is meant: metal has no mixture with tissue that a CT number could tell.
 */
#ifndef KERNELS_MATERIAL_RULE_H
#define KERNELS_MATERIAL_RULE_H
#include "kernels/kernel.h"

enum { MATERIAL_RULE_COUNT = 4 };
/* The model with its divisions done beforehand. */
struct material_rule {
	double fat_hu, soft_hu, metal_hu;
	double fat_g_cm3, soft_g_cm3, mineral_g_cm3, metal_g_cm3;
	double slope_g_cm3_per_hu;
	double bone_hu;          /* HU of zero mineral in bone: above it the tissue's mix stays */
	double per_air_to_fat;   /* 1 / (fat_hu + 1000) */
	double per_fat_to_soft;  /* 1 / (soft_hu - fat_hu) */
	double per_mineral;      /* 1 / mineral_g_cm3 */
};

/* The tissue that fills a voxel of this HU (<= soft_hu counts) to the given fraction. */
K_FN void material_rule_tissue(const struct material_rule *m, double hu, double fraction, double *g_cm3)
{
	if (hu <= m->fat_hu) {
		g_cm3[1] = fraction * m->fat_g_cm3 * (hu + 1000.0) * m->per_air_to_fat;
		return;
	}
	double soft = hu >= m->soft_hu ? 1.0 : (hu - m->fat_hu) * m->per_fat_to_soft;
	g_cm3[0] = fraction * soft * m->soft_g_cm3;
	g_cm3[1] = fraction * (1.0 - soft) * m->fat_g_cm3;
}

/* Returns 0 for air, when g_cm3 is all zero. */
K_FN int material_rule_of(const struct material_rule *m, double hu, int in_bone, double *g_cm3)
{
	g_cm3[0] = g_cm3[1] = g_cm3[2] = g_cm3[3] = 0.0;
	if (hu > m->metal_hu) {
		g_cm3[3] = m->metal_g_cm3;
		return 1;
	}
	if (!(hu > -1000.0))
		return 0;
	double start = in_bone ? m->bone_hu : m->soft_hu;
	if (hu <= start) {
		material_rule_tissue(m, hu, 1.0, g_cm3);
		return 1;
	}
	double rho = m->slope_g_cm3_per_hu * (hu - start);
	if (rho > m->mineral_g_cm3)
		rho = m->mineral_g_cm3;
	material_rule_tissue(m, start, 1.0 - rho * m->per_mineral, g_cm3);
	g_cm3[2] = rho;
	return 1;
}
#endif

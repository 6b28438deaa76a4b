/* Part by part: thickness of the cortex, mineral of cortex and trabecular bone, and the label. */
#ifndef KERNELS_ANATOMY_DENSITY_H
#define KERNELS_ANATOMY_DENSITY_H
#include "kernels/anatomy/near.h"
#include "kernels/anatomy/trabecular.h"

#define ANATOMY_PORES_MM 6.0
#define ANATOMY_COARSE_MM 4.0

ANATOMY_CALL double anatomy_density_cortex_mm(const struct anatomy *a, enum anatomy_part part, const double p[3])
{
	switch (part) {
	case ANATOMY_FEMUR_RIGHT:
		return anatomy_femur_cortex_mm(a, ANATOMY_RIGHT, p);
	case ANATOMY_FEMUR_LEFT:
		return anatomy_femur_cortex_mm(a, ANATOMY_LEFT, p);
	case ANATOMY_SACRUM:
		return 0.6 * a->params.pelvis_cortex_mm;
	case ANATOMY_LUMBAR:
		return anatomy_lumbar_cortex_mm(a, p);
	default:
		return a->params.pelvis_cortex_mm;
	}
}

/* The pelvis's pattern has no direction. */
K_FN double anatomy_density_pelvis(const struct anatomy *a, const double p[3])
{
	double texture =
		0.5 * (a->params.femur[ANATOMY_RIGHT].texture + a->params.femur[ANATOMY_LEFT].texture);
	if (!(texture > 0))
		return 1;
	return fmax(1 + texture * anatomy_noise(a->params.texture_seed + 5, p[0] / ANATOMY_COARSE_MM,
					  p[1] / ANATOMY_COARSE_MM, p[2] / ANATOMY_COARSE_MM),
		0.0);
}

ANATOMY_CALL double anatomy_density_trabecular(const struct anatomy *a, enum anatomy_part part, const double p[3])
{
	switch (part) {
	case ANATOMY_FEMUR_RIGHT:
		return anatomy_femur_trabecular(a, ANATOMY_RIGHT, p);
	case ANATOMY_FEMUR_LEFT:
		return anatomy_femur_trabecular(a, ANATOMY_LEFT, p);
	case ANATOMY_HIP_RIGHT:
	case ANATOMY_HIP_LEFT:
		return a->params.pelvis_trabecular_mg_cm3 * anatomy_density_pelvis(a, p) *
		       anatomy_joint_factor(
			       a, part == ANATOMY_HIP_RIGHT ? ANATOMY_RIGHT : ANATOMY_LEFT, true, p);
	default:
		return a->params.pelvis_trabecular_mg_cm3 * anatomy_density_pelvis(a, p);
	}
}

/* Pores included. */
ANATOMY_CALL double anatomy_density_cortical(const struct anatomy *a, enum anatomy_part part, const double p[3])
{
	const struct anatomy_femur *right = &a->params.femur[ANATOMY_RIGHT],
				   *left = &a->params.femur[ANATOMY_LEFT];
	if (part > ANATOMY_FEMUR_LEFT)
		return 0.5 * (right->cortical_mg_cm3 * (1 - right->porosity) +
				     left->cortical_mg_cm3 * (1 - left->porosity));
	const struct anatomy_femur *f = &a->params.femur[part];
	if (!(f->porosity > 0))
		return f->cortical_mg_cm3;
	/* Pores gather in places; their share over all is the porosity. */
	double uneven = 1 + 0.3 * anatomy_noise(a->params.texture_seed + 7 + (uint64_t)part, p[0] / ANATOMY_PORES_MM,
					  p[1] / ANATOMY_PORES_MM, p[2] / ANATOMY_PORES_MM);
	return f->cortical_mg_cm3 * (1 - f->porosity * fmax(uneven, 0.0));
}

/* TotalSegmentator's number of the part. */
K_FN uint8_t anatomy_density_label(enum anatomy_part part)
{
	const uint8_t labels[ANATOMY_PARTS] = { 76, 75, 78, 77, 25, 27 };
	return labels[part];
}
#endif

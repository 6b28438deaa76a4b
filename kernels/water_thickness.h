/*
 * thickness_mm[i]: water that scatters like what the ray met.  Scatter is mostly Compton's, which goes with
 * mass, so it is the areal density of all materials over 1 g/cm3; without materials, -ln(I/I0) over
 * mu_per_mm.  Map over n.
 */
#ifndef KERNELS_WATER_THICKNESS_H
#define KERNELS_WATER_THICKNESS_H
#include "kernels/kernel.h"
enum { WATER_THICKNESS_MATERIALS = 4 };
struct water_thickness_args {
	float *thickness_mm;	 /* (n) */
	const float *materials;	 /* (WATER_THICKNESS_MATERIALS, n) g/cm2, or NULL */
	const float *radiograph; /* (n) -ln(I/I0); used without materials */
	double mu_per_mm;
	int64_t n;
};
K_DECLARE(water_thickness);
#endif

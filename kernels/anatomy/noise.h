/*
 * Value noise: random numbers on the points of a lattice, hashed from (seed, point), joined smoothly.  The
 * mean of the squared weights over a cell is (26/35)^3 and a lattice value's variance 1/3, hence the factor
 * to SD 1.
 */
#ifndef KERNELS_ANATOMY_NOISE_H
#define KERNELS_ANATOMY_NOISE_H
#include "kernels/anatomy/model.h"

#define ANATOMY_NOISE_SD 2.7052 /* sqrt(3 / (26/35)^3): to SD 1 */

K_FN double anatomy_noise_lattice(uint64_t seed, int64_t x, int64_t y, int64_t z)
{
	uint64_t h = seed + (uint64_t)x * UINT64_C(0x9e3779b97f4a7c15) +
		     (uint64_t)y * UINT64_C(0xc2b2ae3d27d4eb4f) + (uint64_t)z * UINT64_C(0x165667b19e3779f9);
	h = (h ^ (h >> 32)) * UINT64_C(0xd6e8feb86659fd93);
	h = (h ^ (h >> 32)) * UINT64_C(0xd6e8feb86659fd93);
	h ^= h >> 32;
	return (double)(h >> 11) * 0x1p-52 - 1;
}

/* SD 1 on a lattice of 1 per unit, at most about 2.7. */
ANATOMY_CALL double anatomy_noise(uint64_t seed, double x, double y, double z)
{
	const double at[3] = { x, y, z };
	int64_t cell[3];
	double weight[3], sum = 0;
	for (int k = 0; k < 3; k++) {
		double whole = floor(at[k]), u = at[k] - whole;
		cell[k] = (int64_t)whole;
		weight[k] = u * u * (3 - 2 * u);
	}
	for (int corner = 0; corner < 8; corner++) {
		double w = 1;
		for (int k = 0; k < 3; k++)
			w *= corner >> k & 1 ? weight[k] : 1 - weight[k];
		sum += w * anatomy_noise_lattice(seed, cell[0] + (corner & 1), cell[1] + (corner >> 1 & 1),
				   cell[2] + (corner >> 2));
	}
	return ANATOMY_NOISE_SD * sum;
}
#endif

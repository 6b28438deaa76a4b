/*
 * Fat within and between the muscles: a point belongs to its nearest muscle, a septum runs where two are equally near.
 */
#ifndef KERNELS_ANATOMY_MUSCLE_H
#define KERNELS_ANATOMY_MUSCLE_H
#include "kernels/anatomy/inclusion.h"

#define ANATOMY_SEPTUM_MM 3.0
#define ANATOMY_PLANE_FAT 0.9
#define ANATOMY_BEYOND_MM 9.0 /* outside all of them fat takes over within this distance */
enum { ANATOMY_MUSCLES_ALL = (1 << ANATOMY_MUSCLES) - 1 };

struct anatomy_nearest {
	double first, second;
};

K_FN struct anatomy_nearest anatomy_nearest_to(
	const struct anatomy_cone muscle[ANATOMY_MUSCLES], unsigned which, const double p[3])
{
	struct anatomy_nearest n = { INFINITY, INFINITY };
	for (int i = 0; i < ANATOMY_MUSCLES; i++) {
		if (!(which >> i & 1))
			continue;
		double d = anatomy_sdf_cone(&muscle[i], p);
		n.second = d < n.first ? n.first : anatomy_sdf_min(n.second, d);
		n.first = anatomy_sdf_min(n.first, d);
	}
	return n;
}

/*
 * Volume fraction of fat in the muscles' compartment: `within` in a belly, `beyond` outside all of them, nearly pure in
 * the planes between two that touch.
 */
ANATOMY_CALL double anatomy_muscle_fat(const struct anatomy *a, const double p[3], const struct anatomy_local *local,
	double within, double beyond)
{
	enum anatomy_side side = p[0] > 0 ? ANATOMY_RIGHT : ANATOMY_LEFT;
	if (!local->mixed)
		return local->gap > 0 ? beyond : within;
	const struct anatomy_nearest n = anatomy_nearest_to(a->muscle[side], local->muscle[side], p);
	double fat = within + (beyond - within) * anatomy_sdf_step(0, ANATOMY_BEYOND_MM, n.first);
	/* A plane of fat where two bellies touch. */
	double septum = (1 - anatomy_sdf_step(0.3 * ANATOMY_SEPTUM_MM, ANATOMY_SEPTUM_MM, n.second - n.first)) *
			(1 - anatomy_sdf_step(0.3 * ANATOMY_BEYOND_MM, ANATOMY_BEYOND_MM, n.second));
	return fat + (ANATOMY_PLANE_FAT - fat) * septum;
}

/* Fills the muscles' part of it. */
K_FN void anatomy_muscle_local(
	struct anatomy_local *local, const struct anatomy *a, const double centre[3], double radius_mm)
{
	double first = INFINITY, apart = INFINITY;
	for (int side = 0; side < ANATOMY_SIDES; side++) {
		local->muscle[side] = 0;
		if ((side == ANATOMY_RIGHT ? centre[0] : -centre[0]) < -radius_mm)
			continue;
		const struct anatomy_nearest n = anatomy_nearest_to(a->muscle[side], ANATOMY_MUSCLES_ALL, centre);
		for (int i = 0; i < ANATOMY_MUSCLES; i++)
			if (anatomy_sdf_cone(&a->muscle[side][i], centre) <= n.second + 2 * radius_mm)
				local->muscle[side] |= 1u << i;
		apart = anatomy_sdf_min(apart, n.second - n.first);
		first = anatomy_sdf_min(first, n.first);
	}
	bool fat = first - radius_mm >= ANATOMY_BEYOND_MM;
	bool belly = first + radius_mm <= 0 && apart - 2 * radius_mm >= ANATOMY_SEPTUM_MM;
	/* At the midline each side has a belly of its own. */
	local->mixed = !fat && !(belly && fabs(centre[0]) > radius_mm);
	local->gap = fat ? 1 : 0;
}
#endif

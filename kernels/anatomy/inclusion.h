/* What lies in the body besides bone, muscle and fat: bowel gas and content, phleboliths. */
#ifndef KERNELS_ANATOMY_INCLUSION_H
#define KERNELS_ANATOMY_INCLUSION_H
#include "kernels/anatomy/metal.h"

#define ANATOMY_BOWEL_WALL_MM 2.5

/*
 * Bits of the muscles, bowel loops, phleboliths, pieces of metal (side * ANATOMY_METAL + i) and sheets of fat (side *
 * ANATOMY_SHEETS + i) that reach into a ball.
 */
struct anatomy_local {
	unsigned muscle[ANATOMY_SIDES], bowel, phlebolith, metal, sheet;
	bool mixed; /* muscle and the fat between them vary; else it is all `gap` */
	double gap;
};

K_FN double anatomy_blob_sdf(const struct anatomy_blob *b, const double p[3])
{
	return anatomy_sdf_distance(p, b->centre_mm) - b->radius_mm;
}

K_FN double anatomy_bowel_sdf(const struct anatomy *a, int i, const double p[3])
{
	const struct anatomy_loop *loop = &a->loop[i];
	double blend = 0.35 * a->params.bowel[i].radius_mm;
	double d = anatomy_sdf_distance(p, loop->centre_mm[1]) - loop->radius_mm[1];
	for (int end = 0; end < ANATOMY_LOOP; end += 2)
		d = anatomy_sdf_union(
			d, anatomy_sdf_distance(p, loop->centre_mm[end]) - loop->radius_mm[end], blend);
	return d;
}

/* Share of a voxel taken by bowel gas. */
K_FN double anatomy_gas(const struct anatomy *a, const double p[3], double width_mm, unsigned which)
{
	double share = 0;
	for (int i = 0; i < ANATOMY_BOWEL; i++) {
		const struct anatomy_blob *b = &a->params.bowel[i];
		if (which >> i & 1 && b->density_g_cm3 < 0.5)
			share = fmax(share, anatomy_inside(anatomy_bowel_sdf(a, i, p), width_mm));
	}
	return share;
}

/* Share taken by bowel content or wall. */
K_FN double anatomy_content(const struct anatomy *a, const double p[3], double width_mm, unsigned which)
{
	double share = 0;
	for (int i = 0; i < ANATOMY_BOWEL; i++)
		if (which >> i & 1)
			share = fmax(share,
				anatomy_inside(anatomy_bowel_sdf(a, i, p) - ANATOMY_BOWEL_WALL_MM, width_mm));
	return share;
}

/* Mineral of phleboliths, g/cm3 of the voxel. */
K_FN double anatomy_phleboliths(const struct anatomy *a, const double p[3], double width_mm, unsigned which)
{
	double mineral = 0;
	for (int i = 0; i < ANATOMY_PHLEBOLITHS; i++) {
		const struct anatomy_blob *b = &a->params.phlebolith[i];
		if (which >> i & 1)
			mineral = fmax(mineral, b->density_g_cm3 * anatomy_inside(anatomy_blob_sdf(b, p), width_mm));
	}
	return mineral;
}

K_FN unsigned anatomy_blobs_near(
	const struct anatomy_blob *blobs, int n, double swell, double reach_mm, const double centre[3])
{
	unsigned bits = 0;
	for (int i = 0; i < n; i++)
		if (blobs[i].radius_mm > 0 && anatomy_sdf_distance(centre, blobs[i].centre_mm) <
						      swell * blobs[i].radius_mm + reach_mm)
			bits |= 1u << i;
	return bits;
}

K_FN void anatomy_inclusion_local(struct anatomy_local *local, const struct anatomy *a, const double centre[3],
	double radius_mm, double width_mm)
{
	double reach = radius_mm + width_mm;
	local->bowel = anatomy_blobs_near(a->params.bowel, ANATOMY_BOWEL, 1.2, reach + ANATOMY_BOWEL_WALL_MM, centre);
	local->phlebolith = anatomy_blobs_near(a->params.phlebolith, ANATOMY_PHLEBOLITHS, 1, reach, centre);
	local->metal = anatomy_metal_local(a, centre, reach);
}
#endif

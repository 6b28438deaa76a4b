/* What lies in the body besides bone, muscle and fat: bowel gas and content, phleboliths, metal. */
#include "ct/anatomy_sdf.h"

#define WALL_MM 2.5 /* of the bowel */

static double blob_sdf(const struct anatomy_blob *b, const double p[3])
{
	return anatomy_sdf_distance(p, b->centre_mm) - b->radius_mm;
}

/* Bowel is no ball: its wall runs in and out by a fifth of the radius. */
static double bowel_sdf(const struct anatomy *a, const struct anatomy_blob *b, const double p[3])
{
	double far = anatomy_sdf_distance(p, b->centre_mm), size = 1.1 * b->radius_mm;
	if (far > 1.2 * b->radius_mm + 8)
		return far - 1.2 * b->radius_mm;
	double noise = anatomy_noise(a->params.texture_seed + 11, p[0] / size, p[1] / size, p[2] / size);
	return far - b->radius_mm * (1 + 0.2 * anatomy_sdf_clamp(noise, -1.8, 1));
}

double anatomy_gas(const struct anatomy *a, const double p[3], double width_mm, unsigned which)
{
	double share = 0;
	for (int i = 0; i < ANATOMY_BOWEL; i++) {
		const struct anatomy_blob *b = &a->params.bowel[i];
		if (which >> i & 1 && b->density_g_cm3 < 0.5)
			share = fmax(share, anatomy_inside(bowel_sdf(a, b, p), width_mm));
	}
	return share;
}

double anatomy_content(const struct anatomy *a, const double p[3], double width_mm, unsigned which)
{
	double share = 0;
	for (int i = 0; i < ANATOMY_BOWEL; i++)
		if (which >> i & 1)
			share = fmax(share,
				anatomy_inside(bowel_sdf(a, &a->params.bowel[i], p) - WALL_MM, width_mm));
	return share;
}

double anatomy_phleboliths(const struct anatomy *a, const double p[3], double width_mm, unsigned which)
{
	double mineral = 0;
	for (int i = 0; i < ANATOMY_PHLEBOLITHS; i++) {
		const struct anatomy_blob *b = &a->params.phlebolith[i];
		if (which >> i & 1)
			mineral = fmax(mineral, b->density_g_cm3 * anatomy_inside(blob_sdf(b, p), width_mm));
	}
	return mineral;
}

static unsigned blobs_near(
	const struct anatomy_blob *blobs, int n, double swell, double reach_mm, const double centre[3])
{
	unsigned bits = 0;
	for (int i = 0; i < n; i++)
		if (blobs[i].radius_mm > 0 && anatomy_sdf_distance(centre, blobs[i].centre_mm) <
						      swell * blobs[i].radius_mm + reach_mm)
			bits |= 1u << i;
	return bits;
}

void anatomy_inclusion_local(struct anatomy_local *local, const struct anatomy *a, const double centre[3],
	double radius_mm, double width_mm)
{
	double reach = radius_mm + width_mm;
	local->bowel = blobs_near(a->params.bowel, ANATOMY_BOWEL, 1.2, reach + WALL_MM, centre);
	local->phlebolith = blobs_near(a->params.phlebolith, ANATOMY_PHLEBOLITHS, 1, reach, centre);
	local->nail = 0;
	for (int side = 0; side < ANATOMY_SIDES; side++)
		for (int i = 0; i < ANATOMY_NAIL && a->params.femur[side].nail_mm > 0; i++)
			if (anatomy_sdf_cone(&a->nail[side][i], centre) < reach)
				local->nail |= 1u << (side * ANATOMY_NAIL + i);
}

bool anatomy_has_metal(const struct anatomy *a)
{
	return a->params.femur[ANATOMY_RIGHT].nail_mm > 0 || a->params.femur[ANATOMY_LEFT].nail_mm > 0;
}

double anatomy_metal(const struct anatomy *a, const double p[3], double width_mm, unsigned which)
{
	double share = 0;
	for (int side = 0; side < ANATOMY_SIDES; side++)
		for (int i = 0; i < ANATOMY_NAIL; i++)
			if (which >> (side * ANATOMY_NAIL + i) & 1)
				share = fmax(share,
					anatomy_inside(anatomy_sdf_cone(&a->nail[side][i], p), width_mm));
	return share;
}

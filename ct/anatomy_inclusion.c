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

double anatomy_gas(const struct anatomy *a, const double p[3], double width_mm)
{
	double share = 0;
	for (int i = 0; i < ANATOMY_BOWEL; i++) {
		const struct anatomy_blob *b = &a->params.bowel[i];
		if (b->radius_mm > 0 && b->density_g_cm3 < 0.5)
			share = fmax(share, anatomy_inside(bowel_sdf(a, b, p), width_mm));
	}
	return share;
}

double anatomy_content(const struct anatomy *a, const double p[3], double width_mm)
{
	double share = 0;
	for (int i = 0; i < ANATOMY_BOWEL; i++)
		if (a->params.bowel[i].radius_mm > 0)
			share = fmax(share,
				anatomy_inside(bowel_sdf(a, &a->params.bowel[i], p) - WALL_MM, width_mm));
	return share;
}

double anatomy_phleboliths(const struct anatomy *a, const double p[3], double width_mm)
{
	double mineral = 0;
	for (int i = 0; i < ANATOMY_PHLEBOLITHS; i++) {
		const struct anatomy_blob *b = &a->params.phlebolith[i];
		if (b->radius_mm > 0)
			mineral = fmax(mineral, b->density_g_cm3 * anatomy_inside(blob_sdf(b, p), width_mm));
	}
	return mineral;
}

bool anatomy_has_metal(const struct anatomy *a)
{
	return a->params.femur[ANATOMY_RIGHT].nail_mm > 0 || a->params.femur[ANATOMY_LEFT].nail_mm > 0;
}

double anatomy_metal(const struct anatomy *a, const double p[3], double width_mm)
{
	double share = 0;
	for (int side = 0; side < ANATOMY_SIDES; side++)
		for (int i = 0; i < ANATOMY_NAIL && a->params.femur[side].nail_mm > 0; i++)
			share = fmax(share, anatomy_inside(anatomy_sdf_cone(&a->nail[side][i], p), width_mm));
	return share;
}

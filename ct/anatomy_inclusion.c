/* What lies in the body besides bone, muscle and fat: bowel gas and content, phleboliths. */
#include "ct/anatomy_sdf.h"
#include "host/run/rng.h"

#define WALL_MM 2.5 /* of the bowel */

static double blob_sdf(const struct anatomy_blob *b, const double p[3])
{
	return anatomy_sdf_distance(p, b->centre_mm) - b->radius_mm;
}

/*
 * A filled stretch of bowel is a bent ovoid: a ball between two smaller ones, all within 1.2 radii of its centre, which
 * lie anyhow.
 */
static void make_loop(struct anatomy_loop *loop, const struct anatomy_blob *b, uint64_t seed)
{
	double turn = 2 * acos(-1.0) * (double)(rng_mix(seed, 1, 0) >> 11) * 0x1p-53,
	       rise = 2 * (double)(rng_mix(seed, 2, 0) >> 11) * 0x1p-53 - 1, flat = sqrt(1 - rise * rise);
	const double along[3] = { flat * cos(turn), flat * sin(turn), rise },
		     aside[3] = { -sin(turn), cos(turn), 0 };
	for (int i = 0; i < ANATOMY_LOOP; i++) {
		loop->radius_mm[i] = (i == 1 ? 0.78 : 0.58) * b->radius_mm;
		for (int k = 0; k < 3; k++)
			loop->centre_mm[i][k] = b->centre_mm[k] + b->radius_mm * (0.55 * (i - 1) * along[k] +
								     (i == 1 ? 0 : 0.2) * aside[k]);
	}
}

void anatomy_inclusion_make(struct anatomy *a)
{
	for (int i = 0; i < ANATOMY_BOWEL; i++)
		make_loop(&a->loop[i], &a->params.bowel[i], rng_mix(a->params.texture_seed, 11, (uint64_t)i));
}

static double bowel_sdf(const struct anatomy *a, int i, const double p[3])
{
	const struct anatomy_loop *loop = &a->loop[i];
	double blend = 0.35 * a->params.bowel[i].radius_mm;
	double d = anatomy_sdf_distance(p, loop->centre_mm[1]) - loop->radius_mm[1];
	for (int end = 0; end < ANATOMY_LOOP; end += 2)
		d = anatomy_sdf_union(
			d, anatomy_sdf_distance(p, loop->centre_mm[end]) - loop->radius_mm[end], blend);
	return d;
}

double anatomy_gas(const struct anatomy *a, const double p[3], double width_mm, unsigned which)
{
	double share = 0;
	for (int i = 0; i < ANATOMY_BOWEL; i++) {
		const struct anatomy_blob *b = &a->params.bowel[i];
		if (which >> i & 1 && b->density_g_cm3 < 0.5)
			share = fmax(share, anatomy_inside(bowel_sdf(a, i, p), width_mm));
	}
	return share;
}

double anatomy_content(const struct anatomy *a, const double p[3], double width_mm, unsigned which)
{
	double share = 0;
	for (int i = 0; i < ANATOMY_BOWEL; i++)
		if (which >> i & 1)
			share = fmax(share,
				anatomy_inside(bowel_sdf(a, i, p) - WALL_MM, width_mm));
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
	local->metal = anatomy_metal_local(a, centre, reach);
}

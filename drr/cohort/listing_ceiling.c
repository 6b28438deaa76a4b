/* How well the DXA of a study can be known: it is no mineral, and it errs. */
#include <math.h>

#include "drr/cohort/listing.h"

enum { HIPS_LEAST = 8 };

int64_t listing_hips(const struct record *records, int64_t n)
{
	int64_t hips = 0;
	for (int64_t i = 0; i < ANATOMY_SIDES * n; i++)
		hips += !areal_exclusion(&records[i / ANATOMY_SIDES].person.anatomy, (enum anatomy_side)(i % ANATOMY_SIDES));
	return hips;
}

double listing_ceiling(
	const struct record *records, int64_t n, enum areal_region region, const struct record_origin *origin)
{
	double sum_x = 0, sum_y = 0, xx = 0, yy = 0, xy = 0, count = (double)listing_hips(records, n);
	if (count < HIPS_LEAST)
		return NAN;
	for (int pass = 0; pass < 2; pass++) /* means first: the sums of squares are small beside them */
		for (int64_t i = 0; i < ANATOMY_SIDES * n; i++) {
			const struct record *r = &records[i / ANATOMY_SIDES];
			enum anatomy_side side = (enum anatomy_side)(i % ANATOMY_SIDES);
			if (areal_exclusion(&r->person.anatomy, side))
				continue;
			double x = r->areal[side].truth[region].abmd_g_cm2;
			double y = listing_unbiased_g_cm2(r, side, region, origin);
			if (pass == 0) {
				sum_x += x;
				sum_y += y;
				continue;
			}
			x -= sum_x / count;
			y -= sum_y / count;
			xx += x * x;
			yy += y * y;
			xy += x * y;
		}
	return xy / sqrt(xx * yy);
}

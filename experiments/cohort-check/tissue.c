#include "experiments/cohort-check/tissue.h"

#include <math.h>
#include <stdlib.h>

#include "ct/anatomy.h"
#include "host/run/err.h"

enum { LOW_HU = -1024, BINS = 4096, HALF_WINDOW = 5 };
/* Of the brightest voxels: how many count, and how many above them may be noise (physics-and-clinical.md 1.5:
 * 899 after 50). */
#define CORTICAL_MM3 40.0
#define DROPPED_MM3 2.2

/* HU of the fullest bin of [from, to], counts smoothed over +-HALF_WINDOW HU. */
static double peak(const int64_t *counts, int from, int to)
{
	int64_t most = -1;
	int best = from;
	for (int hu = from; hu <= to; hu++) {
		int64_t sum = 0;
		for (int d = -HALF_WINDOW; d <= HALF_WINDOW; d++)
			sum += counts[hu + d - LOW_HU];
		if (sum > most) {
			most = sum;
			best = hu;
		}
	}
	return best;
}

static double median_below(const int64_t *counts, int limit)
{
	int64_t total = 0, sum = 0;
	for (int hu = LOW_HU; hu < limit; hu++)
		total += counts[hu - LOW_HU];
	for (int hu = LOW_HU; hu < limit; hu++) {
		sum += counts[hu - LOW_HU];
		if (2 * sum >= total)
			return hu;
	}
	return NAN;
}

/* Mean of the n brightest voxels counted, the brightest of all left out. */
static double brightest(const int64_t *counts, int64_t n, int64_t dropped)
{
	double sum = 0;
	int64_t left = n;
	for (int bin = BINS - 1; bin >= 0 && left > 0; bin--) {
		int64_t drop = counts[bin] < dropped ? counts[bin] : dropped;
		int64_t take = counts[bin] - drop < left ? counts[bin] - drop : left;
		dropped -= drop;
		sum += (double)take * (bin + LOW_HU);
		left -= take;
	}
	return sum / (double)(n - left);
}

struct tissue_hu tissue_measure(const struct volume *hu, const struct volume *labels)
{
	int64_t *outside = calloc(2 * BINS, sizeof(*outside)), *femur = outside + BINS;
	const double voxel_mm3 = fabs(hu->to_world[0][0] * hu->to_world[1][1] * hu->to_world[2][2]);
	if (!outside)
		BUG("out of memory for a histogram");
	for (int64_t i = 0; i < volume_count(hu); i++) {
		int bin = volume_i16(hu)[i] - LOW_HU;
		uint8_t label = volume_u8(labels)[i];
		bin = bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin;
		outside[bin] += label == 0;
		femur[bin] += label == anatomy_label(ANATOMY_FEMUR_RIGHT) ||
			      label == anatomy_label(ANATOMY_FEMUR_LEFT);
	}
	struct tissue_hu out = { .adipose = peak(outside, -200, -60),
		.muscle = peak(outside, -40, 120),
		.cortical = brightest(femur, (int64_t)ceil(CORTICAL_MM3 / voxel_mm3),
			(int64_t)ceil(DROPPED_MM3 / voxel_mm3)),
		.air = median_below(outside, -800) };
	free(outside);
	return out;
}

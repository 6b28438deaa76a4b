#include "ct/shaft.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "ct/vec3.h"
#include "host/run/err.h"

#define FROM_RADII 3.2	/* below the head's centre: distal of the lesser trochanter */
#define LENGTH_MM 100.0 /* before the femur's bow and the condyles matter */
#define ENOUGH_MM 24.0	/* of whole slices */
#define WHOLE 0.7	/* of the median area: less is a slice cut by the image's end */
enum { ROUNDS = 4, MAX_SLICES = 256 };

struct slice {
	double sum[3]; /* depth, u, v */
	double count;
};

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double median_count(const struct slice *slices, int n)
{
	double counts[MAX_SLICES];
	int used = 0;
	for (int i = 0; i < n; i++)
		if (slices[i].count > 0)
			counts[used++] = slices[i].count;
	if (used == 0)
		return 0;
	qsort(counts, (size_t)used, sizeof *counts, compare);
	return counts[used / 2];
}

/* Slopes of u and v against depth through the whole slices' centroids; the number of slices used. */
static int fit_slopes(double slope[2], const struct slice *slices, int n)
{
	double least = WHOLE * median_count(slices, n), mean[3] = { 0 }, square = 0, cross[2] = { 0 };
	int used = 0;
	for (int i = 0; i < n; i++) {
		if (slices[i].count <= 0 || slices[i].count < least)
			continue;
		used++;
		for (int k = 0; k < 3; k++)
			mean[k] += slices[i].sum[k] / slices[i].count;
	}
	for (int k = 0; k < 3 && used > 0; k++)
		mean[k] /= used;
	for (int i = 0; i < n; i++) {
		if (slices[i].count <= 0 || slices[i].count < least)
			continue;
		double depth = slices[i].sum[0] / slices[i].count - mean[0];
		square += depth * depth;
		for (int k = 0; k < 2; k++)
			cross[k] += depth * (slices[i].sum[k + 1] / slices[i].count - mean[k + 1]);
	}
	for (int k = 0; k < 2; k++)
		slope[k] = square > 0 ? cross[k] / square : 0;
	return used;
}

int shaft_axis(double axis[3], const double *centres_mm, int64_t n, const double head_mm[3],
	double head_radius_mm, double voxel_mm)
{
	const double thick_mm = fmax(3.0, voxel_mm), from_mm = FROM_RADII * head_radius_mm;
	double found[3] = { axis[0], axis[1], axis[2] };
	const int slices_n = (int)fmin(LENGTH_MM / thick_mm, MAX_SLICES);
	for (int round = 0; round < ROUNDS; round++) {
		struct slice slices[MAX_SLICES] = { 0 };
		double u[3], v[3], slope[2];
		vec3_frame(u, v, found);
		for (int64_t i = 0; i < n; i++) {
			double q[3];
			vec3_add(q, centres_mm + 3 * i, -1, head_mm);
			double depth = vec3_dot(q, found), place = floor((depth - from_mm) / thick_mm);
			if (!(place >= 0 && place < slices_n))
				continue;
			struct slice *s = &slices[(int)place];
			const double add[3] = { depth, vec3_dot(q, u), vec3_dot(q, v) };
			vec3_add(s->sum, s->sum, 1, add);
			s->count++;
		}
		if (fit_slopes(slope, slices, slices_n) * thick_mm < ENOUGH_MM)
			return 1;
		vec3_add(found, found, slope[0], u);
		vec3_add(found, found, slope[1], v);
		if (vec3_unit(found) != 0)
			return ERR_INVALID("the shaft's axis is not finite");
	}
	memcpy(axis, found, sizeof found);
	return 0;
}

#include "ct/profile.h"
#include <math.h>
#include <string.h>
#include "ct/vec3.h"

void profile_read(struct profile *p, const double *points_mm, int64_t n, double voxel_mm3,
	const double origin_mm[3], const double axis[3], double from_mm, double to_mm, double reach_mm,
	double width_mm)
{
	const double width = fmax(width_mm, PROFILE_STEP_MM);
	memset(p, 0, sizeof *p);
	p->from_mm = from_mm;
	p->n = (int)fmin(fmax(0, floor((to_mm - from_mm) / PROFILE_STEP_MM + 1e-6)) + 1, PROFILE_BINS);
	for (int64_t i = 0; i < n; i++) {
		double q[3];
		vec3_add(q, points_mm + 3 * i, -1, origin_mm);
		double t = vec3_dot(q, axis);
		if (!(t > from_mm - width && t < to_mm + width) ||
			!(vec3_dot(q, q) - t * t <= reach_mm * reach_mm))
			continue;
		int low = (int)fmax(0, ceil((t - width - from_mm) / PROFILE_STEP_MM));
		for (int b = low; b < p->n && from_mm + b * PROFILE_STEP_MM < t + width; b++) {
			/* a hat of base 2 width and area 1 */
			double share = (1 - fabs(from_mm + b * PROFILE_STEP_MM - t) / width) / width;
			p->area_mm2[b] += share * voxel_mm3;
			vec3_add(p->centroid_mm[b], p->centroid_mm[b], share * voxel_mm3, points_mm + 3 * i);
		}
	}
	for (int b = 0; b < p->n; b++)
		for (int a = 0; a < 3 && p->area_mm2[b] > 0; a++)
			p->centroid_mm[b][a] /= p->area_mm2[b];
}

/* Least squares of area = c0 + c1 t + c2 t2 about bin `at`; the vertex within the bins used. */
static void vertex(const struct profile *p, int at, int half, double *at_mm, double *area_mm2)
{
	double n = 0, s2 = 0, s4 = 0, y0 = 0, y1 = 0, y2 = 0;
	for (int k = -half; k <= half; k++) {
		const double y = p->area_mm2[at + k], t = k;
		n++;
		s2 += t * t;
		s4 += t * t * t * t;
		y0 += y;
		y1 += t * y;
		y2 += t * t * y;
	}
	double c2 = (n * y2 - s2 * y0) / (n * s4 - s2 * s2), c1 = y1 / s2, c0 = (y0 - c2 * s2) / n, t = 0;
	if (c2 > 0)
		t = fmin(fmax(-c1 / (2 * c2), -half), half);
	*at_mm = p->from_mm + (at + t) * PROFILE_STEP_MM;
	*area_mm2 = c0 + c1 * t + c2 * t * t;
}

bool profile_narrowest(const struct profile *p, double *at_mm, double *area_mm2)
{
	const int half = (int)(5 / PROFILE_STEP_MM);
	int least = 0;
	for (int b = 0; b < p->n; b++) {
		if (!(p->area_mm2[b] > 0))
			return false;
		if (p->area_mm2[b] < p->area_mm2[least])
			least = b;
	}
	if (least < half || least + half >= p->n)
		return false;
	vertex(p, least, half, at_mm, area_mm2);
	return true;
}

void profile_centroid(double centroid_mm[3], const struct profile *p, double at_mm, double half_mm)
{
	double sum = 0, mean[3] = { 0 };
	for (int b = 0; b < p->n; b++) {
		double weight =
			(1 - fabs(p->from_mm + b * PROFILE_STEP_MM - at_mm) / half_mm) * p->area_mm2[b];
		if (!(weight > 0))
			continue;
		vec3_add(mean, mean, weight, p->centroid_mm[b]);
		sum += weight;
	}
	for (int a = 0; a < 3; a++)
		centroid_mm[a] = sum > 0 ? mean[a] / sum : NAN;
}

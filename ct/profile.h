/*
 * How a bone's cross-section changes along a line: area and centroid per millimetre, read off its voxels.
 * Each voxel is shared between bins by a hat function, so the profile moves smoothly when the grid does.
 */
#ifndef CT_PROFILE_H
#define CT_PROFILE_H
#include <stdbool.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
enum { PROFILE_BINS = 256 };
#define PROFILE_STEP_MM 1.0
struct profile {
	double from_mm; /* of bin 0's middle along the axis */
	int n;
	double area_mm2[PROFILE_BINS];
	double centroid_mm[PROFILE_BINS][3]; /* world; of bins whose area is not 0 */
};
/*
 * points_mm (n, 3): the bone's voxels, world; each stands for voxel_mm3.  axis: unit, from origin_mm.  Only
 * points within reach_mm of the axis count.  width_mm: half the hat's base, at least PROFILE_STEP_MM.
 */
void profile_read(struct profile *p, const double *points_mm, int64_t n, double voxel_mm3,
	const double origin_mm[3], const double axis[3], double from_mm, double to_mm, double reach_mm,
	double width_mm);
/*
 * Where the area is least: a parabola through the bins within 5 mm of the least one.  False when the least
 * lies at an end of the profile or an area in between is 0.
 */
bool profile_narrowest(const struct profile *p, double *at_mm, double *area_mm2);
/* The centroid at at_mm, averaged over half_mm on both sides with falling weight. */
void profile_centroid(double centroid_mm[3], const struct profile *p, double at_mm, double half_mm);
#ifdef __cplusplus
}
#endif
#endif

/*
 * The femoral head as a sphere on the label's surface: a first fit to the cap that reaches furthest towards
 * the acetabulum, then distances minimised over the faces near the sphere on the far side of the neck.
 */
#ifndef CT_HEAD_H
#define CT_HEAD_H
#include "ct/sphere.h"
#include "ct/surface.h"
#ifdef __cplusplus
extern "C" {
#endif
struct head {
	struct sphere sphere;
	double rms_mm;	 /* of the faces used */
	double coverage; /* part of the cap of 60 degrees about `towards` that lies on the sphere, 1 = all */
};
struct head_limits {
	double low_radius_mm, high_radius_mm;
	double max_rms_mm, max_rms_voxels; /* rms at most the sum of both */
	double min_coverage;
};
extern const struct head_limits head_limits;

/* Starts from the surface alone.  towards: unit, roughly from the neck to the head.  voxel_mm: largest
 * spacing. */
int head_start(struct head *h, const struct surface *s, const double towards[3], double voxel_mm);
/* Again from *h with a better direction. */
int head_refine(struct head *h, const struct surface *s, const double towards[3], double voxel_mm);
/* ERR_INVALID with the limit that does not hold. */
int head_check(const struct head *h, double voxel_mm);
#ifdef __cplusplus
}
#endif
#endif

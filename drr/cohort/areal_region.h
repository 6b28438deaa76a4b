/* The regions areal density is read in, as a picture of the femur shows them. */
#ifndef DRR_COHORT_AREAL_REGION_H
#define DRR_COHORT_AREAL_REGION_H
#include "ct/anatomy.h"
#include "drr/geometry.h"
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif
enum areal_region { AREAL_TOTAL_HIP, AREAL_NECK, AREAL_REGIONS };
const char *areal_region_name(enum areal_region region); /* "total_hip", "neck" */
/*
 * The neck's box: 15 mm along the neck, 49 mm across (physics-and-clinical.md 3.1), its middle at 0.62 of the way from
 * the head's centre to the shaft's axis, where neck over total hip is the published 0.88-0.91.  Label maps have necks of
 * 2.3 to 2.6 radii of their heads against the shape model's 2.0, and a trochanter that begins no farther out: there the
 * box lies where a neck of the shape model's length has it.
 */
struct areal_neck {
	double head_mm[2], axis[2]; /* x and z of the head's centre, and of the unit vector along the neck */
	double middle_mm;           /* from the head's centre */
};
/* moved: body world to picture world, NULL where they are one; along_mm: where the reader puts the box, from its place into the shaft. */
struct areal_neck areal_neck_of(const struct anatomy *a, enum anatomy_side side, const double moved[4][4], double along_mm);
bool areal_neck_contains(const struct areal_neck *neck, double x_mm, double z_mm);
/* A parallel ap picture of 190 mm square with the total hip of a femur whose head is there. */
struct geometry areal_window(const double head_mm[3], enum anatomy_side side, double pixel_mm);
/* masks (AREAL_REGIONS, rows, cols): pixels of at least ABMD_MASK_CM of bone; the neck's lie in its box. */
void areal_masks(uint8_t *masks, const float *path_cm, const struct geometry *g, const struct areal_neck *neck);
/* One volume's integral over the window; scale turns value x mm into the wanted unit. */
int areal_project(float *out, const struct device *device, const struct volume *volume, const struct geometry *g,
	const struct pose *pose, float scale);
#ifdef __cplusplus
}
#endif
#endif

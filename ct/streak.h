/*
 * Streaks beside a bone.  Metal throws dark and bright bands into the slice, also where none of it touches the bone.
 *
 * Streak index: the standard deviation of HU (clipped to -500..1000) of the soft tissue 3 to 12 mm outside the
 * bone's label, sampled along the slice's rows and columns from every voxel on the label's edge, as far as no air
 * (outside the body) and no other bone is met.  On the real torso of the tests the intact bones of hip and lumbar
 * spine give 61 to 77 HU, the femur with metal 150.
 */
#ifndef CT_STREAK_H
#define CT_STREAK_H
#include "ct/calibrate.h"
#ifdef __cplusplus
extern "C" {
#endif
#define STREAK_NEAR_MM 3.0
#define STREAK_FAR_MM 12.0
/* NaN where fewer than 200 samples are at hand. */
int streak_index(double *hu, const struct volume *ct_hu, const struct volume *labels, const struct label_map *map,
	uint16_t label);
/*
 * Adds "streaks" reasons to the flags of bones whose index is above c->streak_threshold_hu: femora, hips, sacrum and
 * lumbar vertebrae, not the bones that lie against the lung.
 */
int calibration_flag_streaks(struct calibration *c, const struct volume *ct_hu, const struct volume *labels,
	const struct label_map *map);
#ifdef __cplusplus
}
#endif
#endif

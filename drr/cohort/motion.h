/* Rigid motions as 4x4 matrices, and as the pose (about an isocentre) that moves a patient alike. */
#ifndef DRR_COHORT_MOTION_H
#define DRR_COHORT_MOTION_H
#include "ct/frame.h"
#include "drr/geometry.h"
#ifdef __cplusplus
extern "C" {
#endif
/* x -> R (x - centre) + centre + t */
void motion_of_pose(double motion[4][4], const struct pose *pose, const double centre_mm[3]);
void motion_inverse(double inverse[4][4], const double motion[4][4]);
/* A femur's frame carried along. */
struct femur_frame motion_of_frame(const double motion[4][4], const struct femur_frame *frame);
/* The pose about the isocentre that is this motion; rotations below 90 degrees about y. */
void motion_to_pose(struct pose *pose, const double motion[4][4], const double isocentre_mm[3]);
#ifdef __cplusplus
}
#endif
#endif

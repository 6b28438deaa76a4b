/* A leg turned about the head's centre before it is projected, with the signs of clinical use for either
 * side. */
#ifndef CT_LEG_POSE_H
#define CT_LEG_POSE_H
#include "ct/labels.h"
#ifdef __cplusplus
extern "C" {
#endif
/*
 * leg_deg: flexion, internal rotation, abduction from `start`; R = Rz(internal) Ry(abduction) Rx(flexion),
 * the leg's own axes of `start`.  start and turn: rows right, front, up of the picture in world.
 */
void leg_pose_turn(
	double turn[3][3], const double start[3][3], const double leg_deg[3], enum label_side side);
#ifdef __cplusplus
}
#endif
#endif

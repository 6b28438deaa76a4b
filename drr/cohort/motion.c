#include "drr/cohort/motion.h"

#include <math.h>
#include <string.h>

void motion_of_pose(double motion[4][4], const struct pose *pose, const double centre_mm[3])
{
	double cx = cos(pose->rotate_rad[0]), sx = sin(pose->rotate_rad[0]);
	double cy = cos(pose->rotate_rad[1]), sy = sin(pose->rotate_rad[1]);
	double cz = cos(pose->rotate_rad[2]), sz = sin(pose->rotate_rad[2]);
	const double r[3][3] = { { cz * cy, cz * sy * sx - sz * cx, cz * sy * cx + sz * sx },
		{ sz * cy, sz * sy * sx + cz * cx, sz * sy * cx - cz * sx }, { -sy, cy * sx, cy * cx } };
	for (int k = 0; k < 3; k++) {
		memcpy(motion[k], r[k], sizeof(r[k]));
		motion[k][3] = centre_mm[k] + pose->shift_mm[k] - r[k][0] * centre_mm[0] -
			       r[k][1] * centre_mm[1] - r[k][2] * centre_mm[2];
		motion[3][k] = 0;
	}
	motion[3][3] = 1;
}

void motion_inverse(double inverse[4][4], const double motion[4][4])
{
	for (int k = 0; k < 3; k++) {
		inverse[k][3] = 0;
		for (int j = 0; j < 3; j++) {
			inverse[k][j] = motion[j][k];
			inverse[k][3] -= motion[j][k] * motion[j][3];
		}
		inverse[3][k] = 0;
	}
	inverse[3][3] = 1;
}

void motion_to_pose(struct pose *pose, const double motion[4][4], const double isocentre_mm[3])
{
	double moved[3];
	affine_apply(motion, isocentre_mm, moved);
	/* R = Rz Ry Rx: the last row is -sin(ry), cos(ry) sin(rx), cos(ry) cos(rx). */
	pose->rotate_rad[0] = atan2(motion[2][1], motion[2][2]);
	pose->rotate_rad[1] = atan2(-motion[2][0], hypot(motion[2][1], motion[2][2]));
	pose->rotate_rad[2] = atan2(motion[1][0], motion[0][0]);
	for (int k = 0; k < 3; k++)
		pose->shift_mm[k] = moved[k] - isocentre_mm[k];
}

static void turn(double out[3], const double motion[4][4], const double direction[3])
{
	for (int k = 0; k < 3; k++)
		out[k] = motion[k][0] * direction[0] + motion[k][1] * direction[1] +
			 motion[k][2] * direction[2];
}

struct femur_frame motion_of_frame(const double motion[4][4], const struct femur_frame *frame)
{
	struct femur_frame moved = *frame;
	affine_apply(motion, frame->head_centre_mm, moved.head_centre_mm);
	turn(moved.neck_axis, motion, frame->neck_axis);
	turn(moved.shaft_axis, motion, frame->shaft_axis);
	return moved;
}

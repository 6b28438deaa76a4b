#include "drr/cohort/motion.h"

#include <cmath>
#include "tests/support/support.h"

namespace
{

const double kCentre[3] = { 12, -40, 7 };

TEST(Motion, IsTheDesignsPose)
{
	// x' = R x + t about the centre, R = Rz Ry Rx: one axis at a time against the textbook.
	const double p[3] = { kCentre[0] + 1, kCentre[1] + 2, kCentre[2] + 3 };
	const double expected[3][3] = { { 1, -3, 2 }, { 3, 2, -1 },
		{ -2, 1, 3 } }; // quarter turns about x, y, z
	for (int axis = 0; axis < 3; axis++) {
		struct pose pose = {};
		double m[4][4], out[3];
		pose.rotate_rad[axis] = M_PI / 2;
		pose.shift_mm[axis] = 5;
		motion_of_pose(m, &pose, kCentre);
		affine_apply(m, p, out);
		for (int k = 0; k < 3; k++)
			EXPECT_NEAR(kCentre[k] + expected[axis][k] + (k == axis ? 5 : 0), out[k], 1e-12);
	}
}

TEST(Motion, PoseComesBackAboutAnyIsocentre)
{
	struct pose pose = { { 0.3, -0.5, 1.2 }, { 4, -5, 6 } }, back, elsewhere;
	double m[4][4], again[4][4], inverse[4][4], one[4][4];
	const double other[3] = { -90, 3, 44 };
	motion_of_pose(m, &pose, kCentre);
	motion_to_pose(&back, m, kCentre);
	motion_to_pose(&elsewhere, m, other);
	motion_of_pose(again, &elsewhere, other);
	EXPECT_TRUE(AllClose(back.rotate_rad, pose.rotate_rad, 3, 1e-14, 0));
	EXPECT_TRUE(AllClose(back.shift_mm, pose.shift_mm, 3, 1e-12, 0));
	EXPECT_TRUE(AllClose(&again[0][0], &m[0][0], 16, 1e-12, 0));
	motion_inverse(inverse, m);
	affine_multiply(one, inverse, m);
	for (int i = 0; i < 16; i++)
		EXPECT_NEAR(i % 5 == 0, (&one[0][0])[i], 1e-12);
}

} // namespace

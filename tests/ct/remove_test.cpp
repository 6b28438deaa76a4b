#include "ct/remove.h"

#include <vector>

#include "tests/support/support.h"

namespace {

// 60 x 20 x 4 voxels of 2 mm: a slab of holder (y 4..12) with five rods of 3 x 3 voxels at pitch 10, a body from y 16 on.
struct Scene {
	volume image = {}, labels = {};
	calibration line;
	Scene()
	{
		const int64_t n[3] = { 60, 20, 4 };
		const double to_world[4][4] = { { 2, 0, 0, 0 }, { 0, 2, 0, 0 }, { 0, 0, 2, 0 }, { 0, 0, 0, 1 } };
		EXPECT_OK(volume_init(&image, n, to_world, VOLUME_F32));
		EXPECT_OK(volume_init(&labels, n, to_world, VOLUME_U16));
		calibration_defaults(&line);
		line.n_rods = 5;
		for (int k = 0; k < 5; k++)
			line.rods[k].label = (uint16_t)(116 + k);
		for (int64_t i = 0; i < volume_count(&image); i++) {
			int64_t x = i % 60, y = i / 60 % 20;
			float *v = &volume_f32(&image)[i];
			*v = y >= 16 ? 40.0f : y >= 6 && y <= 10 ? 10.0f : -1000.0f;
			for (int k = 0; k < 5; k++)
				if (x >= 9 + 10 * k && x <= 11 + 10 * k && y >= 7 && y <= 9) {
					*v = 100.0f;
					volume_u16(&labels)[i] = (uint16_t)(116 + k);
				}
		}
	}
	~Scene()
	{
		volume_free(&image);
		volume_free(&labels);
	}
};

}

TEST(RemoveRods, RodsAndTheHolderBetweenThemBecomeAirTheBodyStays)
{
	Scene s;
	ASSERT_OK(remove_rods(&s.image, &s.labels, &s.line, -1000.0f, 4.0));
	const float *v = volume_f32(&s.image);
	for (int64_t i = 0; i < volume_count(&s.image); i++) {
		int64_t x = i % 60, y = i / 60 % 20;
		if (y >= 16) {
			ASSERT_EQ(v[i], 40.0f) << "the body was touched at " << x << ", " << y;
		} else if (x >= 5 && x <= 55) {
			ASSERT_EQ(v[i], -1000.0f) << "phantom left at " << x << ", " << y;
		}
	}
}

TEST(RemoveRods, WithoutRodsNothingChanges)
{
	Scene s, untouched;
	s.line.n_rods = 0;
	ASSERT_OK(remove_rods(&s.image, &s.labels, &s.line, -1000.0f, 4.0));
	EXPECT_TRUE(AllClose(volume_f32(&s.image), volume_f32(&untouched.image), (size_t)volume_count(&s.image), 0, 0));
}

// A label that is no rod of this calibration, though it carries a rod's number in another map, is left alone.
TEST(RemoveRods, OnlyTheRodsTheCalibrationUsed)
{
	Scene s;
	s.line.n_rods = 1;
	ASSERT_OK(remove_rods(&s.image, &s.labels, &s.line, -1000.0f, 4.0));
	const float *v = volume_f32(&s.image);
	EXPECT_EQ(v[8 * 60 + 10], -1000.0f);
	EXPECT_EQ(v[8 * 60 + 50], 100.0f);
}

TEST(RemoveRods, RefusesLabelsOnAnotherGrid)
{
	Scene s;
	s.labels.to_world[0][3] += 5;
	EXPECT_EQ(remove_rods(&s.image, &s.labels, &s.line, -1000.0f, 4.0), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_INVALID);
}

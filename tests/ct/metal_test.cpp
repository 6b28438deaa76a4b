#include "ct/calibrate.h"
#include "tests/ct/made.h"
#include "tests/support/support.h"
#include <gmock/gmock.h>

namespace
{
// Bone 75 fills x < 10, bone 76 fills x >= 40; metal is set by the test.
struct Bones {
	Volume ct, labels;
	explicit Bones(const Affine &to_world)
	    : ct({ 50, 20, 20 }, to_world.m, VOLUME_F32), labels({ 50, 20, 20 }, to_world.m, VOLUME_U16)
	{
		for (int64_t i = 0; i < volume_count(ct.get()); i++) {
			int64_t x = i % 50;
			volume_u16(labels.get())[i] = x < 10 ? 75 : x >= 40 ? 76 : 0;
			volume_f32(ct.get())[i] = x < 10 || x >= 40 ? 400 : 50;
		}
	}
	void metal(int64_t x0, int64_t x1, int64_t yz, float hu)
	{
		for (int64_t z = 2; z < 2 + yz; z++)
			for (int64_t y = 2; y < 2 + yz; y++)
				for (int64_t x = x0; x < x1; x++)
					volume_f32(ct.get())[ct.at(x, y, z)] = hu;
	}
	struct calibration flags()
	{
		struct calibration c;
		struct label_map map;
		calibration_defaults(&c);
		EXPECT_EQ(0, label_map_load(&map, "painted"));
		EXPECT_EQ(0, calibration_flag_metal(&c, ct.get(), labels.get(), &map)) << err_message();
		label_map_free(&map);
		EXPECT_TRUE(c.flags_known);
		return c;
	}
};
} // namespace

// Bone ends at x = 9.  Metal from x = 12 on: only the layer at exactly 3 mm counts, 11 x 11 x 1 mm3 = 0.121
// cm3.
TEST(Metal, CountsWithinTheMarginOnly)
{
	Bones bones(Spacing(1, 1, 1));
	bones.metal(12, 20, 11, 3000);
	struct calibration c = bones.flags();
	ASSERT_EQ(1, c.n_flags);
	const struct calibration_flag *flag = calibration_flag_of(&c, "femur_left");
	ASSERT_NE(nullptr, flag);
	EXPECT_NEAR(0.121, flag->metal_cm3, 1e-9);
	EXPECT_THAT(flag->reason, testing::HasSubstr("0.12 cm3"));
	EXPECT_EQ(nullptr, calibration_flag_of(&c, "femur_right"));
}

TEST(Metal, BeyondTheMarginTooSmallOrNotAboveIsNone)
{
	{
		Bones bones(Spacing(1, 1, 1));
		bones.metal(13, 30, 11, 3000);
		EXPECT_EQ(0, bones.flags().n_flags);
	}
	{
		Bones bones(Spacing(1, 1, 1));
		bones.metal(12, 20, 9, 3000); // 0.081 cm3
		EXPECT_EQ(0, bones.flags().n_flags);
	}
	{
		Bones bones(Spacing(1, 1, 1));
		bones.metal(12, 20, 11, 2500);
		EXPECT_EQ(0, bones.flags().n_flags);
	}
}

// Metal inside both bones; an oblique grid of 0.9 x 1.1 x 1.2 mm voxels.
TEST(Metal, InsideOnAnObliqueGrid)
{
	const double c30 = std::cos(0.5), s30 = std::sin(0.5);
	Bones bones({ { { 0.9 * c30, -1.1 * s30, 0, 5 }, { 0.9 * s30, 1.1 * c30, 0, 6 }, { 0, 0, 1.2, 7 },
		{ 0, 0, 0, 1 } } });
	bones.metal(0, 5, 6, 3000);
	bones.metal(45, 50, 6, 2501);
	struct calibration c = bones.flags();
	ASSERT_EQ(2, c.n_flags);
	const double cm3 = 5 * 36 * 0.9 * 1.1 * 1.2 / 1000;
	EXPECT_NEAR(cm3, calibration_flag_of(&c, "femur_left")->metal_cm3, 1e-9);
	EXPECT_NEAR(cm3, calibration_flag_of(&c, "femur_right")->metal_cm3, 1e-9);
}

// Streaks beside metal: the real torso's two femora, the painted ones, and a made bone.
#include <cmath>
#include <random>
#include <gmock/gmock.h>
#include "ct/streak.h"
#include "host/files/nifti.h"
#include "tests/ct/made.h"
#include "tests/support/support.h"

namespace
{
double Index(Volume &ct, Volume &labels, const char *map_name, uint16_t label)
{
	struct label_map map;
	double index = NAN;
	EXPECT_OK(label_map_load(&map, map_name));
	EXPECT_OK(streak_index(&index, ct.get(), labels.get(), &map, label));
	label_map_free(&map);
	return index;
}
} // namespace

// The femur with metal is the only bone above the default; the figures are printed for the record.
TEST(Streak, OnlyTheMetalFemurOfTheTorso)
{
	TEST_DATA_OR_SKIP(data);
	Volume ct, labels;
	struct calibration c;
	calibration_defaults(&c);
	ASSERT_OK(nifti_read_image(ct.get(), (data + "/real/torso_ct.nii.gz").c_str()));
	ASSERT_OK(nifti_read_labels(labels.get(), (data + "/real/torso_dseg.nii.gz").c_str()));
	for (uint16_t label : { 75, 76, 77, 78, 25, 27, 28, 29, 30, 31 }) {
		const double index = Index(ct, labels, "totalseg", label);
		printf("label %u: %.1f HU\n", label, index);
		if (label == 75)
			EXPECT_GT(index, 1.2 * c.streak_threshold_hu);
		else
			EXPECT_LT(index, 0.8 * c.streak_threshold_hu);
	}
	struct label_map map;
	ASSERT_OK(label_map_load(&map, "totalseg"));
	ASSERT_OK(calibration_flag_metal(&c, ct.get(), labels.get(), &map));
	ASSERT_OK(calibration_flag_streaks(&c, ct.get(), labels.get(), &map));
	label_map_free(&map);
	const struct calibration_flag *flag = calibration_flag_of(&c, "femur_left");
	ASSERT_NE(nullptr, flag);
	EXPECT_THAT(flag->reason, testing::MatchesRegex("metal: .*; streaks: index .*"));
	EXPECT_EQ(nullptr, calibration_flag_of(&c, "femur_right"));
	// Both reasons come back out of the JSON form.
	ScratchFolder s;
	struct calibration back;
	c.slope_mg_cm3_per_hu = 0.8;
	snprintf(c.unit, sizeof c.unit, "mgHA/cm3");
	struct json *root = calibration_to_json(&c);
	EXPECT_EQ(2u, json_size(json_member(json_member(root, "flags"), "femur_left")));
	ASSERT_OK(json_write(root, (s / "c.json").c_str()));
	json_free(root);
	ASSERT_OK(calibration_read(&back, (s / "c.json").c_str()));
	EXPECT_STREQ(flag->reason, calibration_flag_of(&back, "femur_left")->reason);
}

TEST(Streak, PaintedBonesHaveNone)
{
	TEST_DATA_OR_SKIP(data);
	for (const std::string name : { "A", "B" }) {
		Volume ct, labels;
		ASSERT_OK(nifti_read_image(ct.get(), (data + "/painted/" + name + "_ct.nii.gz").c_str()));
		ASSERT_OK(nifti_read_labels(labels.get(), (data + "/painted/" + name + "_dseg.nii.gz").c_str()));
		for (uint16_t label : { 75, 76, 77, 78, 25, 27 })
			EXPECT_LT(Index(ct, labels, "painted", label), 60) << name << label;
	}
}

// Bands of +-200 HU beside one bone of two: their standard deviation is 200.
TEST(Streak, BandsBesideABone)
{
	Volume ct({ 80, 40, 20 }, Spacing(1, 1, 1).m, VOLUME_F32), labels({ 80, 40, 20 }, Spacing(1, 1, 1).m, VOLUME_U16);
	for (int64_t i = 0; i < volume_count(ct.get()); i++) {
		const int64_t x = i % 80, y = i / 80 % 40;
		volume_u16(labels.get())[i] = x < 5 ? 75 : x >= 75 ? 76 : 0;
		volume_f32(ct.get())[i] = 50 + (x < 40 ? (y % 2 ? 200.0f : -200.0f) : 0);
	}
	EXPECT_NEAR(200, Index(ct, labels, "painted", 75), 1);
	EXPECT_NEAR(0, Index(ct, labels, "painted", 76), 0.1);
	EXPECT_TRUE(std::isnan(Index(ct, labels, "painted", 77))) << "a bone that is not there";
	// Air outside the body is no streak.
	for (int64_t i = 0; i < volume_count(ct.get()); i++)
		if (i % 80 >= 60 && i % 80 < 71)
			volume_f32(ct.get())[i] = -1000;
	EXPECT_LT(Index(ct, labels, "painted", 76), 1);
}

// The painted CTs (known density) and the real torso (metal in one femur).
#include <cmath>
#include <gmock/gmock.h>
#include "ct/abmd.h"
#include "ct/calibrate.h"
#include "ct/flatten.h"
#include "ct/frame.h"
#include "host/files/json.h"
#include "host/files/nifti.h"
#include "tests/ct/made.h"
#include "tests/support/support.h"

namespace
{
struct Case {
	Volume ct, labels;
	void read(const std::string &stem)
	{
		ASSERT_OK(nifti_read_image(ct.get(), (stem + "_ct.nii.gz").c_str()));
		ASSERT_OK(nifti_read_labels(labels.get(), (stem + "_dseg.nii.gz").c_str()));
	}
};

double Number(const struct json *object, const char *key)
{
	double number = NAN;
	EXPECT_EQ(0, json_get_number(object, key, "truth", &number)) << err_message();
	return number;
}

void ExpectBoneMasses(struct volume *density, struct volume *labels, const struct json *bones)
{
	const double cm3 = volume_voxel_cm3(density);
	ASSERT_GT(json_key_count(bones), 3u);
	for (size_t b = 0; b < json_key_count(bones); b++) {
		const struct json *bone = json_member(bones, json_key(bones, b));
		const double label = Number(bone, "label");
		double mass_g = 0, volume_cm3 = 0;
		for (int64_t i = 0; i < volume_count(density); i++)
			if (volume_u16(labels)[i] == label) {
				mass_g += (double)volume_f32(density)[i] * cm3 / 1000;
				volume_cm3 += cm3;
			}
		EXPECT_NEAR(Number(bone, "volume_cm3"), volume_cm3, 1e-6 * volume_cm3) << json_key(bones, b);
		EXPECT_NEAR(Number(bone, "mass_g"), mass_g, 0.005 * mass_g) << json_key(bones, b);
	}
}

// The region seen from the front holds the mass and the volume of its own voxels.
void ExpectPictureKeepsMass(struct volume *density, struct volume *region)
{
	double mass_g = 0, volume_cm3 = 0, seen_g = 0, seen_cm3 = 0;
	const double cm3 = volume_voxel_cm3(density);
	for (int64_t i = 0; i < volume_count(density); i++)
		if (volume_u8(region)[i] == HIP_TOTAL) {
			mass_g += (double)volume_f32(density)[i] * cm3 / 1000;
			volume_cm3 += cm3;
		}
	struct flatten f;
	ASSERT_OK(flatten_ap(&f, density, region, HIP_TOTAL));
	for (int64_t i = 0; i < f.cols * f.rows; i++) {
		seen_g += (double)f.mineral_g_cm2[i] * 0.01;
		seen_cm3 += (double)f.path_cm[i] * 0.01;
	}
	EXPECT_NEAR(mass_g, seen_g, 1e-5 * mass_g);
	EXPECT_NEAR(volume_cm3, seen_cm3, 1e-5 * volume_cm3);
	struct abmd a = abmd_read(f.mineral_g_cm2, f.path_cm, 1, f.cols * f.rows);
	EXPECT_NEAR(1000 * mass_g / volume_cm3, a.vbmd_mg_cm3,
		0.005 * a.vbmd_mg_cm3); // the mask leaves a rim out
	EXPECT_GT(a.abmd_g_cm2, 0.5);
	EXPECT_LT(a.abmd_g_cm2, 1.3);
	flatten_free(&f);
}
} // namespace

TEST(Painted, CalibrationFindsTheTrueLineAndMasses)
{
	TEST_DATA_OR_SKIP(data);
	for (const std::string name : { "A", "B" }) {
		Case c;
		struct json *truth = nullptr;
		struct calibration line;
		struct phantom phantom;
		c.read(data + "/painted/" + name);
		ASSERT_OK(json_read(&truth, (data + "/painted/" + name + "_truth.json").c_str()));
		ASSERT_OK(phantom_load(&phantom, "b-mas200"));
		calibration_defaults(&line);
		ASSERT_OK(calibration_fit(&line, c.ct.get(), c.labels.get(), &phantom));
		const double slope = 1 / Number(truth, "slope_hu_per_mg_cm3");
		EXPECT_NEAR(slope, line.slope_mg_cm3_per_hu, 0.005 * slope) << name;
		EXPECT_NEAR(
			Number(truth, "intercept_hu"), -line.intercept_mg_cm3 / line.slope_mg_cm3_per_hu, 1)
			<< name;
		EXPECT_GT(line.r2, 0.9999) << name;
		for (int i = 0; i < line.n_rods; i++)
			EXPECT_NEAR(6, line.rods[i].sd_hu, 0.3) << name; // the paint's noise
		calibration_apply(&line, c.ct.get());
		ExpectBoneMasses(c.ct.get(), c.labels.get(), json_member(truth, "bones"));
		json_free(truth);
	}
}

TEST(Painted, FramesAreAnatomicalAndSymmetric)
{
	TEST_DATA_OR_SKIP(data);
	for (const std::string name : { "A", "B" }) {
		Case c;
		struct femur_frame right, left;
		c.read(data + "/painted/" + name);
		ASSERT_OK(femur_frame_find(&right, c.labels.get(), 76, LABEL_RIGHT));
		ASSERT_OK(femur_frame_find(&left, c.labels.get(), 75, LABEL_LEFT));
		EXPECT_GT(right.head_centre_mm[0], left.head_centre_mm[0] + 120) << name; // +x is the right
		EXPECT_NEAR(right.head_radius_mm, left.head_radius_mm, 1) << name;
		for (const struct femur_frame *f : { &right, &left }) {
			const double lateral = f == &right ? f->neck_axis[0] : -f->neck_axis[0];
			double cosine = 0;
			for (int a = 0; a < 3; a++)
				cosine += f->neck_axis[a] * f->shaft_axis[a];
			const double neck_shaft_deg = 180 - std::acos(cosine) * 180 / M_PI;
			EXPECT_GT(f->head_radius_mm, 20) << name;
			EXPECT_LT(f->head_radius_mm, 27) << name;
			EXPECT_GT(lateral, 0.5) << name;
			EXPECT_LT(f->shaft_axis[2], -0.8) << name;
			EXPECT_GT(neck_shaft_deg, 105) << name;
			EXPECT_LT(neck_shaft_deg, 145) << name;
			EXPECT_FALSE(f->shaft_assumed) << name;
			bool truncated = true;
			Volume region;
			const struct total_hip_rule rule = total_hip_rule_default();
			ASSERT_OK(hip_region(region.get(), &truncated, c.labels.get(), f == &right ? 76 : 75,
				0, f, &rule));
			EXPECT_FALSE(truncated) << name;
		}
	}
}

TEST(Painted, WrongSideIsRefused)
{
	TEST_DATA_OR_SKIP(data);
	for (const std::string name : { "A", "B" }) {
		Volume labels;
		struct femur_frame f;
		ASSERT_OK(nifti_read_labels(
			labels.get(), (data + "/painted/" + name + "_dseg.nii.gz").c_str()));
		EXPECT_EQ(-1, femur_frame_find(&f, labels.get(), 76, LABEL_LEFT)) << name;
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_EQ(-1, femur_frame_find(&f, labels.get(), 75, LABEL_RIGHT)) << name;
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	}
}

TEST(Painted, PictureKeepsMass)
{
	TEST_DATA_OR_SKIP(data);
	Case c;
	struct calibration line;
	struct femur_frame f;
	struct phantom phantom;
	Volume region;
	bool truncated;
	const struct total_hip_rule rule = total_hip_rule_default();
	c.read(data + "/painted/B");
	ASSERT_OK(phantom_load(&phantom, "b-mas200"));
	calibration_defaults(&line);
	ASSERT_OK(calibration_fit(&line, c.ct.get(), c.labels.get(), &phantom));
	calibration_apply(&line, c.ct.get());
	ASSERT_OK(femur_frame_find(&f, c.labels.get(), 75, LABEL_LEFT));
	ASSERT_OK(hip_region(region.get(), &truncated, c.labels.get(), 75, 77, &f, &rule));
	ExpectPictureKeepsMass(c.ct.get(), region.get());
}

TEST(Torso, MetalInTheLeftFemurOnly)
{
	TEST_DATA_OR_SKIP(data);
	Case c;
	struct calibration line;
	struct label_map map;
	c.read(data + "/real/torso");
	calibration_defaults(&line);
	ASSERT_OK(label_map_load(&map, "totalseg"));
	ASSERT_OK(calibration_flag_metal(&line, c.ct.get(), c.labels.get(), &map));
	label_map_free(&map);
	ASSERT_NE(nullptr, calibration_flag_of(&line, "femur_left"));
	EXPECT_GT(calibration_flag_of(&line, "femur_left")->metal_cm3, 1);
	EXPECT_EQ(nullptr, calibration_flag_of(&line, "femur_right"));
}

TEST(Torso, HasNoPhantom)
{
	TEST_DATA_OR_SKIP(data);
	Case c;
	struct calibration line;
	struct phantom phantom;
	c.read(data + "/real/torso");
	ASSERT_OK(phantom_load(&phantom, "b-mas200"));
	calibration_defaults(&line);
	EXPECT_EQ(-1, calibration_fit(&line, c.ct.get(), c.labels.get(), &phantom));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), testing::HasSubstr("no phantom"));
}

TEST(Torso, CoarseAutomaticLabelsGiveAFrame)
{
	TEST_DATA_OR_SKIP(data);
	Volume labels;
	struct femur_frame right, left;
	ASSERT_OK(nifti_read_labels(labels.get(), (data + "/real/torso_dseg.nii.gz").c_str()));
	ASSERT_OK(femur_frame_find(&right, labels.get(), 76, LABEL_RIGHT));
	ASSERT_OK(femur_frame_find(&left, labels.get(), 75, LABEL_LEFT));
	EXPECT_NEAR(right.head_radius_mm, left.head_radius_mm, 2);
	EXPECT_GT(right.head_radius_mm, 20);
	EXPECT_LT(right.head_radius_mm, 27);
	EXPECT_NEAR(right.head_centre_mm[2], left.head_centre_mm[2], 10);
	EXPECT_TRUE(right.shaft_assumed);
	Volume region;
	bool truncated = false;
	const struct total_hip_rule rule = total_hip_rule_default();
	ASSERT_OK(hip_region(region.get(), &truncated, labels.get(), 76, 78, &right, &rule));
	EXPECT_TRUE(truncated);
}

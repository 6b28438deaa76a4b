// The verb qct on the painted CTs and the real torso.
#include <gmock/gmock.h>
#include "ct/lumbar.h"
#include "host/files/json.h"
#include "tests/ct/body.h"
#include "tests/ct/verb.h"

namespace
{
struct Scan {
	Volume density, labels;
	struct label_map map = {};
	void read(const std::string &ct, const std::string &seg, const char *map_name, double slope,
		double intercept)
	{
		struct calibration line = {};
		line.slope_mg_cm3_per_hu = slope;
		line.intercept_mg_cm3 = intercept;
		ASSERT_OK(nifti_read_image(density.get(), ct.c_str()));
		ASSERT_OK(nifti_read_labels(labels.get(), seg.c_str()));
		ASSERT_OK(label_map_load(&map, map_name));
		calibration_apply(&line, density.get());
	}
	~Scan()
	{
		label_map_free(&map);
	}
};
} // namespace

// Mineral mass of the truth within 1 %; a region for each name; both sides alike within a fifth.
TEST(QctData, PaintedFemora)
{
	TEST_DATA_OR_SKIP(data);
	const struct qct_settings s = qct_settings_default();
	const struct calibration c = NoFlags();
	for (const char *name : { "A", "B" }) {
		const std::string stem = data + "/painted/" + name;
		struct json *truth;
		double hu_per, hu_at_0, total[2];
		ASSERT_OK(json_read(&truth, (stem + "_truth.json").c_str()));
		ASSERT_OK(json_get_number(truth, "slope_hu_per_mg_cm3", "truth", &hu_per));
		ASSERT_OK(json_get_number(truth, "intercept_hu", "truth", &hu_at_0));
		Scan scan;
		scan.read(
			stem + "_ct.nii.gz", stem + "_dseg.nii.gz", "painted", 1 / hu_per, -hu_at_0 / hu_per);
		for (int i = 0; i < 2; i++) {
			struct qct_hip hip;
			double mass_g;
			ASSERT_OK(qct_measure(&hip, scan.density.get(), &c, scan.labels.get(), &scan.map,
				i ? LABEL_LEFT : LABEL_RIGHT, &s));
			ASSERT_TRUE(hip.measured) << name << i;
			EXPECT_EQ(0, hip.flags.n) << hip.flags.list[0].reason;
			ASSERT_OK(json_get_number(json_member(json_member(truth, "bones"), hip.bone),
				"mass_g", "truth", &mass_g));
			EXPECT_NEAR(mass_g, hip.mineral_mass_g, 0.01 * mass_g);
			for (int k = 0; k < REGION_GRUEN1; k++)
				EXPECT_TRUE(hip.regions[k].measured) << k;
			total[i] = hip.regions[REGION_TOTAL].abmd_g_cm2;
			// NHANES's limits of what is plausible
			EXPECT_GT(hip.regions[REGION_TOTAL].area_cm2, 10.59);
			EXPECT_LT(hip.regions[REGION_TOTAL].area_cm2, 57.11);
			EXPECT_GT(hip.regions[REGION_NECK].area_cm2, 2.27);
			EXPECT_LT(hip.regions[REGION_NECK].area_cm2, 8.3);
			EXPECT_LT(hip.regions[REGION_WARD].abmd_g_cm2, hip.regions[REGION_NECK].abmd_g_cm2);
			EXPECT_GT(hip.regions[REGION_TOTAL].cortical.vbmd_mg_cm3, 600);
			EXPECT_LT(hip.regions[REGION_TOTAL].trabecular.vbmd_mg_cm3, 200);
			EXPECT_GT(hip.axes.confidence, 0.5);
			qct_hip_free(&hip);
		}
		EXPECT_NEAR(total[0], total[1], 0.2 * total[0]) << name;
		json_free(truth);
	}
}

// Metal in the left femur refuses it; the right one ends too high for a total hip; the spine is whole.
TEST(QctData, RealTorso)
{
	TEST_DATA_OR_SKIP(data);
	const std::string ct = data + "/real/torso_ct.nii.gz", seg = data + "/real/torso_dseg.nii.gz";
	Scan scan;
	scan.read(ct, seg, "totalseg", 1, 0);
	struct calibration c = {};
	calibration_defaults(&c);
	ASSERT_OK(calibration_flag_metal(&c, scan.density.get(), scan.labels.get(), &scan.map));
	c.slope_mg_cm3_per_hu = 0.76;
	calibration_apply(&c, scan.density.get());
	const struct qct_settings s = qct_settings_default();
	struct qct_hip left, right;
	ASSERT_OK(qct_measure(&left, scan.density.get(), &c, scan.labels.get(), &scan.map, LABEL_LEFT, &s));
	EXPECT_FALSE(left.measured);
	EXPECT_TRUE(qct_flag_has(&left.flags, QCT_METAL));
	ASSERT_OK(qct_measure(&right, scan.density.get(), &c, scan.labels.get(), &scan.map, LABEL_RIGHT, &s));
	EXPECT_TRUE(right.measured);
	EXPECT_TRUE(qct_flag_has(&right.flags, QCT_CUT_BELOW));
	EXPECT_TRUE(qct_flag_has(&right.flags, QCT_LOW_CONFIDENCE));
	EXPECT_FALSE(right.regions[REGION_TOTAL].measured);
	EXPECT_TRUE(right.regions[REGION_NECK].measured);
	qct_hip_free(&left);
	qct_hip_free(&right);
	struct qct_vertebra v[LUMBAR];
	const struct lumbar_rule rule = lumbar_rule_default();
	ASSERT_OK(lumbar_measure(v, scan.density.get(), &c, scan.labels.get(), &scan.map, &rule, &s));
	for (int i = 0; i < LUMBAR; i++) {
		ASSERT_TRUE(v[i].measured) << v[i].bone;
		EXPECT_GT(v[i].value.area_cm2, 12) << v[i].bone;
		EXPECT_GT(v[i].trabecular.volume_cm3, 2) << v[i].bone;
		EXPECT_LT(v[i].trabecular.vbmd_mg_cm3, v[i].value.vbmd_mg_cm3) << v[i].bone;
		if (i > 0) {
			EXPECT_LT(v[i].centre_mm[2], v[i - 1].centre_mm[2] - 20)
				<< "bodies follow each other downwards";
		}
	}
	const struct qct_vertebra all = lumbar_total(v);
	EXPECT_TRUE(all.measured);
	EXPECT_NEAR(v[0].value.bmc_g + v[1].value.bmc_g + v[2].value.bmc_g + v[3].value.bmc_g,
		all.value.abmd_g_cm2 * all.value.area_cm2, 1e-9);
}

// A made vertebra: a body of 100 mg/cm3 under a shell of 400, an arch behind it: the core is the body's 100.
TEST(Lumbar, CoreOfAMadeVertebra)
{
	struct label_map map;
	ASSERT_OK(label_map_load(&map, "totalseg"));
	Volume labels({ 80, 80, 50 }, Spacing(1, 1, 1, { -40, -50, -25 }).m, VOLUME_U16);
	Volume density = BodyFemur::Make(labels, VOLUME_F32);
	for (int64_t i = 0; i < volume_count(labels.get()); i++) {
		const Point p = labels.world(i);
		const double r = std::hypot(p[0] / 22, p[1] / 15);
		const bool body = r <= 1 && std::fabs(p[2]) <= 13,
			   arch = std::fabs(std::hypot(p[0], p[1] + 23) - 11) <= 3 && std::fabs(p[2]) <= 8;
		volume_u16(labels.get())[i] = body || arch ? 31 : 0; // L1
		volume_f32(density.get())[i] =
			body && std::hypot(p[0] / 20, p[1] / 13) <= 1 && std::fabs(p[2]) <= 11 ? 100 : 400;
	}
	struct qct_vertebra v[LUMBAR];
	const struct calibration c = NoFlags();
	const struct lumbar_rule rule = lumbar_rule_default();
	const struct qct_settings s = qct_settings_default();
	ASSERT_OK(lumbar_measure(v, density.get(), &c, labels.get(), &map, &rule, &s));
	ASSERT_TRUE(v[0].measured);
	EXPECT_FALSE(v[1].present);
	EXPECT_NEAR(100, v[0].trabecular.vbmd_mg_cm3, 1e-3);
	EXPECT_NEAR(0, v[0].centre_mm[0], 0.5);
	EXPECT_NEAR(0, v[0].centre_mm[1], 1.5);
	EXPECT_NEAR(0, v[0].centre_mm[2], 0.5);
	EXPECT_FALSE(lumbar_total(v).measured) << "three are missing";
	// Cut by the image's end: left out.
	volume_u16(labels.get())[labels.at(40, 50, 49)] = 31;
	for (int64_t z = 38; z < 50; z++)
		volume_u16(labels.get())[labels.at(40, 50, z)] = 31;
	ASSERT_OK(lumbar_measure(v, density.get(), &c, labels.get(), &map, &rule, &s));
	EXPECT_FALSE(v[0].measured);
	EXPECT_TRUE(qct_flag_has(&v[0].flags, QCT_CUT_BESIDE));
	label_map_free(&map);
}

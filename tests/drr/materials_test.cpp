#include <cmath>
#include <cstring>
#include "drr/materials.h"
#include "tests/support/support.h"

namespace
{

struct Mix {
	double g_cm3[MATERIALS];
};
Mix Of(const material_model &m, double hu, int in_bone)
{
	Mix mix;
	material_of_hu(&m, hu, in_bone, mix.g_cm3);
	return mix;
}

TEST(Materials, AtTheKnots)
{
	material_model m = material_model_default();
	struct {
		double hu;
		int bone;
		double soft, fat, mineral, metal;
	} cases[] = { { -3000, 0, 0, 0, 0, 0 }, { -1000, 0, 0, 0, 0, 0 }, { -1000, 1, 0, 0, 0, 0 },
		{ -550, 0, 0, 0.46, 0, 0 }, { -100, 0, 0, 0.92, 0, 0 }, { -25, 0, 0.52, 0.46, 0, 0 },
		{ 50, 0, 1.04, 0, 0, 0 }, { -100, 1, 0, 0.92, 0, 0 }, { 0, 1, 1.04 * 2 / 3, 0.92 / 3, 0, 0 },
		{ 2501, 0, 0, 0, 0, 4.43 }, { 2501, 1, 0, 0, 0, 4.43 } };
	for (auto &c : cases) {
		Mix mix = Of(m, c.hu, c.bone);
		const double expected[MATERIALS] = { c.soft, c.fat, c.mineral, c.metal };
		EXPECT_TRUE(AllClose(mix.g_cm3, expected, MATERIALS, 1e-12, 0))
			<< c.hu << " in bone " << c.bone;
	}
	// 500 HU above soft tissue: 381.5 mg/cm3 in soft tissue that fills the rest
	Mix outside = Of(m, 550, 0);
	EXPECT_NEAR(0.3815, outside.g_cm3[MATERIAL_MINERAL], 1e-12);
	EXPECT_NEAR(1.04 * (1 - 0.3815 / 3.156), outside.g_cm3[MATERIAL_SOFT], 1e-12);
	m.intercept_mg_cm3 = -20;
	Mix bone = Of(m, 1000, 1);
	EXPECT_NEAR(0.743, bone.g_cm3[MATERIAL_MINERAL], 1e-12)
		<< "in bone the calibration line gives mineral";
}

TEST(Materials, ContinuousFromAirToMetal)
{
	material_model m = material_model_default();
	for (double intercept : { -30.0, 0.0, 40.0 })
		for (int bone : { 0, 1 }) {
			m.intercept_mg_cm3 = intercept;
			double step = 0.125;
			Mix before = Of(m, -1100, bone);
			for (double hu = -1100 + step; hu <= m.metal_hu; hu += step) {
				Mix now = Of(m, hu, bone);
				for (int k = 0; k < MATERIALS; k++) {
					ASSERT_LE(std::fabs(now.g_cm3[k] - before.g_cm3[k]), 0.01 * step)
						<< hu << " material " << k;
					ASSERT_GE(now.g_cm3[k], 0) << hu;
				}
				before = now;
			}
		}
}

// Volumes never overlap: the fractions of fat, soft tissue and mineral add up to one from the fat knot to
// metal.
TEST(Materials, FillTheVoxel)
{
	material_model m = material_model_default();
	m.intercept_mg_cm3 = 12;
	for (int bone : { 0, 1 })
		for (double hu = m.fat_hu; hu <= m.metal_hu; hu += 7) {
			Mix mix = Of(m, hu, bone);
			double filled = mix.g_cm3[MATERIAL_SOFT] / m.soft_g_cm3 +
					mix.g_cm3[MATERIAL_FAT] / m.fat_g_cm3 +
					mix.g_cm3[MATERIAL_MINERAL] / m.mineral_g_cm3;
			ASSERT_NEAR(1, filled, 1e-12) << hu << " in bone " << bone;
		}
}

TEST(Materials, MineralNeverExceedsTheSolid)
{
	material_model m = material_model_default();
	m.slope_mg_cm3_per_hu = 3;
	Mix mix = Of(m, 2400, 1);
	EXPECT_EQ(3.156, mix.g_cm3[MATERIAL_MINERAL]);
	EXPECT_EQ(0, mix.g_cm3[MATERIAL_SOFT]);
}

TEST(Materials, RefusesModelsOutOfOrder)
{
	auto refused = [](material_model m, const char *word) {
		EXPECT_EQ(-1, material_model_check(&m));
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_NE(nullptr, strstr(err_message(), word)) << err_message();
	};
	material_model good = material_model_default(), m = good;
	EXPECT_OK(material_model_check(&m));
	m.slope_mg_cm3_per_hu = -0.7, refused(m, "slope");
	m = good, m.slope_mg_cm3_per_hu = NAN, refused(m, "slope");
	m = good, m.fat_hu = 60, refused(m, "thresholds");
	m = good, m.fat_hu = -1000, refused(m, "thresholds");
	m = good, m.soft_g_cm3 = 0, refused(m, "densities");
	m = good, m.intercept_mg_cm3 = 500, refused(m, "zero mineral");
}

} // namespace

#include "drr/cohort/areal.h"

#include <array>
#include <cmath>
#include <gmock/gmock.h>
#include <vector>
#include "drr/materials.h"
#include "tests/drr/cohort/cohort.h"

namespace
{

// A 60 x 10 window with bone in columns 24..35.
struct Window {
	std::vector<float> materials = std::vector<float>(MATERIALS * 600), mineral = std::vector<float>(600),
			   path = std::vector<float>(600);
	Window(float soft, float fat, float bone, float soft_in_bone, float fat_in_bone)
	{
		for (size_t i = 0; i < 600; i++) {
			bool inside = i % 60 >= 24 && i % 60 < 36;
			materials[MATERIAL_SOFT * 600 + i] = inside ? soft_in_bone : soft;
			materials[MATERIAL_FAT * 600 + i] = inside ? fat_in_bone : fat;
			materials[MATERIAL_MINERAL * 600 + i] = mineral[i] = inside ? bone : 0;
			path[i] = inside ? 3 : 0;
		}
	}
	double Read()
	{
		double bmd = NAN;
		EXPECT_OK(areal_dual_energy(&bmd, materials.data(), mineral.data(), path.data(), 60, 10, "40/70"));
		return bmd;
	}
};

TEST(DualEnergy, ReadsMineralThroughEvenTissue)
{
	EXPECT_NEAR(0.7, Window(15, 5, 0.7f, 15, 5).Read(), 1e-5);
	// Thickness does not matter while the mixture is the same.
	EXPECT_NEAR(1.1, Window(15, 5, 1.1f, 12, 4).Read(), 1e-5);
}

TEST(DualEnergy, FatInTheBoneReadsAsMissingMineral)
{
	// physics-and-clinical.md 6, 40 and 70 keV: s_b = (J_L - R J_H) / (mu_b,L - R mu_b,H), R from muscle
	// alone.
	const double ratio = 0.2689 / 0.1915;
	double shift = 2 * (0.2386 - ratio * 0.1880) / (0.9876 - ratio * 0.3131);
	EXPECT_LT(shift, -0.08);
	EXPECT_NEAR(0.7 + shift, Window(18, 0, 0.7f, 16, 2).Read(), 0.003); // table printed to 4 digits
}

TEST(DualEnergy, RefusesAWindowWithoutBoneOrTissue)
{
	double bmd;
	Window w(15, 5, 0.7f, 15, 5);
	std::vector<float> none(600);
	EXPECT_EQ(-1, areal_dual_energy(&bmd, w.materials.data(), w.mineral.data(), none.data(), 60, 10, "40/70"));
	EXPECT_THAT(err_message(), ::testing::HasSubstr("no bone in the window"));
	for (size_t i = 0; i < 600; i++)
		w.materials[MATERIAL_MINERAL * 600 + i] = 1;
	EXPECT_EQ(-1, areal_dual_energy(&bmd, w.materials.data(), w.mineral.data(), w.path.data(), 60, 10, "40/70"));
	EXPECT_THAT(err_message(), ::testing::HasSubstr("no bone-free tissue"));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
}

TEST(Areal, TScoreIsNhanes)
{
	EXPECT_NEAR(-2.5, areal_t_score(0.637, 'F'), 1e-9);
	EXPECT_NEAR(-2.5, areal_t_score(0.681, 'M'), 1e-9);
}

TEST(Areal, MakersScalesMeet)
{
	// physics-and-clinical.md 3.4: Hologic 0.700 is 711.6 mg/cm2, Lunar 0.760 is 713.04.
	EXPECT_NEAR(711.6, areal_sbmd_mg_cm2(0.700, "hologic"), 1e-9);
	EXPECT_NEAR(713.04, areal_sbmd_mg_cm2(0.760, "lunar"), 1e-9);
	EXPECT_NEAR(0.75853, areal_of_sbmd_g_cm2(areal_sbmd_mg_cm2(0.700, "hologic"), "lunar"), 1e-5);
}

std::array<struct areal, 2> Scanned(const struct person &p, const struct scan_setting &setting, int repeat = 0)
{
	struct device cpu = Cpu();
	std::array<struct areal, 2> out = {};
	auto neutral = std::make_unique<struct anatomy>();
	EXPECT_OK(anatomy_init(neutral.get(), &p.anatomy));
	EXPECT_OK(areal_scan(out.data(), &cpu, neutral.get(), &p, &Sites().list[0].dxa, &setting, 41, p.index, repeat));
	return out;
}

TEST(Areal, TruthDoesNotDependOnTheScan)
{
	struct person p = person_sample(41, 0, 2);
	auto a = Scanned(p, kTiny.scan), b = Scanned(p, { 3.0, 3 }, 1);
	EXPECT_EQ(a[1].truth.abmd_g_cm2, b[1].truth.abmd_g_cm2);
	EXPECT_NE(a[1].dxa_g_cm2, b[1].dxa_g_cm2); // another repeat
	EXPECT_NEAR(a[1].dxa_g_cm2, b[1].dxa_g_cm2, 0.08);
	EXPECT_GT(a[1].truth.pixels * 0.0025, 20); // cm2
	EXPECT_LT(a[1].truth.pixels * 0.0025, 50);
}

TEST(Areal, DxaFollowsTheTruthOnItsOwnSide)
{
	struct person p = person_sample(42, 0, 2);
	p.anatomy.femur[ANATOMY_LEFT] = p.anatomy.femur[ANATOMY_RIGHT];
	p.anatomy.femur[ANATOMY_RIGHT].trabecular_mg_cm3 = 220;
	p.anatomy.femur[ANATOMY_LEFT].trabecular_mg_cm3 = 60;
	auto hip = Scanned(p, kTiny.scan);
	for (int side = 0; side < 2; side++) {
		EXPECT_NEAR(hip[side].truth.abmd_g_cm2, hip[side].dxa_true_g_cm2, 0.08 * hip[side].truth.abmd_g_cm2);
		EXPECT_NEAR(hip[side].dxa_true_g_cm2, hip[side].dxa_g_cm2, 0.15);
	}
	EXPECT_GT(hip[ANATOMY_RIGHT].truth.abmd_g_cm2, hip[ANATOMY_LEFT].truth.abmd_g_cm2 + 0.15);
	EXPECT_GT(hip[ANATOMY_RIGHT].dxa_g_cm2, hip[ANATOMY_LEFT].dxa_g_cm2 + 0.1);
}

} // namespace

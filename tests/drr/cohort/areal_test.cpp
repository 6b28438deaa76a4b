#include "drr/cohort/areal.h"

#include <array>
#include <cmath>
#include <gmock/gmock.h>
#include <vector>
#include "drr/materials.h"
#include "tests/drr/cohort/cohort.h"

namespace
{

const struct scan_setting kTwo = { 2.0, 2 };

// A 60 x 10 window with bone in columns 24..35; the neck is rows 4 and 5 of it.
struct Window {
	std::vector<float> materials = std::vector<float>(MATERIALS * 600), mineral = std::vector<float>(600);
	std::vector<uint8_t> masks = std::vector<uint8_t>(AREAL_REGIONS * 600);
	Window(float soft, float fat, float bone, float soft_in_bone, float fat_in_bone)
	{
		for (size_t i = 0; i < 600; i++) {
			bool inside = i % 60 >= 24 && i % 60 < 36, neck = inside && (i / 60 == 4 || i / 60 == 5);
			materials[MATERIAL_SOFT * 600 + i] = inside ? soft_in_bone : soft;
			materials[MATERIAL_FAT * 600 + i] = inside ? fat_in_bone : fat;
			materials[MATERIAL_MINERAL * 600 + i] = mineral[i] = inside ? bone : 0;
			masks[AREAL_TOTAL_HIP * 600 + i] = inside;
			masks[AREAL_NECK * 600 + i] = neck;
		}
	}
	int Try(double bmd[AREAL_REGIONS])
	{
		return areal_dual_energy(bmd, materials.data(), mineral.data(), masks.data(), 60, 10, "40/70");
	}
	double Read(enum areal_region region = AREAL_TOTAL_HIP)
	{
		double bmd[AREAL_REGIONS] = { NAN, NAN };
		EXPECT_OK(Try(bmd));
		return bmd[region];
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

TEST(DualEnergy, NeckIsReadInItsOwnPixels)
{
	Window w(15, 5, 0.7f, 15, 5);
	for (size_t i = 0; i < 600; i++)
		if (w.masks[AREAL_NECK * 600 + i])
			w.mineral[i] = 0.5f;
	EXPECT_NEAR(0.5, w.Read(AREAL_NECK), 1e-5);
	EXPECT_NEAR(0.7 - 0.2 * 0.2, w.Read(AREAL_TOTAL_HIP), 1e-5); // a fifth of its pixels
}

TEST(DualEnergy, RefusesAWindowWithoutBoneOrTissue)
{
	double bmd[AREAL_REGIONS];
	Window w(15, 5, 0.7f, 15, 5), none(15, 5, 0.7f, 15, 5), no_neck(15, 5, 0.7f, 15, 5);
	std::fill(none.masks.begin(), none.masks.end(), 0);
	EXPECT_EQ(-1, none.Try(bmd));
	EXPECT_THAT(err_message(), ::testing::HasSubstr("no bone in the window (total_hip)"));
	std::fill(no_neck.masks.begin() + 600, no_neck.masks.end(), 0);
	EXPECT_EQ(-1, no_neck.Try(bmd));
	EXPECT_THAT(err_message(), ::testing::HasSubstr("no bone in the window (neck)"));
	for (size_t i = 0; i < 600; i++)
		w.materials[MATERIAL_MINERAL * 600 + i] = 1;
	EXPECT_EQ(-1, w.Try(bmd));
	EXPECT_THAT(err_message(), ::testing::HasSubstr("no bone-free tissue"));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
}

TEST(ArealNeck, BoxIsFifteenByFortyNineAlongTheNeckAsSeen)
{
	auto a = std::make_unique<struct anatomy>();
	struct anatomy_params params = anatomy_params_default();
	ASSERT_OK(anatomy_init(a.get(), &params));
	const struct areal_neck neck = areal_neck_of(a.get(), ANATOMY_LEFT, nullptr, 0);
	const struct areal_neck moved = areal_neck_of(a.get(), ANATOMY_LEFT, nullptr, 3);
	EXPECT_NEAR(1, std::hypot(neck.axis[0], neck.axis[1]), 1e-12);
	EXPECT_NEAR(neck.middle_mm + 3, moved.middle_mm, 1e-12);
	EXPECT_LT(neck.middle_mm, a->axes[ANATOMY_LEFT].neck_length_mm);
	auto inside = [&](double along, double across) {
		return areal_neck_contains(&neck, neck.head_mm[0] + along * neck.axis[0] - across * neck.axis[1],
			neck.head_mm[1] + along * neck.axis[1] + across * neck.axis[0]);
	};
	EXPECT_TRUE(inside(neck.middle_mm - 7.4, -24.4));
	EXPECT_TRUE(inside(neck.middle_mm + 7.4, 24.4));
	EXPECT_FALSE(inside(neck.middle_mm + 7.6, 0));
	EXPECT_FALSE(inside(neck.middle_mm, 24.6));
}

TEST(Areal, TScoreIsNhanes)
{
	EXPECT_NEAR(-2.5, areal_t_score(0.637, AREAL_TOTAL_HIP, 'F'), 1e-9);
	EXPECT_NEAR(-2.5, areal_t_score(0.681, AREAL_TOTAL_HIP, 'M'), 1e-9);
	EXPECT_NEAR(-2.5, areal_t_score(0.558, AREAL_NECK, 'F'), 1e-9);
	EXPECT_NEAR(-2.5, areal_t_score(0.5875, AREAL_NECK, 'M'), 1e-9); // printed as 0.588
}

TEST(Areal, MakersScalesMeet)
{
	// physics-and-clinical.md 3.4: Hologic 0.700 is 711.6 mg/cm2, Lunar 0.760 is 713.04.
	EXPECT_NEAR(711.6, areal_sbmd_mg_cm2(0.700, AREAL_TOTAL_HIP, "hologic"), 1e-9);
	EXPECT_NEAR(713.04, areal_sbmd_mg_cm2(0.760, AREAL_TOTAL_HIP, "lunar"), 1e-9);
	EXPECT_NEAR(0.75853, areal_of_sbmd_g_cm2(areal_sbmd_mg_cm2(0.700, AREAL_TOTAL_HIP, "hologic"), AREAL_TOTAL_HIP, "lunar"), 1e-5);
	EXPECT_NEAR(19 + 1087 * 0.6, areal_sbmd_mg_cm2(0.6, AREAL_NECK, "hologic"), 1e-9);
	EXPECT_NEAR(0.6, areal_of_sbmd_g_cm2(areal_sbmd_mg_cm2(0.6, AREAL_NECK, "norland"), AREAL_NECK, "norland"), 1e-12);
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
	EXPECT_EQ(a[1].truth[AREAL_TOTAL_HIP].abmd_g_cm2, b[1].truth[AREAL_TOTAL_HIP].abmd_g_cm2);
	EXPECT_NE(a[1].dxa[AREAL_TOTAL_HIP].shown_g_cm2, b[1].dxa[AREAL_TOTAL_HIP].shown_g_cm2); // another repeat
	EXPECT_NEAR(a[1].dxa[AREAL_TOTAL_HIP].shown_g_cm2, b[1].dxa[AREAL_TOTAL_HIP].shown_g_cm2, 0.08);
	EXPECT_GT(a[1].truth[AREAL_TOTAL_HIP].pixels * 0.0025, 20); // cm2
	EXPECT_LT(a[1].truth[AREAL_TOTAL_HIP].pixels * 0.0025, 50);
	EXPECT_GT(a[1].truth[AREAL_NECK].pixels * 0.0025, 2.27); // NHANES's plausible neck areas
	EXPECT_LT(a[1].truth[AREAL_NECK].pixels * 0.0025, 8.3);
}

TEST(Areal, DxaFollowsTheTruthOnItsOwnSide)
{
	struct person p = person_sample(42, 0, 2);
	p.anatomy.femur[ANATOMY_LEFT] = p.anatomy.femur[ANATOMY_RIGHT];
	p.anatomy.femur[ANATOMY_RIGHT].trabecular_mg_cm3 = 220;
	p.anatomy.femur[ANATOMY_LEFT].trabecular_mg_cm3 = 60;
	auto hip = Scanned(p, kTiny.scan);
	for (int side = 0; side < 2; side++) {
		EXPECT_NEAR(hip[side].truth[AREAL_TOTAL_HIP].abmd_g_cm2, hip[side].dxa[AREAL_TOTAL_HIP].true_g_cm2, 0.08 * hip[side].truth[AREAL_TOTAL_HIP].abmd_g_cm2);
		EXPECT_NEAR(hip[side].dxa[AREAL_TOTAL_HIP].true_g_cm2, hip[side].dxa[AREAL_TOTAL_HIP].shown_g_cm2, 0.15);
	}
	EXPECT_GT(hip[ANATOMY_RIGHT].truth[AREAL_TOTAL_HIP].abmd_g_cm2, hip[ANATOMY_LEFT].truth[AREAL_TOTAL_HIP].abmd_g_cm2 + 0.15);
	EXPECT_GT(hip[ANATOMY_RIGHT].dxa[AREAL_TOTAL_HIP].shown_g_cm2, hip[ANATOMY_LEFT].dxa[AREAL_TOTAL_HIP].shown_g_cm2 + 0.1);
}

// Of a body scanned as it lies: without fat in its marrow it is nearly the truth, whatever the posture.
TEST(ArealQct, ReadsTheRegionOffTheScanInTheNeutralPose)
{
	struct device cpu = Cpu();
	struct person p = person_sample(43, 0, 2);
	for (struct anatomy_femur &f : p.anatomy.femur)
		f.marrow_fat = 0;
	const struct posture lying = posture_ct(&p, &Sites().list[0].ct, 43, 0);
	const struct pose still = {};
	auto neutral = std::make_unique<struct anatomy>(), ct = std::make_unique<struct anatomy>();
	ASSERT_OK(anatomy_init(neutral.get(), &p.anatomy));
	ASSERT_OK(posture_anatomy(ct.get(), &p.anatomy, &lying));
	std::array<struct areal, 2> hip = Scanned(p, kTiny.scan);
	double read[2];
	for (bool turned : { false, true }) {
		const struct anatomy *at_scan = turned ? ct.get() : neutral.get();
		struct scan scan = {};
		ASSERT_OK(scan_make(&scan, NULL, at_scan, turned ? &lying.body : &still, &Sites().list[0], &kTwo, 43, 0));
		ASSERT_OK(areal_qct(hip.data(), &cpu, &scan, at_scan, neutral.get(), 70));
		read[turned] = hip[0].qct_g_cm2[AREAL_TOTAL_HIP];
		scan_free(&scan);
	}
	double truth = hip[0].truth[AREAL_TOTAL_HIP].abmd_g_cm2;
	printf("true %.4f, CT neutral %.4f, as it lies %.4f; neck %.4f, CT %.4f g/cm2\n", truth, read[0], read[1],
		hip[0].truth[AREAL_NECK].abmd_g_cm2, hip[0].qct_g_cm2[AREAL_NECK]);
	EXPECT_NEAR(truth, read[0], 0.10 * truth);
	EXPECT_NEAR(read[0], read[1], 0.02 * truth);
	EXPECT_NEAR(hip[0].truth[AREAL_NECK].abmd_g_cm2, hip[0].qct_g_cm2[AREAL_NECK], 0.15 * truth);
}

// Marrow that is fat instead of soft tissue reads lower by its share of the path.
TEST(ArealQct, SeesMarrowFatAsMissingMineral)
{
	struct device cpu = Cpu();
	struct person p = person_sample(44, 0, 2);
	const struct pose still = {};
	double read[2];
	for (int fat = 0; fat < 2; fat++) {
		for (struct anatomy_femur &f : p.anatomy.femur)
			f.marrow_fat = 0.5 * fat;
		auto body = std::make_unique<struct anatomy>();
		std::array<struct areal, 2> hip = {};
		struct scan scan = {};
		ASSERT_OK(anatomy_init(body.get(), &p.anatomy));
		ASSERT_OK(scan_make(&scan, NULL, body.get(), &still, &Sites().list[0], &kTwo, 44, 0));
		ASSERT_OK(areal_qct(hip.data(), &cpu, &scan, body.get(), body.get(), 70));
		read[fat] = hip[1].qct_g_cm2[AREAL_TOTAL_HIP];
		scan_free(&scan);
	}
	// Half of the marrow, over 1.5 to 2.5 cm of it, 60 to 75 HU lower (physics-and-clinical.md 1.6), 0.7 mg/cm3 a HU.
	EXPECT_LT(read[1], read[0] - 0.03);
	EXPECT_GT(read[1], read[0] - 0.11);
}

} // namespace

#include "drr/cohort/site.h"

#include <cmath>
#include <gmock/gmock.h>
#include <string>
#include <vector>
#include "drr/cohort/look.h"
#include "drr/cohort/mineral.h"
#include "drr/cohort/veil.h"
#include "tests/drr/cohort/cohort.h"

namespace
{

TEST(Site, SevenAreBuiltInAndTwoAreFarFromTraining)
{
	struct sites s;
	ASSERT_OK(sites_built_in(&s, SITE_BUILT_IN));
	EXPECT_EQ(315 + 1426, sites_subjects(&s));
	int development = 0, far = 0;
	for (int i = 0; i < s.n; i++) {
		struct look look;
		ASSERT_OK(look_parse(&look, s.list[i].xray.vendor));
		development += s.list[i].development;
		far += look.family != LOOK_UNSHARP && s.list[i].xray.veil_to_primary > 0 &&
		       std::string(s.list[i].xray.mineral) != "hydroxyapatite";
	}
	EXPECT_EQ(1, development);
	EXPECT_TRUE(s.list[0].development);
	EXPECT_GE(far, 2);
	EXPECT_EQ(-1, sites_built_in(&s, 8));
}

TEST(Site, ReadsAProfileAndNamesWhatIsWrong)
{
	struct site s = site_default();
	ASSERT_OK(site_parse(&s, "role: external\nct: {noise_hu: 22}\nxray: {poses: [2, 3], vendor: pyramid}\n", "p.yaml"));
	EXPECT_EQ(22, s.ct.noise_hu);
	EXPECT_EQ(3, s.xray.poses[1]);
	EXPECT_EQ(80, s.xray.kvp); // left out
	ASSERT_OK(site_parse(&s, "population: {people: arthroplasty, age_years: [70, 80], missing: 0}\n", "p.yaml"));
	EXPECT_STREQ("arthroplasty", s.population.people);
	ASSERT_OK(site_parse(&s, "anatomy: {labels: maps, label_map: painted}\n", "p.yaml"));
	EXPECT_STREQ("maps", s.anatomy.labels);
	for (const char *bad : { "ct: {noise: 3}\n", "anatomy: {label: maps}\n", "population: {people: nobody}\n", "population: {age_years: [70, 70]}\n", "xray: {kvp: 85}\n", "xray: {vendor: nobody}\n", "dxa: {family: x}\n",
		     "xray: {poses: [3, 2]}\n", "role: both\n", "subjects: 0\n", "xray: {veil_to_primary: 1, scatter_to_primary: 1}\n" }) {
		struct site other = site_default();
		EXPECT_EQ(-1, site_parse(&other, bad, "p.yaml")) << bad;
		EXPECT_THAT(err_message(), ::testing::HasSubstr("p.yaml")) << bad;
	}
}

TEST(Mineral, CorticalTablesStopMore)
{
	auto plain = std::make_unique<struct spectrum>(), bone = std::make_unique<struct spectrum>();
	ASSERT_OK(spectrum_load(plain.get(), 80, 0));
	ASSERT_OK(spectrum_load(bone.get(), 80, 0));
	ASSERT_OK(mineral_apply(bone.get(), "cortical-icru44"));
	// 60 keV by hand: (0.3148 x 1.92 - 0.2047 x 1.04 (1 - 1.083 / 3.156)) / 1.083
	EXPECT_NEAR(0.429, bone->mu_rho_cm2_g[50][MATERIAL_MINERAL], 0.002);
	EXPECT_EQ(plain->mu_rho_cm2_g[50][MATERIAL_SOFT], bone->mu_rho_cm2_g[50][MATERIAL_SOFT]);
	EXPECT_EQ(-1, mineral_apply(bone.get(), "marble"));
}

TEST(Veil, HasTheWantedRatio)
{
	struct device cpu = Cpu();
	const int64_t cols = 60, rows = 50, n = cols * rows;
	std::vector<float> film((size_t)n), materials((size_t)(MATERIALS * n));
	for (int64_t i = 0; i < n; i++) {
		materials[(size_t)i] = i % cols < 30 ? 20 : 12; // g/cm2 of soft tissue
		film[(size_t)i] = 0.2f * materials[(size_t)i];
	}
	std::vector<float> clean = film;
	ASSERT_OK(veil_apply(&cpu, film.data(), materials.data(), cols, rows, 5, 2.0, 0.5));
	double sum = 0;
	for (size_t i = 0; i < film.size(); i++)
		sum += std::exp((double)clean[i] - (double)film[i]) - 1;
	EXPECT_NEAR(1.0, sum / (double)n, 1e-4); // 2.0 x 0.5
}

TEST(Look, KeepsTheOrderOfBoneAndItsRange)
{
	struct device cpu = Cpu();
	std::vector<float> film(64 * 48), out(64 * 48);
	for (size_t i = 0; i < film.size(); i++)
		film[i] = 1 + 0.02f * (float)(i % 64) + (i % 64 >= 28 && i % 64 < 36 ? 0.5f : 0);
	for (const char *vendor : { "unsharp standard", "pyramid", "equalised" }) {
		struct look look;
		ASSERT_OK(look_parse(&look, vendor));
		ASSERT_OK(look_apply(&cpu, out.data(), film.data(), 64, 48, &look));
		EXPECT_GT(out[24 * 64 + 32], out[24 * 64 + 22] + 0.05f) << vendor;
		for (float v : out)
			ASSERT_TRUE(v >= 0 && v <= 1) << vendor;
	}
}

TEST(Look, APyramidOfPowerOneIsTheImage)
{
	std::vector<float> image(61 * 37), before;
	for (size_t i = 0; i < image.size(); i++)
		image[i] = std::sin(0.3f * (float)(i % 61)) + 0.1f * (float)(i % 7);
	before = image;
	ASSERT_OK(pyramid_compress(image.data(), 61, 37, 1, 0.25, 1));
	EXPECT_TRUE(AllClose(image.data(), before.data(), (int64_t)image.size(), 1e-5, 0));
}

TEST(Posture, FemurMotionCarriesTheAxes)
{
	struct person p = person_sample(3, 0, 2);
	auto a = std::make_unique<struct anatomy>(), b = std::make_unique<struct anatomy>();
	struct posture q = posture_xray(&p, &Sites().list[0].xray, 3, 0, 0);
	ASSERT_OK(anatomy_init(a.get(), &p.anatomy));
	ASSERT_OK(posture_anatomy(b.get(), &p.anatomy, &q));
	for (int side = 0; side < 2; side++) {
		double motion[4][4], below[3], moved[3];
		posture_femur_motion(motion, a.get(), b.get(), (enum anatomy_side)side);
		for (int k = 0; k < 3; k++)
			below[k] = a->frame[side].head_centre_mm[k] + 80 * a->frame[side].shaft_axis[k];
		affine_apply(motion, below, moved);
		for (int k = 0; k < 3; k++)
			EXPECT_NEAR(b->frame[side].head_centre_mm[k] + 80 * b->frame[side].shaft_axis[k], moved[k], 1e-9);
	}
}

} // namespace

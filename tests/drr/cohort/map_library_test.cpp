// Sites whose participants have the bones of label maps.
#include "drr/cohort/map_library.h"

#include <cmath>
#include <filesystem>
#include <gmock/gmock.h>
#include <omp.h>
#include <set>
#include "host/files/nifti.h"
#include "tests/ct/still_grid.h"
#include "tests/ct/verb.h"
#include "tests/drr/cohort/cohort.h"

extern "C" int cmd_synth(int argc, char **argv);

namespace
{

using ::testing::HasSubstr;

// Two label maps of digital hips of different shape, written once.
class Maps : public ::testing::Test
{
      protected:
	static void SetUpTestSuite()
	{
		folder_ = new ScratchFolder;
		struct anatomy_params p = anatomy_params_default();
		p.femur[ANATOMY_RIGHT].neck_shaft_deg = 121;
		Draw(*folder_ / "one_dseg.nii.gz", p);
		p.femur[ANATOMY_LEFT].offset_mm = 44;
		p.head_distance_mm = 186;
		Draw(*folder_ / "two_dseg.nii.gz", p);
		WriteFile(*folder_ / "one_ct.nii.gz", "no label map");
		sites_ = new struct sites;
		ASSERT_OK(sites_built_in(sites_, 2));
		ASSERT_OK(sites_set_anatomy(sites_, 'B', folder_->path().c_str(), "painted"));
		before_ = sites_->digest;
		ASSERT_OK(sites_read_anatomy(sites_));
	}
	static void TearDownTestSuite()
	{
		sites_free(sites_);
		delete sites_;
		delete folder_;
	}
	static void Draw(const std::string &path, const struct anatomy_params &p)
	{
		auto a = std::make_unique<struct anatomy>();
		const double low[3] = { -170, -125, -200 }, high[3] = { 170, 75, 150 };
		struct anatomy_grid g = StillGrid(low, high, 3, 2);
		struct anatomy_voxels v = {};
		g.label_fraction = 0.5;
		ASSERT_OK(anatomy_init(a.get(), &p));
		ASSERT_OK(anatomy_voxelise(&v, NULL, a.get(), &g));
		ASSERT_OK(nifti_write(path.c_str(), &v.labels, 1));
		anatomy_voxels_free(&v);
	}
	static ScratchFolder *folder_;
	static struct sites *sites_;
	static uint64_t before_;
};
ScratchFolder *Maps::folder_;
struct sites *Maps::sites_;
uint64_t Maps::before_;

TEST_F(Maps, AFewMakeManyPeople)
{
	const struct cohort with = { sites_, 61, false };
	struct sites plain;
	ASSERT_OK(sites_built_in(&plain, 2));
	const struct cohort without = { &plain, 61, false };
	std::set<std::pair<std::string, bool>> kinds;
	for (int64_t i = 0; i < 60; i++) {
		struct person p = cohort_person(&with, i), q = cohort_person(&without, i);
		EXPECT_EQ(q.age, p.age);
		EXPECT_EQ(q.density_target_g_cm2, p.density_target_g_cm2) << "mineral is drawn as before";
		EXPECT_EQ(q.anatomy.texture_seed, p.anatomy.texture_seed);
		EXPECT_EQ(q.anatomy.fat_lateral_mm, p.anatomy.fat_lateral_mm);
		if (p.site == 0) {
			EXPECT_EQ(nullptr, p.anatomy.map);
			EXPECT_STREQ("", p.map);
			continue;
		}
		ASSERT_NE(nullptr, p.anatomy.map);
		kinds.insert({ p.map, p.anatomy.map_mirrored });
		EXPECT_OK(anatomy_check(&p.anatomy));
		// The heads are as big as the shape model's: tall men's are.
		double heads = 0, drawn = 0;
		for (int side = 0; side < 2; side++) {
			heads += p.anatomy.femur[side].head_diameter_mm;
			drawn += q.anatomy.femur[side].head_diameter_mm;
			EXPECT_EQ(q.anatomy.femur[side].torsion_deg, p.anatomy.femur[side].torsion_deg);
		}
		EXPECT_NEAR(drawn, heads, 0.02 * drawn);
	}
	EXPECT_EQ(4u, kinds.size()) << "two maps, either way round";
	EXPECT_NE(before_, sites_->digest) << "other maps are another study";
}

// Areal density is what was drawn for the shape model's people: their bones take any shape.
TEST_F(Maps, DensityIsTheTargetWhateverTheShape)
{
	const struct cohort cohort = { sites_, 62, false };
	double worst = 0;
	for (int64_t i = 1; i < 4; i += 2) {
		struct person p = cohort_person(&cohort, i);
		struct areal hips[ANATOMY_SIDES] = {};
		auto neutral = std::make_unique<struct anatomy>();
		ASSERT_OK(anatomy_init(neutral.get(), &p.anatomy));
		ASSERT_OK(areal_scan(hips, TheCpu(), neutral.get(), &p, &sites_->list[1].dxa, &kTiny.scan, 62, cohort_who(i, 0), 0));
		for (const struct areal &hip : hips) {
			double truly = hip.truth[AREAL_TOTAL_HIP].abmd_g_cm2;
			worst = std::fmax(worst, std::fabs(truly / p.density_target_g_cm2 - 1));
			EXPECT_NEAR(truly, hip.dxa[AREAL_TOTAL_HIP].true_g_cm2, 0.08 * truly);
			EXPECT_NEAR(truly, hip.dxa[AREAL_TOTAL_HIP].exact_g_cm2, 0.2 * truly);
		}
	}
	printf("true aBMD against its target: at most %.1f %% off\n", 100 * worst);
	EXPECT_LT(worst, 0.15);
}

TEST_F(Maps, AVisitIsTheSameBytesOnAnyThreads)
{
	ScratchFolder scratch;
	const int threads = omp_get_max_threads();
	std::string bytes[2], truth[2];
	for (int i = 0; i < 2; i++) {
		const std::string root = scratch / std::to_string(i);
		const struct synth_options o = { .out = root.c_str(), .device = TheCpu(), .subjects = 2, .sites = sites_, .seed = 63,
			.quality = &kTiny, .by_profile = false, .primary_films = true, .swap = false, .shard = 0,
			.shards = 0, .force = false };
		struct record record;
		omp_set_num_threads(i == 0 ? 1 : 3);
		ASSERT_OK(synth_subject(&record, root.c_str(), 1, 0, &o));
		bytes[i] = ReadFile(root + "/sub-B0002/ses-01/ct/sub-B0002_ses-01_ct.nii.gz") +
			   ReadFile(root + "/sub-B0002/ses-01/xr/sub-B0002_ses-01_view-AP_xr.nii.gz");
		truth[i] = ReadFile(root + "/truth/records/sub-B0002_ses-01.json");
		for (int side = 0; side < 2; side++)
			EXPECT_NEAR(record.areal[side].truth[AREAL_TOTAL_HIP].abmd_g_cm2,
				record.areal[side].qct_g_cm2[AREAL_TOTAL_HIP], 0.2);
	}
	omp_set_num_threads(threads);
	EXPECT_GT(bytes[0].size(), 10000u);
	EXPECT_EQ(bytes[0], bytes[1]);
	EXPECT_EQ(truth[0], truth[1]);
	EXPECT_THAT(truth[0], HasSubstr("_dseg.nii.gz"));
	EXPECT_THAT(truth[0], HasSubstr("\"mirrored\""));
}

TEST_F(Maps, AProfileNamesThemFromWhereItLies)
{
	ScratchFolder scratch;
	std::filesystem::create_directories(scratch / "bones");
	std::filesystem::copy(*folder_ / "one_dseg.nii.gz", scratch / "bones/one.nii.gz");
	WriteFile(scratch / "a.yaml", "anatomy: {labels: \"bones/*.nii.gz\", label_map: painted}\n");
	WriteFile(scratch / "b.yaml", "role: external\n");
	struct sites sites;
	ASSERT_OK(sites_read(&sites, scratch.path().c_str()));
	ASSERT_OK(sites_read_anatomy(&sites));
	ASSERT_NE(nullptr, sites.list[0].anatomy.maps);
	EXPECT_EQ(nullptr, sites.list[1].anatomy.maps);
	EXPECT_EQ(1, sites.list[0].anatomy.maps->n);
	EXPECT_STREQ("one.nii.gz", sites.list[0].anatomy.maps->list[0].name);
	sites_free(&sites);
	sites_free(&sites);
}

TEST_F(Maps, WhatIsWrongIsNamedAndNothingWritten)
{
	ScratchFolder scratch;
	const std::string out = scratch / "study", one = *folder_ / "one_dseg.nii.gz";
	const struct {
		std::string anatomy, map, said;
		int code;
	} cases[] = {
		{ "B=" + (scratch / "none.nii.gz"), "painted", "none.nii.gz", EXIT_CODE_INPUT },
		{ "B=" + (*folder_ / "one_ct.nii.gz"), "painted", "one_ct.nii.gz", EXIT_CODE_INVALID },
		{ "B=" + one, "nothing.yaml", "nothing.yaml", EXIT_CODE_USAGE },
		{ "Q=" + one, "painted", "no site 'Q'", EXIT_CODE_USAGE },
		{ one, "painted", "SITE=LABELS", EXIT_CODE_USAGE },
	};
	for (const auto &c : cases) {
		EXPECT_EQ(c.code, Verb(cmd_synth, { "--out", out, "--subjects", "2", "--anatomy", c.anatomy, "--label-map", c.map }))
			<< c.anatomy << ": " << err_message();
		EXPECT_THAT(err_message(), HasSubstr(c.said));
		EXPECT_FALSE(FileExists(out));
	}
}

// A participant with somebody's real bones, from the body to what CT and DXA say.
TEST(PaintedPerson, ReadsPlausibly)
{
	TEST_DATA_OR_SKIP(data);
	ScratchFolder scratch;
	struct sites sites;
	struct record record;
	ASSERT_OK(sites_built_in(&sites, 1));
	ASSERT_OK(sites_set_anatomy(&sites, 'A', (data + "/painted/A_dseg.nii.gz").c_str(), "painted"));
	ASSERT_OK(sites_read_anatomy(&sites));
	const std::string root = scratch / "study";
	const struct synth_options o = { .out = root.c_str(), .device = TheCpu(), .subjects = 1, .sites = &sites, .seed = 64,
		.quality = &kTiny, .by_profile = false, .primary_films = true, .swap = false, .shard = 0, .shards = 0, .force = false };
	ASSERT_OK(synth_subject(&record, root.c_str(), 0, 0, &o));
	for (const struct areal &hip : record.areal) {
		double truly = hip.truth[AREAL_TOTAL_HIP].abmd_g_cm2, neck = hip.truth[AREAL_NECK].abmd_g_cm2;
		printf("target %.3f, true %.3f, QCT %.3f, DXA %.3f; neck %.3f g/cm2\n", record.person.density_target_g_cm2, truly,
			hip.qct_g_cm2[AREAL_TOTAL_HIP], hip.dxa[AREAL_TOTAL_HIP].exact_g_cm2, neck);
		EXPECT_NEAR(record.person.density_target_g_cm2, truly, 0.15 * truly);
		EXPECT_NEAR(truly, hip.qct_g_cm2[AREAL_TOTAL_HIP], 0.2 * truly);
		EXPECT_NEAR(truly, hip.dxa[AREAL_TOTAL_HIP].exact_g_cm2, 0.2 * truly);
		EXPECT_GT(neck, 0.7 * truly);
		EXPECT_LT(neck, 1.3 * truly);
	}
	sites_free(&sites);
}

} // namespace

#include "drr/cohort/swap.h"

#include <cmath>
#include <filesystem>
#include <gmock/gmock.h>
#include <vector>
#include "drr/materials.h"
#include "host/files/json.h"
#include "host/files/nifti.h"
#include "tests/drr/cohort/cohort.h"

namespace
{

// Rays through much and little tissue, with and without bone.
struct Maps {
	static constexpr int64_t n = 4;
	std::vector<float> m = std::vector<float>(MATERIALS * n);
	Maps()
	{
		const double soft[n] = { 15, 12, 3, 0 }, fat[n] = { 5, 4, 1, 0 }, mineral[n] = { 0, 0.9, 0.4, 0 };
		for (size_t i = 0; i < (size_t)n; i++) {
			m[MATERIAL_SOFT * n + i] = (float)soft[i];
			m[MATERIAL_FAT * n + i] = (float)fat[i];
			m[MATERIAL_MINERAL * n + i] = (float)mineral[i];
		}
	}
	double At(int material, int64_t i) const
	{
		return (double)m[(size_t)(material * n + i)];
	}
	double ThicknessCm(int64_t i) const
	{
		return At(MATERIAL_SOFT, i) / ANATOMY_SOFT_G_CM3 + At(MATERIAL_FAT, i) / ANATOMY_FAT_G_CM3 +
		       At(MATERIAL_MINERAL, i) / ANATOMY_MINERAL_G_CM3;
	}
};

TEST(Swap, MineralIsScaledAndDisplacesTissue)
{
	const Maps before;
	for (int k = 0; k < 5; k++) {
		const double scale[5] = { 0.8, 0.9, 1.0, 1.1, 1.2 };
		Maps after;
		EXPECT_EQ(scale[k], swap_films[k].mineral_scale);
		EXPECT_EQ(0, swap_films[k].add_tissue_cm);
		swap_materials(after.m.data(), Maps::n, swap_films[k].mineral_scale, swap_films[k].add_tissue_cm);
		for (int64_t i = 0; i < Maps::n; i++) {
			EXPECT_EQ((float)(scale[k] * before.At(MATERIAL_MINERAL, i)), (float)after.At(MATERIAL_MINERAL, i));
			EXPECT_EQ(before.At(MATERIAL_FAT, i), after.At(MATERIAL_FAT, i));
			EXPECT_NEAR(before.ThicknessCm(i), after.ThicknessCm(i), 1e-5); // nothing grew or shrank
		}
	}
}

TEST(Swap, TissueIsAddedAndTakenInCentimetres)
{
	const Maps before;
	for (int k : { 5, 6 }) {
		const double cm = k == 5 ? -5 : 5;
		Maps after;
		EXPECT_EQ(1, swap_films[k].mineral_scale);
		EXPECT_EQ(cm, swap_films[k].add_tissue_cm);
		swap_materials(after.m.data(), Maps::n, swap_films[k].mineral_scale, swap_films[k].add_tissue_cm);
		for (int64_t i = 0; i < Maps::n; i++) {
			double tissue_cm = before.At(MATERIAL_SOFT, i) / ANATOMY_SOFT_G_CM3 +
					   before.At(MATERIAL_FAT, i) / ANATOMY_FAT_G_CM3;
			double wanted = cm * std::min(tissue_cm / 10, 1.0);
			EXPECT_EQ(before.At(MATERIAL_MINERAL, i), after.At(MATERIAL_MINERAL, i));
			EXPECT_NEAR(wanted, after.ThicknessCm(i) - before.ThicknessCm(i), 1e-5);
			// Two parts of muscle to one of fat, by volume.
			EXPECT_NEAR(2.0 / 3 * wanted,
				(after.At(MATERIAL_SOFT, i) - before.At(MATERIAL_SOFT, i)) / ANATOMY_SOFT_G_CM3, 1e-5);
		}
	}
}

struct SwapStudy : testing::Test {
	ScratchFolder scratch;
	std::string root = scratch / "swap";
	struct synth_options Options()
	{
		return { .out = root.c_str(),
			.device = TheCpu(),
			.subjects = 1,
			.sites = &site,
			.seed = 61,
			.quality = &kTiny,
			.by_profile = false,
			.primary_films = true,
			.swap = true,
			.shard = 0,
			.shards = 0,
			.force = false };
	}
	void SetUp() override
	{
		ASSERT_OK(sites_built_in(&site, 1));
		site.list[0].xray.photons_per_mm2 = 0; // without noise
		const struct synth_options o = Options();
		ASSERT_OK(synth_run(&o));
	}
	std::string File(int film, const char *rest)
	{
		return root + "/sub-A0001/ses-01/xr/sub-A0001_ses-01_swap-" + swap_films[film].name + rest;
	}
	std::vector<float> Film(int film)
	{
		struct volume v = {};
		EXPECT_OK(nifti_read_image(&v, File(film, "_view-AP_xr.nii.gz").c_str()));
		std::vector<float> pixels(volume_f32(&v), volume_f32(&v) + volume_count(&v));
		volume_free(&v);
		return pixels;
	}
	struct sites site;
};

// Anatomy, pose, geometry and film are the same in all seven: their sidecars and their truth do not differ.
TEST_F(SwapStudy, OnlyMineralAndTissueDiffer)
{
	std::string sidecar = ReadFile(File(0, "_view-AP_xr.json"));
	EXPECT_GT(sidecar.size(), 300u);
	for (int i = 1; i < SWAP_FILMS; i++)
		EXPECT_EQ(sidecar, ReadFile(File(i, "_view-AP_xr.json"))) << swap_films[i].name;
	struct json *record = nullptr;
	ASSERT_OK(json_read(&record, (root + "/truth/records/sub-A0001_ses-01.json").c_str()));
	const struct json *films = json_member(record, "films");
	ASSERT_EQ((size_t)SWAP_FILMS, json_size(films));
	for (size_t i = 0; i < SWAP_FILMS; i++)
		for (const char *key : { "pelvis", "right_femur", "left_femur", "film_model" }) {
			char *first = json_text(json_member(json_at(films, 0), key));
			char *own = json_text(json_member(json_at(films, i), key));
			EXPECT_STREQ(first, own) << key;
			free(first);
			free(own);
		}
	json_free(record);
}

// Within the subject -ln(I/I0) follows the mineral: steps of 0.1 are of nearly equal height, but for the beam that hardens.
TEST_F(SwapStudy, FilmFollowsTheMineralStepByStep)
{
	std::vector<float> film[SWAP_FILMS];
	double step[5] = { 0 };
	for (int i = 0; i < SWAP_FILMS; i++)
		film[i] = Film(i);
	for (int i = 1; i < 5; i++)
		for (size_t k = 0; k < film[0].size(); k++) {
			double d = (double)film[i][k] - (double)film[i - 1][k];
			EXPECT_GE(d, -1e-4); // float32 intensities: some 2e-5 of a logarithm
			step[i] += d;
		}
	for (int i = 2; i < 5; i++) {
		EXPECT_LT(step[i], step[i - 1]);
		EXPECT_GT(step[i], 0.97 * step[i - 1]);
	}
	// Tissue: 5 cm more attenuates wherever there is a body, 5 cm less lets through; by more than all mineral's steps.
	for (size_t k = 0; k < film[2].size(); k++) {
		if (film[2][k] < 0.01f) // beside the body
			continue;
		EXPECT_LE(film[5][k], film[2][k] + 1e-4f);
		EXPECT_GE(film[6][k], film[2][k] - 1e-4f);
	}
}

} // namespace

// The whole way on real anatomy: painted CTs with known density, and a real torso with metal in one femur.
#include <cmath>
#include <cstdio>
#include "tests/cli/cli.h"

using testing::HasSubstr;

namespace
{

double LabelMass(const volume &density, const volume &labels, float id)
{
	double sum = 0;
	const float *rho = volume_f32(&density), *label = volume_f32(&labels);
	for (int64_t i = 0; i < volume_count(&density); i++)
		if (label[i] == id)
			sum += rho[i];
	return sum * 1e-3 * volume_voxel_cm3(&density);
}

double FrameSum(const Image &film, int64_t frame)
{
	double sum = 0;
	for (int64_t i = 0; i < film.frame_pixels(); i++)
		sum += film.frame(frame)[i];
	return sum;
}

class Painted : public testing::TestWithParam<const char *>
{
};
INSTANTIATE_TEST_SUITE_P(
	Data, Painted, testing::Values("A", "B"), [](const auto &info) { return info.param; });

TEST_P(Painted, CalibrationLineAndFemoralMass)
{
	TEST_DATA_OR_SKIP(data);
	const std::string base = data + "/painted/" + GetParam();
	ScratchFolder scratch;
	Json truth = Json::File(base + "_truth.json");
	RunResult r = RunXbmd({ "calibrate", "--ct", base + "_ct.nii.gz", "--labels", base + "_dseg.nii.gz",
		"--label-map", "painted", "--out", scratch / "density.nii" });
	ExpectDone(r);
	Json density_json = Json::File(scratch / "density.json");

	double slope = 1 / density_json.number("slope_mg_cm3_per_hu"); // HU per mg/cm3
	double intercept_hu = -density_json.number("intercept_mg_cm3") * slope;
	double true_slope = truth.number("slope_hu_per_mg_cm3"),
	       true_intercept_hu = truth.number("intercept_hu");
	EXPECT_NEAR(true_slope, slope, 0.005 * true_slope);
	EXPECT_NEAR(true_intercept_hu, intercept_hu, 1.0);
	EXPECT_GT(density_json.number("r2"), 0.999);
	EXPECT_THAT(density_json.text("unit"), HasSubstr("HA"));
	EXPECT_EQ(0u, json_key_count(density_json.at("flags"))) << "there is no metal";
	const json *rods = density_json.at("rods");
	ASSERT_EQ(5u, json_size(rods));
	for (size_t i = 0; i < 5; i++) {
		EXPECT_EQ(116 + (double)i, Json::NumberOf(json_at(rods, i), "label"));
		EXPECT_EQ(50 * (double)i, Json::NumberOf(json_at(rods, i), "mg_cm3"));
	}
	printf("%s: HU = %.5f rho %+.3f (true %.5f %+.3f)\n", GetParam(), slope, intercept_hu, true_slope,
		true_intercept_hu);

	// Off the voxels' axes and finer than they are; wide enough for any turn of the volume.
	ExpectDone(RunXbmd({ "drr", "--volume", scratch / "density.nii", "--labels", base + "_dseg.nii.gz",
		"--label-map", "painted", "--quantity", "mineral", "--path", "--model", "pwc", "--projection",
		"parallel", "--size", "640x640", "--pixel-mm", "1", "--rotate-deg", "7,-11,4", "--out",
		scratch / "mineral.nii" }));
	Image density(scratch / "density.nii"), labels(base + "_dseg.nii.gz"), film(scratch / "mineral.nii");
	Json film_json = Json::File(scratch / "mineral.json");
	for (const char *bone : { "femur_left", "femur_right" }) {
		const json *of_truth = json_member(truth.at("bones"), bone);
		int64_t frame = FindFrame(film_json, "mineral", bone),
			path = FindFrame(film_json, "path", bone);
		ASSERT_GE(frame, 0);
		ASSERT_GE(path, 0);
		double projected_g = FrameSum(film, frame) * 0.01; // pixels of 0.01 cm2
		double voxels_g = LabelMass(density.v, labels.v, (float)Json::NumberOf(of_truth, "label"));
		double truth_g = Json::NumberOf(of_truth, "mass_g");
		EXPECT_NEAR(voxels_g, projected_g, 0.005 * voxels_g) << bone;
		EXPECT_NEAR(truth_g, projected_g, 0.01 * truth_g) << bone;
		double volume_cm3 = Json::NumberOf(of_truth, "volume_cm3");
		EXPECT_NEAR(volume_cm3, FrameSum(film, path) * 0.01, 0.005 * volume_cm3) << bone;
		printf("%s %s: projected %.4f g, voxels %.4f g (%+.4f %%), truth %.4f g (%+.3f %%)\n",
			GetParam(), bone, projected_g, voxels_g, 100 * (projected_g / voxels_g - 1), truth_g,
			100 * (projected_g / truth_g - 1));
	}
}

struct Torso : testing::Test {
	ScratchFolder scratch;
	std::string data = TestData(), ct = data + "/real/torso_ct.nii.gz",
		    labels = data + "/real/torso_dseg.nii.gz";
	std::string density = scratch / "density.nii", film = scratch / "film.nii.gz",
		    sidecar = scratch / "film.json";
	void SetUp() override
	{
		if (data.empty())
			GTEST_SKIP() << "test data not found: set XBMD_TEST_DATA to its folder";
		WriteFile(scratch / "line.json",
			R"({"slope_mg_cm3_per_hu": 0.8, "intercept_mg_cm3": -5, "unit": "mgHA/cm3"})");
		ExpectDone(RunXbmd({ "calibrate", "--ct", ct, "--labels", labels, "--calibration",
			scratch / "line.json", "--out", density }));
	}
	RunResult Mineral(const std::vector<std::string> &more)
	{
		std::vector<std::string> words = { "drr", "--volume", density, "--labels", labels,
			"--quantity", "mineral", "--model", "pwc", "--projection", "parallel", "--size",
			"128x128", "--pixel-mm", "3", "--out", film };
		words.insert(words.end(), more.begin(), more.end());
		return RunXbmd(words);
	}
	// Mass of a bone from the film against its voxels.
	void ExpectMass(const std::string &bone, float id)
	{
		Image projection(film), volume(density), map(labels);
		int64_t frame = FindFrame(Json::File(sidecar), "mineral", bone);
		ASSERT_GE(frame, 0) << bone;
		double wanted_g = LabelMass(volume.v, map.v, id);
		EXPECT_NEAR(wanted_g, FrameSum(projection, frame) * 0.09, 0.005 * wanted_g) << bone;
	}
};

TEST_F(Torso, TheFemurWithMetalIsFlaggedTheOtherIsNot)
{
	Json json = Json::File(scratch / "density.json");
	EXPECT_EQ(0.8, json.number("slope_mg_cm3_per_hu"));
	EXPECT_EQ(-5, json.number("intercept_mg_cm3"));
	ASSERT_TRUE(json.at("flags"));
	EXPECT_TRUE(json_member(json.at("flags"), "femur_left"));
	EXPECT_FALSE(json_member(json.at("flags"), "femur_right"));
	EXPECT_THAT(ReadFile(scratch / "density.json"), testing::ContainsRegex("threshold_hu\": 2500"));
	Image hu(ct), rho(density);
	ASSERT_EQ(volume_count(&hu.v), volume_count(&rho.v));
	for (int64_t i = 0; i < volume_count(&hu.v); i += 997)
		EXPECT_NEAR(0.8 * volume_f32(&hu.v)[i] - 5, volume_f32(&rho.v)[i], 1e-3)
			<< "unclipped at every voxel";
}

TEST_F(Torso, TheIntactFemurIsProjected)
{
	ExpectDone(Mineral({ "--bones", "femur_right" }));
	ExpectMass("femur_right", 76);
	Json json = Json::File(sidecar);
	EXPECT_EQ(-1, FindFrame(json, "mineral", "femur_left"));
	EXPECT_EQ(-1, FindFrame(json, "mineral", "hip_right"));
}

TEST_F(Torso, TheFemurWithMetalIsRefusedByName)
{
	for (const char *bones : { "femur_left", "femur_right,femur_left" })
		ExpectRefused(Mineral({ "--bones", bones }), { 4 }, "drr", { "femur_left", "metal" });
	EXPECT_THAT(
		FilesIn(scratch.path()), testing::ElementsAre("density.json", "density.nii", "line.json"));
}

TEST_F(Torso, WithoutANameItIsLeftOutAndListed)
{
	ExpectDone(Mineral({}));
	Json json = Json::File(sidecar);
	EXPECT_EQ(-1, FindFrame(json, "mineral", "femur_left"));
	ExpectMass("femur_right", 76);
	ExpectMass("sacrum", 25);
	const struct json *excluded = json.at("excluded");
	std::vector<std::string> names;
	for (size_t i = 0; excluded && i < json_size(excluded); i++) {
		names.push_back(Json::TextOf(json_at(excluded, i), "name"));
		if (names.back() == "femur_left") {
			EXPECT_THAT(Json::TextOf(json_at(excluded, i), "reason"), HasSubstr("metal"));
		}
	}
	EXPECT_THAT(names, testing::Contains("femur_left"));
	EXPECT_THAT(names, testing::Not(testing::Contains("femur_right")));
}

// Labels 116..120 of a general label map are other structures, not rods: no line may be fitted to them.
TEST_F(Torso, WithoutAPhantomThereIsNoCalibration)
{
	ExpectRefused(RunXbmd({ "calibrate", "--ct", ct, "--labels", labels, "--out", scratch / "fit.nii" }),
		{ 4 }, "calibrate", { "torso_dseg.nii.gz" });
	EXPECT_FALSE(FileExists(scratch / "fit.nii"));
	EXPECT_FALSE(FileExists(scratch / "fit.json"));
}

// Bone bright, air black, the patient's right on the left of the screen.
TEST_F(Torso, ARadiographOfTheWholeTorsoLooksRight)
{
	std::vector<std::string> words = { "drr", "--volume", ct, "--labels", labels, "--quantity",
		"radiograph", "--model", "trilinear", "--projection", "cone", "--sdd-mm", "1150", "--sod-mm",
		"950", "--size", "240x200", "--pixel-mm", "2", "--kvp", "80", "--out", film };
	ExpectDone(RunXbmd(words));
	Image ap(film);
	ASSERT_EQ(240 * 200, ap.frame_pixels());
	double low = 1e9, high = -1e9;
	for (int64_t i = 0; i < ap.frame_pixels(); i++) {
		ASSERT_TRUE(std::isfinite(ap.frame(0)[i]));
		low = std::min(low, (double)ap.frame(0)[i]);
		high = std::max(high, (double)ap.frame(0)[i]);
	}
	EXPECT_GE(low, 0);
	EXPECT_LT(low, 0.05) << "air beside the body";
	EXPECT_GT(high, 3.5) << "twenty centimetres of tissue and bone at 80 kVp";
	EXPECT_LT(high, 12);
	double middle = 0, corner = 0; // of the pelvis, of the outermost columns
	for (int64_t r = 90; r < 110; r++)
		for (int64_t c = 0; c < 20; c++) {
			middle += ap.frame(0)[r * 240 + 110 + c] / 400;
			corner += ap.frame(0)[r * 240 + c] / 400;
		}
	EXPECT_GT(middle, corner + 2);

	// The metal is in the patient's left femur, so the brightest pixel of the lower half lies right of
	// the middle.
	int64_t brightest = 100 * 240;
	for (int64_t i = brightest; i < ap.frame_pixels(); i++)
		if (ap.frame(0)[i] > ap.frame(0)[brightest])
			brightest = i;
	EXPECT_GT(brightest % 240, 120);
}

} // namespace

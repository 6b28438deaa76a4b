// xbmd drr on small made volumes: outputs whole or absent, sidecars, refusals.
#include <cmath>
#include "tests/cli/cli.h"

using testing::ElementsAre;
using testing::IsEmpty;

namespace
{

struct Projection : testing::Test {
	ScratchFolder scratch;
	std::string out = scratch / "out/film.nii.gz", sidecar = scratch / "out/film.json";
	const int64_t n[3] = { 15, 11, 13 };
	void SetUp() override
	{
		Image ct(n[0], n[1], n[2], 3.0, VOLUME_F32), labels(n[0], n[1], n[2], 3.0, VOLUME_U8);
		ct.Fill(volume_f32(&ct.v), [](int64_t i, int64_t j, int64_t k) {
			bool bone = i >= 4 && i < 9 && j >= 3 && j < 8 && k >= 2 && k < 10;
			return bone ? 400 + 10 * (i + j + k) : 40;
		});
		labels.Fill(volume_u8(&labels.v), [](int64_t i, int64_t j, int64_t k) {
			return i >= 4 && i < 9 && j >= 3 && j < 8 && k >= 2 && k < 10 ? 76 : 0;
		});
		ct.Write(scratch / "ct.nii");
		labels.Write(scratch / "labels.nii");
		WriteFile(scratch / "line.json",
			R"({"slope_mg_cm3_per_hu": 0.75, "intercept_mg_cm3": -6, "unit": "mgHA/cm3"})");
	}
	void MakeDensity()
	{
		ExpectDone(
			RunXbmd({ "calibrate", "--ct", scratch / "ct.nii", "--labels", scratch / "labels.nii",
				"--calibration", scratch / "line.json", "--out", scratch / "density.nii" }));
	}
	std::vector<std::string> Drr(const std::string &quantity, std::vector<std::string> more = {})
	{
		std::vector<std::string> words = { "drr", "--volume",
			scratch / (quantity == "mineral" ? "density.nii" : "ct.nii"), "--quantity", quantity,
			"--model", "pwc", "--out", out };
		if (std::find(more.begin(), more.end(), "--projection") == more.end())
			words.insert(words.end(), { "--projection", "parallel" });
		if (std::find(more.begin(), more.end(), "--size") == more.end())
			words.insert(words.end(), { "--size", "15x13" });
		if (std::find(more.begin(), more.end(), "--pixel-mm") == more.end())
			words.insert(words.end(), { "--pixel-mm", "3" });
		if (quantity == "mineral")
			words.insert(words.end(), { "--labels", scratch / "labels.nii" });
		words.insert(words.end(), more.begin(), more.end());
		return words;
	}
	std::vector<std::string> Outputs()
	{
		return std::filesystem::exists(scratch / "out") ? FilesIn(scratch / "out")
								: std::vector<std::string>();
	}
};

// AP, pixels on the voxels' columns: each pixel is the plain sum down a column; columns grow to -x, rows to
// -z.
TEST_F(Projection, IntegralIsTheSumDownEachColumn)
{
	ExpectDone(RunXbmd(Drr("integral")));
	Image film(out), ct(scratch / "ct.nii");
	ASSERT_EQ(15, film.v.n[0]);
	ASSERT_EQ(13, film.v.n[1]);
	ASSERT_EQ(1, film.v.n[2]);
	const float *voxels = volume_f32(&ct.v);
	for (int64_t r = 0; r < 13; r++)
		for (int64_t c = 0; c < 15; c++) {
			double sum = 0;
			for (int64_t j = 0; j < n[1]; j++)
				sum += 3.0 * voxels[(12 - r) * n[0] * n[1] + j * n[0] + (14 - c)];
			EXPECT_NEAR(sum, film.frame(0)[r * 15 + c], 1e-6 * sum) << c << " " << r;
		}
}

TEST_F(Projection, MineralIsGramsPerSquareCentimetreAndKeepsTheMass)
{
	MakeDensity();
	ExpectDone(RunXbmd(Drr("mineral", { "--rotate-deg", "10,-20,5", "--shift-mm", "1,2,-3", "--size",
						  "161x143", "--pixel-mm", "0.5" })));
	Image film(out), density(scratch / "density.nii");
	Json json = Json::File(sidecar);
	int64_t frame = FindFrame(json, "mineral", "femur_right");
	ASSERT_GE(frame, 0);
	EXPECT_EQ("g/cm2", Json::TextOf(json_at(json.at("frames"), (size_t)frame), "unit"));
	double mass_g = 0, wanted_g = 0;
	for (int64_t i = 0; i < film.frame_pixels(); i++)
		mass_g += film.frame(frame)[i] * 0.05 * 0.05;
	const float *rho = volume_f32(&density.v);
	Image labels(scratch / "labels.nii");
	for (int64_t i = 0; i < volume_count(&density.v); i++)
		if (volume_f32(&labels.v)[i] == 76)
			wanted_g += rho[i] * 1e-3 * 0.027;
	EXPECT_NEAR(wanted_g, mass_g, 2e-3 * wanted_g);
}

TEST_F(Projection, SidecarTellsGeometryPoseAndFrames)
{
	ExpectDone(RunXbmd(Drr("radiograph",
		{ "--projection", "cone", "--sdd-mm", "1100", "--sod-mm", "950", "--kvp", "90", "--view",
			"lat", "--rotate-deg", "1,-2.5,3", "--shift-mm", "4,5,-6" })));
	Json json = Json::File(sidecar);
	const struct json *geometry = json.at("geometry"), *frames = json.at("frames");
	ASSERT_TRUE(geometry && frames);
	EXPECT_EQ("cone", Json::TextOf(geometry, "projection"));
	EXPECT_EQ("lat", Json::TextOf(geometry, "view"));
	EXPECT_EQ(1100, Json::NumberOf(geometry, "sdd_mm"));
	EXPECT_EQ(950, Json::NumberOf(geometry, "sod_mm"));
	EXPECT_EQ(3, Json::NumberOf(geometry, "pixel_mm"));
	double isocentre_mm[3];
	ASSERT_OK(json_get_numbers(geometry, "isocentre_mm", "sidecar", isocentre_mm, 3));
	EXPECT_THAT(isocentre_mm, ElementsAre(21, 15, 18)) << "the middle of the bounding box";
	EXPECT_EQ(1u, json_size(frames));
	EXPECT_EQ("radiograph", Json::TextOf(json_at(frames, 0), "quantity"));
	EXPECT_NE(std::string::npos, ReadFile(sidecar).find("\"kvp\": 90"));
	EXPECT_NE(std::string::npos, ReadFile(sidecar).find("\"commit\": \""));
	Image film(out);
	float low = 1e9f, high = -1e9f;
	for (int64_t i = 0; i < film.frame_pixels(); i++) {
		low = std::min(low, film.frame(0)[i]);
		high = std::max(high, film.frame(0)[i]);
	}
	EXPECT_GE(low, 0);
	EXPECT_GT(high, 0.5); // about 4 cm of soft tissue and bone
	EXPECT_LT(high, 5);
}

TEST_F(Projection, PosesAreFramesInTheirOrder)
{
	WriteFile(scratch / "poses.tsv",
		"rx\try\trz\ttx\tty\ttz\n0\t0\t0\t0\t0\t0\n10\t0\t0\t0\t0\t0\n0\t0\t0\t0\t0\t3\n");
	ExpectDone(RunXbmd(Drr("integral", { "--poses", scratch / "poses.tsv" })));
	Image film(out);
	ASSERT_EQ(3, film.v.n[2]);
	EXPECT_EQ(3u, json_size(Json::File(sidecar).at("frames")));
	// Three mm towards the head is one row up on the screen.
	EXPECT_TRUE(AllClose(film.frame(2), film.frame(0) + 15, 12 * 15, 1e-3, 1e-6));
	EXPECT_FALSE(AllClose(film.frame(1), film.frame(0), 13 * 15, 1e-3, 1e-6));
	ExpectDone(RunXbmd(Drr("integral", { "--rotate-deg", "10,0,0", "--force" })));
	Image alone(out);
	EXPECT_TRUE(AllClose(film.frame(1), alone.frame(0), 13 * 15, 0, 0))
		<< "a pose does not see its neighbours";
}

TEST_F(Projection, ExistingOutputIsKeptWithoutForce)
{
	ExpectDone(RunXbmd(Drr("integral")));
	EXPECT_THAT(Outputs(), ElementsAre("film.json", "film.nii.gz"));
	std::string image = ReadFile(out), json = ReadFile(sidecar);
	ExpectRefused(RunXbmd(Drr("integral", { "--view", "pa" })), { 6 }, "drr", { "film.nii.gz" });
	EXPECT_EQ(image, ReadFile(out));
	EXPECT_EQ(json, ReadFile(sidecar));
	ExpectDone(RunXbmd(Drr("integral", { "--view", "pa", "--force" })));
	EXPECT_NE(json, ReadFile(sidecar));
	std::filesystem::remove(out);
	ExpectRefused(RunXbmd(Drr("integral")), { 6 }, "drr", { "film.json" });
	EXPECT_THAT(Outputs(), ElementsAre("film.json"));

	MakeDensity();
	std::string density = ReadFile(scratch / "density.nii");
	ExpectRefused(RunXbmd({ "calibrate", "--ct", scratch / "ct.nii", "--calibration",
			      scratch / "line.json", "--out", scratch / "density.nii" }),
		{ 6 }, "calibrate", { "density.nii" });
	EXPECT_EQ(density, ReadFile(scratch / "density.nii"));
}

TEST_F(Projection, AnOutputThatCannotBeWrittenIsExitSix)
{
	WriteFile(scratch / "file", "in the way");
	std::vector<std::string> words = Drr("integral");
	words[8] = scratch / "file/film.nii.gz";
	ExpectRefused(RunXbmd(words), { 6 }, "drr", { "file" });
	EXPECT_EQ("in the way", ReadFile(scratch / "file"));
}

TEST_F(Projection, TheSameCommandWritesTheSameBytes)
{
	ExpectDone(RunXbmd(Drr("radiograph", { "--rotate-deg", "3,4,5" })));
	std::string image = ReadFile(out);
	setenv("OMP_NUM_THREADS", "1", 1);
	ExpectDone(RunXbmd(Drr("radiograph", { "--rotate-deg", "3,4,5", "--force" })));
	EXPECT_EQ(image, ReadFile(out));
	setenv("OMP_NUM_THREADS", "5", 1);
	ExpectDone(RunXbmd(Drr("radiograph", { "--rotate-deg", "3,4,5", "--force" })));
	unsetenv("OMP_NUM_THREADS");
	EXPECT_EQ(image, ReadFile(out));
}

TEST_F(Projection, WithoutAGpuCudaIsExitSevenWithItsReason)
{
	ExpectRefused(RunXbmd(Drr("integral", { "--device", "cuda:1000" })), { 7 }, "drr", { "no GPU" });
	setenv("XBMD_PLUGIN", "/nowhere/plugin.so", 1);
	RunResult r = RunXbmd(Drr("integral", { "--device", "cuda:0" }));
	unsetenv("XBMD_PLUGIN");
	ExpectRefused(r, { 7 }, "drr", { "no GPU", "/nowhere/plugin.so" });
	EXPECT_THAT(Outputs(), IsEmpty());

	Json info = Json::Text(RunXbmd({ "info", "--json" }).out);
	r = RunXbmd(Drr("integral", { "--device", "cuda:0" }));
	if (json_size(info.at("gpus")) > 0) {
		ExpectDone(r);
		return;
	}
	ExpectRefused(r, { 7 }, "drr", { "no GPU: " });
	EXPECT_THAT(Outputs(), IsEmpty());
	ExpectDone(RunXbmd(Drr("integral", { "--device", "auto" })));
}

TEST_F(Projection, UsageErrorsNameTheOption)
{
	struct {
		std::vector<std::string> more;
		std::string named;
	} cases[] = {
		{ { "--projection", "cone", "--sdd-mm", "900", "--sod-mm", "1000" }, "sod-mm" },
		{ { "--projection", "fan" }, "--projection" },
		{ { "--pixel-mm", "0" }, "pixel-mm" },
		{ { "--pixel-mm", "-1" }, "pixel-mm" },
		{ { "--size", "0x4" }, "--size" },
		{ { "--view", "oblique" }, "--view" },
		{ { "--rotate-deg", "1,2" }, "--rotate-deg" },
		{ { "--device", "gpu" }, "--device" },
	};
	for (const auto &c : cases)
		ExpectRefused(RunXbmd(Drr("integral", c.more)), { 2 }, "drr", { c.named });
	ExpectRefused(RunXbmd(Drr("radiograph", { "--kvp", "77" })), { 2 }, "drr", { "77" });
	MakeDensity();
	ExpectRefused(RunXbmd(Drr("mineral", { "--bones", "femur_rigth" })), { 2 }, "drr",
		{ "femur_rigth", "femur_right" });
	ExpectRefused(RunXbmd(Drr("mineral", { "--label-map", scratch / "no.yaml" })), { 2, 3 }, "drr",
		{ "no.yaml" });
	EXPECT_THAT(Outputs(), IsEmpty());
}

// A CT in HU taken for a density would be a wrong number with exit 0.
TEST_F(Projection, MineralOfAnUncalibratedCtIsRefused)
{
	std::vector<std::string> words = Drr("mineral");
	words[2] = scratch / "ct.nii";
	ExpectRefused(RunXbmd(words), { 4 }, "drr", { "ct.nii", "not a density volume" });
	EXPECT_THAT(Outputs(), IsEmpty());
}

TEST_F(Projection, ARadiographIsTheSameFromCtAndFromDensity)
{
	MakeDensity();
	ExpectDone(RunXbmd(Drr("radiograph", { "--labels", scratch / "labels.nii" })));
	Image from_ct(out);
	std::vector<std::string> words = Drr("radiograph", { "--labels", scratch / "labels.nii", "--force" });
	words[2] = scratch / "density.nii";
	ExpectDone(RunXbmd(words));
	Image from_density(out);
	// The CT is taken with the usual 120 kVp line, the density with its own: close, not equal.
	EXPECT_TRUE(AllClose(from_density.frame(0), from_ct.frame(0), from_ct.frame_pixels(), 0.02, 0.05));
}

TEST_F(Projection, CalibrateRefusesACtWithoutRods)
{
	ExpectRefused(RunXbmd({ "calibrate", "--ct", scratch / "ct.nii", "--labels", scratch / "labels.nii",
			      "--out", out }),
		{ 4 }, "calibrate", { "labels.nii", "116" });
	EXPECT_THAT(Outputs(), IsEmpty());
}

} // namespace

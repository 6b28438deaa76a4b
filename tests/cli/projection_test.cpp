// xbmd drr on small made volumes: outputs whole or absent, sidecars, refusals.
#include <cmath>
#include <cstring>
#include <sys/resource.h>
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

// The whole way: noise, scatter, blur, the look, the picture and what the sidecar says of them.
TEST_F(Projection, AFilmForPresentationSaysSoEverywhere)
{
	std::string png = scratch / "out/film.png";
	std::vector<std::string> more = { "--photons-per-mm2", "500", "--scatter", "2", "--grid",
		"--detector-blur-mm", "4", "--flat-field", "0.01", "--seed", "7", "--for", "presentation",
		"--processing", "soft,alpha=0.7", "--preview", png };
	ExpectDone(RunXbmd(Drr("radiograph", more)));
	EXPECT_THAT(Outputs(), ElementsAre("film.json", "film.nii.gz", "film.png"));
	Json json = Json::File(sidecar);
	EXPECT_EQ("presentation", json.text("quantity"));
	EXPECT_EQ("presentation", Json::TextOf(json_at(json.at("frames"), 0), "quantity"));
	EXPECT_EQ("grey", Json::TextOf(json_at(json.at("frames"), 0), "unit"));
	EXPECT_EQ(500, Json::NumberOf(json.at("film"), "photons_per_mm2"));
	EXPECT_EQ(2, Json::NumberOf(json.at("film"), "scatter_to_primary"));
	EXPECT_EQ(0.68, Json::NumberOf(json.at("film"), "grid_primary"));
	EXPECT_EQ(0.12, Json::NumberOf(json.at("film"), "grid_scatter"));
	EXPECT_EQ(7, Json::NumberOf(json.at("film"), "seed"));
	const struct json *processing = json.at("processing");
	EXPECT_EQ("soft,alpha=0.7", Json::TextOf(processing, "preset"));
	EXPECT_EQ(0.7, Json::NumberOf(json_member(processing, "parameters"), "alpha"));
	double window[2];
	ASSERT_OK(json_get_numbers(json.at("preview"), "window", "sidecar", window, 2));
	EXPECT_THAT(window, ElementsAre(0, 1));
	Image film(out);
	for (int64_t i = 0; i < film.frame_pixels(); i++)
		ASSERT_TRUE(film.frame(0)[i] >= 0 && film.frame(0)[i] <= 1);
	std::string image = ReadFile(out), picture = ReadFile(png);
	more.push_back("--force");
	setenv("OMP_NUM_THREADS", "1", 1);
	ExpectDone(RunXbmd(Drr("radiograph", more)));
	unsetenv("OMP_NUM_THREADS");
	EXPECT_EQ(image, ReadFile(out));
	EXPECT_EQ(picture, ReadFile(png));
	more[10] = "8"; // the seed
	ExpectDone(RunXbmd(Drr("radiograph", more)));
	EXPECT_NE(image, ReadFile(out));
}

TEST_F(Projection, WithoutFilmOptionsARadiographIsUntouched)
{
	ExpectDone(RunXbmd(Drr("radiograph")));
	Image plain(out);
	Json json = Json::File(sidecar);
	EXPECT_EQ("radiograph", json.text("quantity"));
	EXPECT_EQ("-ln(I/I0)", Json::TextOf(json.at("processing"), "values"));
	EXPECT_NE(std::string::npos, ReadFile(sidecar).find("\"off\": true"));
	ExpectDone(RunXbmd(Drr("radiograph", { "--photons-per-mm2", "1e12", "--force" })));
	Image fine(out);
	EXPECT_TRUE(AllClose(fine.frame(0), plain.frame(0), plain.frame_pixels(), 1e-4, 0));
	EXPECT_FALSE(AllClose(fine.frame(0), plain.frame(0), plain.frame_pixels(), 0, 0));
}

TEST_F(Projection, PosesHaveNoiseOfTheirOwnInAnyBatch)
{
	std::string poses = "rx\try\trz\ttx\tty\ttz\n";
	for (int i = 0; i < 10; i++)
		poses += "0\t0\t0\t0\t0\t0\n";
	WriteFile(scratch / "poses.tsv", poses);
	ExpectDone(RunXbmd(Drr("radiograph", { "--poses", scratch / "poses.tsv", "--photons-per-mm2", "100",
						     "--preview", scratch / "out/film.png" })));
	Image film(out);
	ASSERT_EQ(10, film.v.n[2]);
	for (int64_t f = 1; f < 10; f++)
		EXPECT_FALSE(AllClose(film.frame(f), film.frame(0), film.frame_pixels(), 1e-3, 0)) << f;
	ExpectDone(RunXbmd(Drr("radiograph", { "--photons-per-mm2", "100", "--force" })));
	Image alone(out);
	EXPECT_TRUE(AllClose(alone.frame(0), film.frame(0), film.frame_pixels(), 0, 0));
}

TEST_F(Projection, FilmAndPreviewOptionsAreChecked)
{
	auto usage = [&](const std::string &quantity, const std::vector<std::string> &more,
			     const std::string &named) {
		ExpectRefused(RunXbmd(Drr(quantity, more)), { 2 }, "drr", { named });
	};
	usage("integral", { "--photons-per-mm2", "100" }, "--quantity radiograph");
	usage("integral", { "--for", "presentation" }, "--quantity radiograph");
	usage("integral", { "--grid" }, "--quantity radiograph");
	usage("radiograph", { "--processing", "soft" }, "--for presentation");
	usage("radiograph", { "--for", "presentation", "--processing", "vivid" }, "high-contrast");
	usage("radiograph", { "--for", "display" }, "--for");
	usage("radiograph", { "--photons-per-mm2", "-1" }, "--photons-per-mm2");
	usage("radiograph", { "--electronic-noise", "3" }, "--photons-per-mm2");
	usage("radiograph", { "--grid=0.7" }, "--grid");
	usage("radiograph", { "--grid=0.7,2" }, "--grid");
	usage("radiograph", { "--focal-spot-mm", "1" }, "--focal-spot-mm"); // the beam is parallel
	usage("radiograph", { "--seed", "-1" }, "--seed");
	usage("radiograph", { "--preview", scratch / "out/film.jpg" }, "--preview");
	usage("radiograph", { "--preview-window", "0,1" }, "--preview");
	usage("radiograph", { "--preview", scratch / "out/f.png", "--preview-window", "1,1" },
		"--preview-window");
	EXPECT_THAT(Outputs(), IsEmpty());
	std::filesystem::create_symlink(scratch / "ct.nii", scratch / "link.png");
	usage("radiograph", { "--preview", scratch / "link.png", "--force" }, "overwrite the input");
	EXPECT_THAT(Outputs(), IsEmpty());
	WriteFile(scratch / "there.png", "mine");
	ExpectRefused(RunXbmd(Drr("radiograph", { "--preview", scratch / "there.png" })), { 6 }, "drr",
		{ "there.png" });
	EXPECT_EQ("mine", ReadFile(scratch / "there.png"));
	EXPECT_THAT(Outputs(), IsEmpty());
}

// A preview that cannot be written takes the image with it: whole or absent.
TEST_F(Projection, AFailedPreviewLeavesNothing)
{
	std::filesystem::create_directory(scratch / "in-the-way.png");
	RunResult r = RunXbmd(Drr("radiograph", { "--preview", scratch / "in-the-way.png", "--force" }));
	ExpectRefused(r, { 6 }, "drr", { "in-the-way.png" });
	EXPECT_THAT(Outputs(), IsEmpty());
}

TEST_F(Projection, ImpossiblePlacesAreRefused)
{
	// the volume is 33 mm deep
	ExpectRefused(RunXbmd(Drr("integral", { "--projection", "cone", "--sod-mm", "10" })), { 4 }, "drr",
		{ "--sod-mm 10", "inside the volume" });
	RunResult cut = RunXbmd(
		Drr("integral", { "--projection", "cone", "--sod-mm", "500", "--sdd-mm", "510", "--force" }));
	ExpectDone(cut);
	EXPECT_THAT(cut.err, testing::HasSubstr("the detector plane cuts the volume"));
	ExpectDone(RunXbmd(Drr(
		"integral", { "--projection", "cone", "--sod-mm", "500", "--sdd-mm", "520", "--force" })));
	std::filesystem::remove_all(scratch / "out");
	Image sheared(15, 11, 13, 3.0, VOLUME_F32);
	sheared.v.to_world[1][2] = 1.0; // slices step forwards: a tilted gantry
	sheared.Write(scratch / "sheared.nii");
	std::vector<std::string> words = Drr("integral");
	words[2] = scratch / "sheared.nii";
	ExpectRefused(RunXbmd(words), { 4 }, "drr", { "sheared.nii", "71.57 degrees" });
	EXPECT_THAT(Outputs(), IsEmpty());
}

TEST_F(Projection, ImpossibleSizesAreRefusedBeforeAnyWork)
{
	ExpectRefused(RunXbmd(Drr("integral", { "--size", "0x100" })), { 2 }, "drr", { "--size" });
	ExpectRefused(RunXbmd(Drr("integral", { "--size", "100000x100000" })), { 2 }, "drr", { "--size" });
	ExpectRefused(
		RunXbmd(Drr("integral", { "--size", "40000x40000" })), { 2 }, "drr", { "--size", "32767" });
	std::string poses = "rx\try\trz\ttx\tty\ttz\n";
	for (int i = 0; i < 32; i++)
		poses += "0\t0\t0\t0\t0\t0\n";
	WriteFile(scratch / "poses.tsv", poses);
	struct rlimit limit, before;
	ASSERT_EQ(0, getrlimit(RLIMIT_AS, &before));
	limit = before;
	limit.rlim_cur = (rlim_t)16 << 30; // so that the answer does not depend on the machine
	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &limit));
	for (const char *quantity : { "integral", "radiograph" })
		ExpectRefused(
			RunXbmd(Drr(quantity, { "--size", "30000x30000", "--poses", scratch / "poses.tsv" })),
			{ 7 }, "drr", { "--size 30000x30000 with 32 poses", "GB" });
	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &before));
	EXPECT_THAT(Outputs(), IsEmpty());
}

TEST_F(Projection, VoxelsThatAreNoNumbersAreCounted)
{
	std::string file = ReadFile(scratch / "ct.nii");
	const float bad[2] = { NAN, INFINITY };
	memcpy(&file[352 + 4 * (4 + 15 * (2 + 11 * 1))], &bad[0], 4);
	memcpy(&file[352 + 4 * 1000], &bad[1], 4);
	memcpy(&file[352 + 4 * 2000], &bad[0], 4);
	WriteFile(scratch / "ct.nii", file);
	ExpectRefused(RunXbmd(Drr("integral")), { 4 }, "drr", { "voxel (4, 2, 1) is nan", "3 voxels" });
	EXPECT_THAT(Outputs(), IsEmpty());
}

} // namespace

// calibrate and segment as a QCT lab runs them: rods found, a scan of the phantom alone, scans that must be refused.
#include <chrono>
#include <cmath>
#include <sys/resource.h>
#include <sys/wait.h>
#include "tests/cli/cli.h"

using testing::HasSubstr;

namespace
{
// A block of 15 HU with five rods along z (radius 10 mm, 36 mm apart), and a bone of 300 mg/cm3 above it.
class Scan
{
      public:
	Image ct, labels;
	explicit Scan(double slope = 1.3)
	    : ct(120, 60, 24, 2, VOLUME_F32), labels(120, 60, 24, 2, VOLUME_U16)
	{
		ct.Fill(volume_f32(&ct.v), [&](int64_t i, int64_t j, int64_t k) {
			const double x = 2.0 * (double)i, y = 2.0 * (double)j;
			const double noise = 4 * std::sin(1.7 * (double)i + 2.3 * (double)j * (double)(j % 7) + 5.1 * (double)k);
			for (int rod = 0; rod < 5; rod++)
				if (std::hypot(x - 48 - 36 * rod, y - 28) <= 10)
					return slope * 50 * rod + 2 + noise;
			if (Bone(i, j))
				return slope * 300 + 2 + noise;
			return (std::fabs(y - 28) < 18 && x > 30 && x < 210 ? 15 : y > 60 && y < 112 ? 40 : -1000) + noise;
		});
		labels.Fill(volume_u16(&labels.v), [](int64_t i, int64_t j, int64_t) { return Bone(i, j) ? 76 : 0; });
	}
	static bool Bone(int64_t i, int64_t j)
	{
		return std::hypot(2.0 * (double)i - 160, 2.0 * (double)j - 86) <= 14;
	}
	void Write(const ScratchFolder &s, const std::string &name)
	{
		ct.Write(s / (name + ".nii.gz"));
		labels.Write(s / (name + "_seg.nii.gz"));
	}
};

std::string Sidecar(double kvp, const std::string &kernel)
{
	return R"({"KVP": )" + std::to_string(kvp) + R"(, "ConvolutionKernel": ")" + kernel +
	       R"(", "Manufacturer": "Maker", "ManufacturersModelName": "One"})";
}

// Nothing that begins with `name` is in the folder.
void ExpectNothing(const ScratchFolder &s, const std::string &name)
{
	for (const std::string &file : FilesIn(s.path()))
		EXPECT_NE(0u, file.rfind(name, 0) == 0 ? 0u : 1u) << file;
}

} // namespace

TEST(Calibration, FoundRodsAreRecorded)
{
	ScratchFolder s;
	Scan scan;
	scan.Write(s, "ct");
	WriteFile(s / "ct.json", Sidecar(120, "Br40"));
	ExpectDone(RunXbmd({ "calibrate", "--ct", s / "ct.nii.gz", "--labels", s / "ct_seg.nii.gz", "--rods", "find",
		"--out", s / "d.nii.gz", "--save-calibration", s / "c.json", "--save-rods", s / "rods.nii.gz" }));
	for (const char *name : { "d.json", "c.json" }) {
		Json j = Json::File(s / name);
		EXPECT_NEAR(1 / 1.3, j.number("slope_mg_cm3_per_hu"), 0.003);
		EXPECT_EQ("phantom", j.text("method"));
		EXPECT_EQ("found", j.text("rods_from"));
		EXPECT_EQ(120, Json::NumberOf(j.at("scan"), "kvp"));
		EXPECT_EQ("Br40", Json::TextOf(j.at("scan"), "kernel"));
		EXPECT_EQ("Maker One", Json::TextOf(j.at("scan"), "scanner"));
		ASSERT_EQ(5u, json_size(j.at("rods")));
		for (size_t i = 0; i < 5; i++) {
			const json *rod = json_at(j.at("rods"), i);
			EXPECT_NEAR(0, Json::NumberOf(rod, "residual_mg_cm3"), 0.5);
			EXPECT_EQ(1, Json::NumberOf(rod, "seen"));
			EXPECT_NEAR(2.8, Json::NumberOf(rod, "sd_hu"), 0.5); // of the sine of 4 HU
		}
	}
	// The saved rods are labels by which the same line comes out.
	ExpectDone(RunXbmd({ "calibrate", "--ct", s / "ct.nii.gz", "--labels", s / "rods.nii.gz", "--save-calibration",
		s / "again.json" }));
	EXPECT_NEAR(Json::File(s / "c.json").number("slope_mg_cm3_per_hu"),
		Json::File(s / "again.json").number("slope_mg_cm3_per_hu"), 0.003);
	// A film cannot be made with a phantom in it that carries no label.
	ExpectRefused(RunXbmd({ "drr", "--volume", s / "d.nii.gz", "--labels", s / "ct_seg.nii.gz", "--remove-rods",
				"--quantity", "mineral", "--out", s / "m.nii.gz" }),
		{ 4 }, "drr", { "carry no label" });
	ExpectNothing(s, "m.");
}

// The phantom is scanned alone and its line applied to patients.
TEST(Calibration, AsynchronousAndItsRefusals)
{
	ScratchFolder s;
	Scan scan;
	scan.Write(s, "phantom");
	scan.Write(s, "patient");
	WriteFile(s / "phantom.json", Sidecar(120, "Br40"));
	ExpectDone(RunXbmd({ "calibrate", "--ct", s / "phantom.nii.gz", "--rods", "find", "--save-calibration",
		s / "line.json", "--scanner", "Two" }));
	EXPECT_EQ("Two", Json::TextOf(Json::File(s / "line.json").at("scan"), "scanner"));
	const std::vector<std::string> apply = { "calibrate", "--ct", s / "patient.nii.gz", "--calibration",
		s / "line.json", "--out", s / "d.nii.gz" };
	auto with = [&](std::vector<std::string> more) {
		more.insert(more.begin(), apply.begin(), apply.end());
		return RunXbmd(more);
	};
	// Another voltage, by sidecar and by hand; a sharp kernel; another unit: refused, nothing written.
	WriteFile(s / "patient.json", Sidecar(100, "Br40"));
	ExpectRefused(RunXbmd(apply), { 4 }, "calibrate", { "patient.nii.gz", "100 kVp", "120 kVp" });
	WriteFile(s / "patient.json", Sidecar(120, "B70s"));
	ExpectRefused(RunXbmd(apply), { 4 }, "calibrate", { "patient.nii.gz", "'B70s' is sharp" });
	WriteFile(s / "patient.json", Sidecar(120, "Br40"));
	ExpectRefused(with({ "--kvp", "80" }), { 4 }, "calibrate", { "80 kVp" });
	ExpectRefused(with({ "--kernel", "Sd40" }), { 4 }, "calibrate", { "direct density" });
	ExpectRefused(with({ "--unit", "mgK2HPO4/cm3" }), { 4 }, "calibrate", { "mgHA/cm3, not in mgK2HPO4/cm3" });
	ExpectRefused(with({ "--convert", "faulkner1993" }), { 4 }, "calibrate", { "starts from mgK2HPO4/cm3" });
	ExpectRefused(with({ "--rods", "find" }), { 2 }, "calibrate", { "--rods find" });
	ExpectNothing(s, "d.");
	RunResult forced = with({ "--kernel", "B70s", "--allow-sharp-kernel" });
	EXPECT_EQ(0, forced.exit_code) << forced.err;
	EXPECT_THAT(forced.err, HasSubstr("masks and thresholds are biased"));
	EXPECT_EQ("asynchronous", Json::File(s / "d.json").text("method"));
	// A line that fell from nowhere is "given".
	WriteFile(s / "line.json", R"({"slope_mg_cm3_per_hu": 0.8, "intercept_mg_cm3": -2, "unit": "mgHA/cm3"})");
	RunResult given = with({ "--force" });
	EXPECT_EQ(0, given.exit_code) << given.err;
	EXPECT_THAT(given.err, HasSubstr("voltage of the saved calibration is not known"));
	EXPECT_EQ("given", Json::File(s / "d.json").text("method"));
}

TEST(Calibration, UnitsAreNeverMixedSilently)
{
	ScratchFolder s;
	Scan scan;
	scan.Write(s, "ct");
	WriteFile(s / "salt.yaml", "name: salt\nunit: mgK2HPO4/cm3\nrods:\n"
				   "  - {label: 1, mg_cm3: 0}\n  - {label: 2, mg_cm3: 50}\n  - {label: 3, mg_cm3: 100}\n"
				   "  - {label: 4, mg_cm3: 150}\n  - {label: 5, mg_cm3: 200}\n");
	const std::vector<std::string> words = { "calibrate", "--ct", s / "ct.nii.gz", "--rods", "find", "--phantom",
		s / "salt.yaml", "--unit", "mgHA/cm3", "--save-calibration", s / "c.json" };
	ExpectRefused(RunXbmd(words), { 4 }, "calibrate", { "mgK2HPO4/cm3, not in mgHA/cm3", "--convert" });
	ExpectNothing(s, "c.");
	std::vector<std::string> convert = words;
	convert.insert(convert.end(), { "--convert", "faulkner1993" });
	ExpectDone(RunXbmd(convert));
	Json j = Json::File(s / "c.json");
	EXPECT_EQ("mgHA/cm3", j.text("unit"));
	EXPECT_NEAR(1.15 / 1.3, j.number("slope_mg_cm3_per_hu"), 0.003);
	EXPECT_NEAR(1.15 * -2 / 1.3 - 7.32, j.number("intercept_mg_cm3"), 0.6);
	EXPECT_EQ("faulkner1993", Json::TextOf(j.at("options"), "convert"));
}

TEST(Calibration, RefusalsNameFileAndReason)
{
	ScratchFolder s;
	Scan scan;
	float *hu = volume_f32(&scan.ct.v);
	const int64_t n = volume_count(&scan.ct.v);
	std::vector<float> good(hu, hu + n);
	auto refused = [&](const std::vector<std::string> &says) {
		scan.ct.Write(s / "ct.nii.gz");
		ExpectRefused(RunXbmd({ "calibrate", "--ct", s / "ct.nii.gz", "--rods", "find", "--out", s / "d.nii.gz",
					"--save-calibration", s / "c.json", "--save-rods", s / "r.nii.gz", "--force" }),
			{ 4 }, "calibrate", says);
		std::copy(good.begin(), good.end(), hu);
		ExpectNothing(s, "d.");
		ExpectNothing(s, "c.");
		ExpectNothing(s, "r.");
	};
	hu[7] = NAN;
	refused({ "ct.nii.gz" });
	hu[7] = 1e6f;
	refused({ "ct.nii.gz", "no CT numbers" });
	for (int64_t i = 0; i < n; i++) // stored values without their rescale by 10
		hu[i] *= 40;
	refused({ "ct.nii.gz", "no CT numbers" });
	for (int64_t i = 0; i < n; i++) // rods off a line: the 100 reads as the base
		if (std::fabs(hu[i] - 132) < 5)
			hu[i] -= 117;
	refused({ "ct.nii.gz", "rod 118 (100 mg/cm3) is missing" });
	for (int64_t i = 0; i < n; i++)
		if (hu[i] > -500 && (i / 120) % 60 < 26)
			hu[i] = 15;
	refused({ "ct.nii.gz", "no row of 5 rods" });
	ExpectRefused(RunXbmd({ "calibrate", "--ct", s / "ct.nii.gz", "--out", s / "d.nii.gz" }), { 2 }, "calibrate",
		{ "--labels", "--rods find" });
	ExpectRefused(RunXbmd({ "calibrate", "--ct", s / "ct.nii.gz", "--method", "internal", "--out", s / "d.nii.gz" }),
		{ 2 }, "calibrate", { "internal needs --labels" });
	// A stricter bound on r2 than these rods keep.
	for (int64_t i = 0; i < n; i++)
		if (std::fabs(hu[i] - 67) < 5)
			hu[i] += 12;
	scan.ct.Write(s / "ct.nii.gz");
	ExpectRefused(RunXbmd({ "calibrate", "--ct", s / "ct.nii.gz", "--rods", "find", "--min-r2", "0.999", "--out",
				s / "d.nii.gz" }),
		{ 4 }, "calibrate", { "ct.nii.gz", "the rods lie off a line", "0.1 %" });
	ExpectNothing(s, "d.");
}

// int32 input is a CT like any other: the torso, by its own tissues.
TEST(Calibration, InternalOfTheRealTorso)
{
	TEST_DATA_OR_SKIP(data);
	ScratchFolder s;
	const std::string ct = data + "/real/torso_ct.nii.gz", labels = data + "/real/torso_dseg.nii.gz";
	RunResult r = RunXbmd({ "calibrate", "--ct", ct, "--labels", labels, "--method", "internal", "--out", s / "d.nii.gz" });
	EXPECT_EQ(0, r.exit_code) << r.err;
	EXPECT_THAT(r.err, HasSubstr("cross-calibrate"));
	EXPECT_THAT(r.err, HasSubstr("femur_left: metal: "));
	Json j = Json::File(s / "d.json");
	EXPECT_EQ("internal-tissue", j.text("method"));
	EXPECT_EQ("mgK2HPO4/cm3", j.text("unit"));
	EXPECT_THAT(j.text("bias_statement"), HasSubstr("7.8 %"));
	EXPECT_EQ(2u, json_size(json_member(j.at("flags"), "femur_left"))) << "metal and streaks";
	EXPECT_EQ(1u, json_key_count(j.at("flags")));
	// The voxels follow the recorded quadratic.
	Image hu(ct), density(s / "d.nii.gz");
	const double q = j.number("quadratic_mg_cm3_per_hu2"), m = j.number("slope_mg_cm3_per_hu"),
		     b = j.number("intercept_mg_cm3");
	for (int64_t i = 0; i < volume_count(&hu.v); i += 97) {
		const double x = (double)volume_f32(&hu.v)[i];
		ASSERT_NEAR((q * x + m) * x + b, (double)volume_f32(&density.v)[i], 0.01);
	}
	// CT numbers cannot be recovered from it, and it belongs to this scan alone.
	ExpectRefused(RunXbmd({ "drr", "--volume", s / "d.nii.gz", "--quantity", "radiograph", "--out", s / "f.nii.gz" }),
		{ 4 }, "drr", { "d.nii.gz", "is no line" });
	ExpectRefused(RunXbmd({ "calibrate", "--ct", ct, "--calibration", s / "d.json", "--out", s / "e.nii.gz" }), { 4 },
		"calibrate", { "internal calibration holds for its own scan only" });
	// No muscle, vessels and bone: too few tissues.
	Image none(labels);
	none.Fill(volume_f32(&none.v), [](int64_t i, int64_t, int64_t) { return i < 3 ? 1 : 0; });
	none.Write(s / "none.nii.gz");
	ExpectRefused(RunXbmd({ "calibrate", "--ct", ct, "--labels", s / "none.nii.gz", "--method", "internal", "--out",
				s / "g.nii.gz" }),
		{ 4 }, "calibrate", { "none.nii.gz", "at least 3 tissues" });
	ExpectRefused(RunXbmd({ "calibrate", "--ct", ct, "--rods", "find", "--out", s / "g.nii.gz" }), { 4 }, "calibrate",
		{ "torso_ct.nii.gz", "no row of 5 rods" });
	ExpectNothing(s, "g.");
}

// The gates: bone labels given, rods found; femoral mass within 1 % of the truth; time and memory.
class PaintedFound : public testing::TestWithParam<const char *>
{
};
INSTANTIATE_TEST_SUITE_P(Data, PaintedFound, testing::Values("A", "B"), [](const auto &i) { return i.param; });

TEST_P(PaintedFound, FemoralMassTimeAndMemory)
{
	TEST_DATA_OR_SKIP(data);
	ScratchFolder s;
	const std::string base = data + "/painted/" + GetParam();
	const auto start = std::chrono::steady_clock::now();
	ExpectDone(RunXbmd({ "calibrate", "--ct", base + "_ct.nii.gz", "--labels", base + "_dseg.nii.gz", "--label-map",
		"painted", "--rods", "find", "--out", s / "d.nii" }));
	const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
	struct rusage usage;
	getrusage(RUSAGE_CHILDREN, &usage);
	Image density(s / "d.nii"), labels(base + "_dseg.nii.gz");
	Json truth = Json::File(base + "_truth.json"), side = Json::File(s / "d.json");
	for (const char *bone : { "femur_left", "femur_right" }) {
		const json *b = json_member(truth.at("bones"), bone);
		const double label = Json::NumberOf(b, "label"), mass = Json::NumberOf(b, "mass_g");
		double sum = 0;
		for (int64_t i = 0; i < volume_count(&labels.v); i++)
			if (volume_f32(&labels.v)[i] == (float)label)
				sum += volume_f32(&density.v)[i];
		sum *= volume_voxel_cm3(&density.v) / 1000;
		printf("%s %s: %.3f g, truth %.3f g, %+.3f %%\n", GetParam(), bone, sum, mass, 100 * (sum / mass - 1));
		EXPECT_NEAR(mass, sum, 0.01 * mass);
	}
	const double volume_mb = (double)volume_count(&density.v) * 4 / 1e6;
	printf("%s: %.2f s, at most %.0f MB for a volume of %.0f MB (float32)\n", GetParam(), seconds,
		(double)usage.ru_maxrss / 1e3, volume_mb);
	EXPECT_EQ("found", side.text("rods_from"));
	EXPECT_LE((double)usage.ru_maxrss / 1e3, 4 * volume_mb);
}

TEST(Segment, ImportsAndRefuses)
{
	ScratchFolder s;
	Image labels(40, 20, 20, 5, VOLUME_U16);
	labels.v.to_world[0][3] = -97.5;
	labels.Fill(volume_u16(&labels.v), [](int64_t i, int64_t, int64_t) { return i < 8 ? 1 : i >= 32 ? 2 : 0; });
	labels.Write(s / "seg.nii.gz");
	WriteFile(s / "dataset.json", R"({"labels": {"background": 0, "femur_left": 1, "femur_right": 2}})");
	const std::vector<std::string> words = { "segment", "--labels", s / "seg.nii.gz", "--from", s / "dataset.json",
		"--out", s / "out.nii.gz" };
	ExpectDone(RunXbmd(words));
	Image out(s / "out.nii.gz");
	EXPECT_EQ(75, out.frame(0)[0]);
	EXPECT_EQ(76, out.frame(0)[39]);
	Json j = Json::File(s / "out.json");
	EXPECT_EQ("totalseg", j.text("label_map"));
	EXPECT_EQ("as labelled", j.text("sides"));
	ExpectRefused(RunXbmd(words), { 6 }, "segment", { "out.nii.gz" });
	ExpectRefused(RunXbmd({ "segment", "--labels", s / "seg.nii.gz", "--from", s / "dataset.json", "--out",
				s / "seg.nii.gz", "--force" }),
		{ 2 }, "segment", { "overwrite the input" });
	WriteFile(s / "dataset.json", R"({"labels": {"background": 0, "femur_left": 2, "femur_right": 1}})");
	std::vector<std::string> swapped = words;
	swapped.back() = s / "bad.nii.gz";
	ExpectRefused(RunXbmd(swapped), { 4 }, "segment", { "seg.nii.gz", "left and right are swapped" });
	swapped.insert(swapped.end(), { "--require", "sacrum" });
	ExpectRefused(RunXbmd(swapped), { 4 }, "segment", { "'sacrum' is missing" });
	ExpectRefused(RunXbmd({ "segment", "--labels", s / "none.seg.nrrd", "--out", s / "bad.nii.gz" }), { 3 }, "segment",
		{ "none.seg.nrrd" });
	ExpectNothing(s, "bad");
}

// A small synthetic study through every verb, each step's failures beside its success.
#include <cmath>
#include <map>
#include "host/files/table.h"
#include "tests/cli/cli.h"

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsSupersetOf;

namespace
{

struct Table {
	table t = {};
	explicit Table(const std::string &path)
	{
		EXPECT_OK(table_read(&t, path.c_str()));
	}
	Table(const Table &) = delete;
	~Table()
	{
		table_free(&t);
	}
	std::vector<std::string> columns() const
	{
		return std::vector<std::string>(t.columns, t.columns + t.n_columns);
	}
	std::string cell(int64_t row, const char *column) const
	{
		int64_t at = -1;
		EXPECT_OK(table_column(&t, column, &at));
		return at < 0 ? "" : table_cell(&t, row, at);
	}
	double number(int64_t row, const char *column) const
	{
		return strtod(cell(row, column).c_str(), nullptr);
	}
};

std::map<std::string, std::string> Contents(const std::string &folder)
{
	std::map<std::string, std::string> files;
	for (const std::string &name : FilesIn(folder))
		if (!std::filesystem::is_directory(folder + "/" + name))
			files[name] = ReadFile(folder + "/" + name);
	return files;
}

// How well the edges of two pictures meet when the second is moved by whole pixels.
double EdgesMeet(const float *a, const float *b, int64_t cols, int64_t rows, int right, int down)
{
	const int margin = 8;
	double sum = 0;
	for (int64_t r = margin; r < rows - margin; r++)
		for (int64_t c = margin; c < cols - margin; c++) {
			const float *p = a + r * cols + c, *q = b + (r - down) * cols + c - right;
			sum += (double)(p[1] - p[-1]) * (q[1] - q[-1]) + (double)(p[cols] - p[-cols]) * (q[cols] - q[-cols]);
		}
	return sum;
}

// Maps of a hip: the true bones lie where the film shows bones, and the head where the study says.
void ExpectTrueMapsOnTheFilm(const std::string &maps, const std::string &study, const std::string &visit, int hip)
{
	const std::string stem = maps + "/" + visit + "_side-" + "RL"[hip] + "_frame-0_desc-maps_xr";
	volume v = {};
	ASSERT_OK(nifti_read_image(&v, (stem + ".nii.gz").c_str()));
	const json *frames = nullptr;
	Json sidecar = Json::File(stem + ".json");
	frames = sidecar.at("frames");
	ASSERT_EQ(11u, json_size(frames));
	EXPECT_EQ("true_femur", Json::TextOf(json_at(frames, 6), "name"));
	EXPECT_EQ("true_femur_path", Json::TextOf(json_at(frames, 8), "name"));
	const int64_t cols = v.n[0], rows = v.n[1], pixels = cols * rows;
	const float *film = volume_f32(&v), *femur_path = film + 8 * pixels;
	// Each bone has a pose of its own; the shaft runs along the film, so that the femur's edges say less of down and up.
	for (int frame : { 6, 7 }) {
		const float *bone = film + frame * pixels;
		const double here = EdgesMeet(film, bone, cols, rows, 0, 0);
		EXPECT_GT(here, 0) << stem << " " << frame;
		for (auto moved : { std::pair<int, int>{ 3, 0 }, { -3, 0 }, { 0, 3 }, { 0, -3 } })
			EXPECT_LT(EdgesMeet(film, bone, cols, rows, moved.first, moved.second), (frame == 6 ? 1 : 0.5) * here)
				<< stem << " " << frame;
	}
	// The view: pixels of 2 mm, its middle 100 mm beside the film's; left hips are mirrored.
	double head[2], size[2];
	Json record = Json::File(study + "/truth/records/" + visit + ".json");
	Json taken = Json::File(study + "/" + visit.substr(0, visit.find('_')) + "/ses-01/xr/" + visit + "_view-AP_xr.json");
	ASSERT_OK(json_get_numbers(json_member(json_at(record.at("films"), 0), hip ? "left_femur" : "right_femur"),
		"head_centre_px", "test", head, 2));
	ASSERT_OK(json_get_numbers(taken.at("geometry"), "size", "test", size, 2));
	const double pixel_mm = Json::NumberOf(taken.at("geometry"), "pixel_mm");
	double across = (head[0] - (size[0] - 1) / 2) * pixel_mm, down = (head[1] - (size[1] - 1) / 2) * pixel_mm;
	int64_t c = std::lround(((hip ? -across : across) + 100) / 2 + ((double)cols - 1) / 2);
	int64_t r = std::lround(down / 2 + ((double)rows - 1) / 2);
	ASSERT_TRUE(c >= 0 && c < cols && r >= 0 && r < rows);
	EXPECT_GT(femur_path[r * cols + c], 3) << "cm through a head";
	EXPECT_LT(femur_path[r * cols + c], 6.5);
	volume_free(&v);
}

struct Study : testing::Test {
	ScratchFolder scratch;
	std::string study = scratch / "study";
	RunResult Synth(const std::string &out, int subjects, int seed, int sites = 2)
	{
		return RunXbmd({ "synth", "--out", out, "--subjects", std::to_string(subjects), "--sites",
			std::to_string(sites), "--seed", std::to_string(seed), "--quality", "fast" });
	}
	std::string Density(const std::string &participant)
	{
		return study + "/derivatives/xbmd/" + participant + "/ses-01/ct/" + participant +
		       "_ses-01_desc-density_ct.nii.gz";
	}
};

TEST_F(Study, SynthIsAFunctionOfItsSeed)
{
	ExpectDone(Synth(study, 1, 7, 1));
	ExpectDone(Synth(scratch / "again", 1, 7, 1));
	std::map<std::string, std::string> first = Contents(study), second = Contents(scratch / "again");
	ASSERT_GT(first.size(), 8u);
	for (const auto &file : first)
		EXPECT_TRUE(second[file.first] == file.second) << file.first;
	EXPECT_EQ(first.size(), second.size());
	ExpectRefused(Synth(study, 1, 7, 1), { 6 }, "synth", { study });
	ExpectDone(Synth(scratch / "other", 1, 8, 1));
	EXPECT_NE(ReadFile(study + "/truth/abmd.tsv"), ReadFile(scratch / "other/truth/abmd.tsv"));
}

// One damaged CT: the others are written, it is named; after its repair the same command finishes the work.
TEST_F(Study, CalibrateGoesRoundABadCase)
{
	ExpectDone(Synth(study, 3, 5));
	Table participants(study + "/participants.tsv");
	ASSERT_EQ(3, participants.t.n_rows);
	std::string bad = participants.cell(1, "participant_id"),
		    good = participants.cell(0, "participant_id");
	std::string ct = study + "/" + bad + "/ses-01/ct/" + bad + "_ses-01_ct.nii.gz", whole = ReadFile(ct);
	WriteFile(ct, whole.substr(0, whole.size() / 2));

	ExpectRefused(
		RunXbmd({ "calibrate", "--study", study }), { 5 }, "calibrate", { "1 of 4", "failures.tsv" });
	EXPECT_TRUE(FileExists(Density(good)));
	EXPECT_FALSE(FileExists(Density(bad)));
	{
		Table failures(study + "/derivatives/xbmd/failures.tsv");
		ASSERT_EQ(1, failures.t.n_rows);
		EXPECT_EQ(bad, failures.cell(0, "participant_id"));
		EXPECT_THAT(failures.cell(0, "reason"), HasSubstr(bad));
	}
	RunResult r = RunXbmd({ "dataset", "--study", study, "--split", "all", "--poses", "1", "--out",
		scratch / "set.h5" });
	ExpectRefused(r, { 5 }, "dataset", { "1 of 4" });
	EXPECT_THAT(r.err, HasSubstr(bad));

	std::string before = ReadFile(Density(good));
	WriteFile(ct, whole);
	ExpectDone(RunXbmd({ "calibrate", "--study", study }));
	EXPECT_TRUE(FileExists(Density(bad)));
	EXPECT_FALSE(FileExists(study + "/derivatives/xbmd/failures.tsv"));
	EXPECT_EQ(before, ReadFile(Density(good)));
	ExpectDone(RunXbmd({ "calibrate", "--study", study }));
}

// From CT to a validation table, thin: what is checked is that the stages meet, not what two steps of
// training learn.
TEST_F(Study, FromCtToAReport)
{
	const std::string set = scratch / "set.h5", run = scratch / "run", csv = scratch / "pred.csv";
	const std::string eval = scratch / "eval", page = scratch / "report.html";
	ExpectDone(Synth(study, 4, 3));
	ExpectRefused(RunXbmd({ "dataset", "--study", study, "--out", set }), { 3, 4 }, "dataset", { study });
	ExpectDone(RunXbmd({ "calibrate", "--study", study }));
	ExpectDone(RunXbmd({ "dataset", "--study", study, "--out", set, "--poses", "2", "--split", "all" }));
	ExpectRefused(RunXbmd({ "dataset", "--study", study, "--out", set }), { 6 }, "dataset", { "set.h5" });

	ExpectRefused(RunXbmd({ "train", "--dataset", set, "--out", run, "--steps", "2", "--resume" }), { 8 },
		"train", { run });
	ExpectRefused(RunXbmd({ "predict", "--run", run, "--study", study, "--out", csv }), { 8 }, "predict",
		{ run });
	WriteFile(scratch / "bad.yaml", "base: 8\nno_such_key: 1\n");
	ExpectRefused(RunXbmd({ "train", "--dataset", set, "--out", run, "--config", scratch / "bad.yaml" }),
		{ 2 }, "train", { "bad.yaml", "no_such_key" });
	WriteFile(scratch / "small.yaml", "base: 8\ncritic_base: 8\nbatch: 2\n");
	ExpectDone(RunXbmd({ "train", "--dataset", set, "--out", run, "--steps", "2", "--config",
		scratch / "small.yaml" }));
	ExpectRefused(RunXbmd({ "train", "--dataset", set, "--out", run, "--steps", "2" }), { 6 }, "train",
		{ run });

	ExpectDone(RunXbmd({ "predict", "--run", run, "--study", study, "--split", "all", "--out", csv, "--maps",
		scratch / "maps" }));
	{
		Table predicted(csv);
		EXPECT_EQ(10, predicted.t.n_rows) << "two hips of five visits";
		EXPECT_THAT(predicted.columns(),
			IsSupersetOf({ "participant_id", "session", "site", "side", "region", "abmd_g_cm2",
				"vbmd_mg_cm3", "dxa_g_cm2", "true_abmd_g_cm2", "ceiling_r" }));
		for (int64_t i = 0; i < predicted.t.n_rows; i++) {
			// Two steps may find no hip at all; then the row says so.
			bool found = predicted.cell(i, "abmd_g_cm2") != "n/a";
			EXPECT_EQ(found, predicted.cell(i, "note") == "n/a");
			EXPECT_EQ(found, predicted.cell(i, "vbmd_mg_cm3") != "n/a");
			EXPECT_TRUE(std::isfinite(predicted.number(i, "baseline_abmd_g_cm2")));
			EXPECT_GT(predicted.number(i, "dxa_g_cm2"), 0.2);
			EXPECT_GT(predicted.number(i, "true_abmd_g_cm2"), 0.2);
			EXPECT_GT(predicted.number(i, "ceiling_r"), 0.9) << "ten hips' mineral and DXA";
			EXPECT_THAT(predicted.cell(i, "side"), testing::AnyOf("L", "R"));
			std::string visit = predicted.cell(i, "participant_id") + "_" + predicted.cell(i, "session");
			if (predicted.cell(i, "session") == "ses-01")
				ExpectTrueMapsOnTheFilm(scratch / "maps", study, visit, predicted.cell(i, "side") == "L");
		}
	}
	ExpectRefused(RunXbmd({ "evaluate", "--table", csv, "--reference", "no_such_g_cm2", "--prediction",
			      "abmd_g_cm2", "--out", eval }),
		{ 2, 4 }, "evaluate", { "no_such_g_cm2" });
	EXPECT_FALSE(FileExists(eval + "/metrics.json"));
	ExpectRefused(RunXbmd({ "report", "--eval", eval, "--out", page }), { 3 }, "report", { eval });
	ExpectDone(RunXbmd({ "evaluate", "--table", csv, "--reference", "dxa_g_cm2", "--prediction",
		"baseline_abmd_g_cm2", "--where", "region=total_hip", "--threshold", "0.6", "--out", eval }));
	Json metrics = Json::File(eval + "/metrics.json");
	EXPECT_EQ(10, Json::NumberOf(metrics.at("pooled"), "n"));
	const json *sites = metrics.at("sites");
	ASSERT_TRUE(sites);
	double in_sites = 0;
	for (size_t i = 0; i < json_key_count(sites); i++)
		in_sites += Json::NumberOf(json_member(sites, json_key(sites, i)), "n");
	EXPECT_EQ(2u, json_key_count(sites));
	EXPECT_EQ(10, in_sites);
	for (const char *key : { "r", "mae", "bias", "sd" })
		EXPECT_TRUE(std::isfinite(Json::NumberOf(metrics.at("pooled"), key))) << key;
	ExpectDone(RunXbmd({ "report", "--eval", eval, "--out", page, "--maps", scratch / "maps" }));
	std::string html = ReadFile(page);
	EXPECT_THAT(html, HasSubstr("<svg"));
	EXPECT_THAT(html, HasSubstr("</html>"));
	EXPECT_THAT(html, HasSubstr("ynthetic")) << "a synthetic study says so";
	EXPECT_THAT(html, HasSubstr("True maps are the calibrated CT projected"));
	EXPECT_EQ(std::string::npos, html.find(scratch.path())) << "a path of this machine";
}

} // namespace

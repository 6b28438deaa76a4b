// The verbs calibrate and qct on made files: whole or absent outputs, refusals, studies.
#include <cstdio>
#include <gmock/gmock.h>
#include "ct/calibrate.h"
#include "host/files/json.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/files/table.h"
#include "tests/ct/made.h"
#include "tests/support/support.h"

extern "C" int cmd_calibrate(int argc, char **argv);
extern "C" int cmd_qct(int argc, char **argv);

namespace
{
using testing::HasSubstr;

// 0 or the exit code of the failure.
int Verb(int (*verb)(int, char **), std::vector<std::string> words)
{
	std::vector<char *> argv;
	words.insert(words.begin(), "verb");
	for (std::string &word : words)
		argv.push_back(&word[0]);
	argv.push_back(nullptr);
	testing::internal::CaptureStderr();
	err_clear();
	int rc = verb((int)words.size(), argv.data());
	testing::internal::GetCapturedStderr();
	return rc == 0 ? 0 : (int)err_code();
}

// Two digital femora of 300 mg/cm3 and five rods below; HU = 1.25 * density - 4.
struct MadeHips {
	Volume ct, labels;
	MadeHips() : ct(Grid(), Place().m, VOLUME_F32), labels(Grid(), Place().m, VOLUME_U16)
	{
		const DigitalFemur right(true, { 80, 0, 0 }), left(false, { -80, 0, 0 });
		for (int64_t i = 0; i < volume_count(ct.get()); i++) {
			const Point p = labels.world(i);
			double mg_cm3 = 0;
			uint16_t label = right.contains(p) ? 76 : left.contains(p) ? 75 : 0;
			if (label)
				mg_cm3 = 300;
			for (int rod = 0; rod < 5; rod++)
				if (std::hypot(p[0] - 40 * (rod - 2), p[1] + 60) <= 12) {
					label = (uint16_t)(116 + rod);
					mg_cm3 = 50 * rod;
				}
			volume_u16(labels.get())[i] = label;
			volume_f32(ct.get())[i] = (float)(1.25 * mg_cm3 - 4);
		}
	}
	static std::array<int64_t, 3> Grid()
	{
		return { 120, 62, 70 };
	}
	static Affine Place()
	{
		return Spacing(2.5, 2.5, 2.5, { -148.75, -80, -135 });
	}
	// A block of metal inside the bone.
	void metal(uint16_t label)
	{
		int left = 40;
		for (int64_t i = 0; i < volume_count(ct.get()) && left > 0; i++)
			if (volume_u16(labels.get())[i] == label) {
				volume_f32(ct.get())[i] = 3000;
				left--;
			}
	}
	void write(const std::string &ct_path, const std::string &labels_path)
	{
		ASSERT_OK(nifti_write(ct_path.c_str(), ct.get(), 1));
		ASSERT_OK(nifti_write(labels_path.c_str(), labels.get(), 1));
	}
};

std::string Cell(const struct table &t, int64_t row, const char *column)
{
	int64_t c = table_find_column(&t, column);
	return c < 0 ? "no column" : table_cell(&t, row, c);
}

double CellNumber(const struct table &t, int64_t row, const char *column)
{
	double number = NAN;
	EXPECT_EQ(0, table_number(&t, row, table_find_column(&t, column), &number)) << err_message();
	return number;
}
} // namespace

TEST(CmdCalibrate, WritesDensityAndSidecar)
{
	ScratchFolder s;
	MadeHips hips;
	hips.write(s / "ct.nii.gz", s / "seg.nii.gz");
	const std::vector<std::string> words = { "--ct", s / "ct.nii.gz", "--labels", s / "seg.nii.gz",
		"--label-map", "painted", "--out", s / "d.nii.gz" };
	ASSERT_EQ(0, Verb(cmd_calibrate, words)) << err_message();
	struct calibration c;
	ASSERT_OK(calibration_read_sidecar(&c, (s / "d.nii.gz").c_str()));
	EXPECT_NEAR(0.8, c.slope_mg_cm3_per_hu, 1e-6);
	EXPECT_NEAR(3.2, c.intercept_mg_cm3, 1e-4);
	EXPECT_TRUE(c.flags_known);
	EXPECT_EQ(0, c.n_flags);
	Volume density;
	ASSERT_OK(nifti_read_image(density.get(), (s / "d.nii.gz").c_str()));
	for (int64_t i = 0; i < volume_count(density.get()); i++) {
		double hu = (double)volume_f32(hips.ct.get())[i];
		ASSERT_NEAR(0.8 * hu + 3.2, (double)volume_f32(density.get())[i], 1e-3);
	}
	struct json *root;
	ASSERT_OK(json_read(&root, (s / "d.json").c_str()));
	const char *map;
	ASSERT_OK(json_get_text(json_member(root, "options"), "label-map", "d.json", &map));
	EXPECT_STREQ("painted", map);
	EXPECT_NE(nullptr, json_member(root, "version"));
	json_free(root);
	// Never overwritten unless asked for; the inputs never at all.
	EXPECT_EQ(EXIT_CODE_OUTPUT, Verb(cmd_calibrate, words));
	std::vector<std::string> again = words;
	again.push_back("--force");
	EXPECT_EQ(0, Verb(cmd_calibrate, again)) << err_message();
	EXPECT_EQ(
		EXIT_CODE_USAGE, Verb(cmd_calibrate, { "--ct", s / "ct.nii.gz", "--labels", s / "seg.nii.gz",
							     "--out", s / "ct.nii.gz", "--force" }));
	EXPECT_THAT(err_message(), HasSubstr("overwrite the input"));
}

TEST(CmdCalibrate, AppliesAGivenLine)
{
	ScratchFolder s;
	MadeHips hips;
	hips.metal(75);
	hips.write(s / "ct.nii.gz", s / "seg.nii.gz");
	WriteFile(s / "line.json",
		R"({"slope_mg_cm3_per_hu": 0.7, "intercept_mg_cm3": 1, "unit": "mgK2HPO4/cm3"})");
	// With labels: metal is looked for.
	ASSERT_EQ(0, Verb(cmd_calibrate,
			     { "--ct", s / "ct.nii.gz", "--labels", s / "seg.nii.gz", "--label-map",
				     "painted", "--calibration", s / "line.json", "--out", s / "a.nii.gz" }))
		<< err_message();
	struct calibration c;
	ASSERT_OK(calibration_read_sidecar(&c, (s / "a.nii.gz").c_str()));
	EXPECT_EQ(0.7, c.slope_mg_cm3_per_hu);
	EXPECT_STREQ("mgK2HPO4/cm3", c.unit);
	EXPECT_NE(nullptr, calibration_flag_of(&c, "femur_left"));
	EXPECT_EQ(nullptr, calibration_flag_of(&c, "femur_right"));
	// Without: it is not, and the sidecar says so.
	ASSERT_EQ(0, Verb(cmd_calibrate, { "--ct", s / "ct.nii.gz", "--calibration", s / "line.json", "--out",
						 s / "b.nii.gz" }))
		<< err_message();
	ASSERT_OK(calibration_read_sidecar(&c, (s / "b.nii.gz").c_str()));
	EXPECT_FALSE(c.flags_known);
	EXPECT_THAT(ReadFile(s / "b.json"), HasSubstr("\"flags\": null"));
	// The flags of the case a line was fitted on do not travel with it.
	ASSERT_EQ(0, Verb(cmd_calibrate, { "--ct", s / "ct.nii.gz", "--calibration", s / "a.json", "--out",
						 s / "c.nii.gz" }))
		<< err_message();
	ASSERT_OK(calibration_read_sidecar(&c, (s / "c.nii.gz").c_str()));
	EXPECT_FALSE(c.flags_known);
	EXPECT_EQ(0, c.n_flags);
}

TEST(CmdCalibrate, RefusalsLeaveNothing)
{
	ScratchFolder s;
	MadeHips hips;
	hips.write(s / "ct.nii.gz", s / "seg.nii.gz");
	EXPECT_EQ(EXIT_CODE_USAGE, Verb(cmd_calibrate, { "--out", s / "d.nii.gz" }));
	EXPECT_EQ(EXIT_CODE_USAGE, Verb(cmd_calibrate, { "--ct", s / "ct.nii.gz", "--out", s / "d.nii.gz" }));
	EXPECT_EQ(EXIT_CODE_USAGE, Verb(cmd_calibrate, { "--study", s.path(), "--ct", s / "ct.nii.gz" }));
	EXPECT_EQ(
		EXIT_CODE_USAGE, Verb(cmd_calibrate, { "--ct", s / "ct.nii.gz", "--labels", s / "seg.nii.gz",
							     "--phantom", "qrm", "--out", s / "d.nii.gz" }));
	EXPECT_EQ(EXIT_CODE_INPUT, Verb(cmd_calibrate, { "--ct", s / "no.nii.gz", "--labels",
							       s / "seg.nii.gz", "--out", s / "d.nii.gz" }));
	for (int64_t i = 0; i < volume_count(hips.labels.get()); i++)
		if (volume_u16(hips.labels.get())[i] > 116)
			volume_u16(hips.labels.get())[i] = 0;
	hips.write(s / "ct2.nii.gz", s / "seg2.nii.gz");
	EXPECT_EQ(
		EXIT_CODE_INVALID, Verb(cmd_calibrate, { "--ct", s / "ct2.nii.gz", "--labels",
							       s / "seg2.nii.gz", "--out", s / "d.nii.gz" }));
	EXPECT_THAT(err_message(), HasSubstr("seg2.nii.gz"));
	EXPECT_THAT(err_message(), HasSubstr("no phantom"));
	EXPECT_FALSE(FileExists(s / "d.nii.gz"));
	EXPECT_FALSE(FileExists(s / "d.json"));
	// The volume cannot be written: no sidecar stays behind.
	ASSERT_OK(path_make_folders((s / "e.nii.gz").c_str()));
	EXPECT_NE(0, Verb(cmd_calibrate, { "--ct", s / "ct.nii.gz", "--labels", s / "seg.nii.gz", "--out",
						 s / "e.nii.gz", "--force" }));
	EXPECT_FALSE(FileExists(s / "e.json"));
}

TEST(CmdCalibrate, StudyGoesOnAfterABadCase)
{
	ScratchFolder s;
	MadeHips hips;
	WriteFile(s / "dataset_description.json", R"({"Name": "made", "BIDSVersion": "1.8.0"})");
	WriteFile(s / "participants.tsv", "participant_id\tsite\nsub-A1\tA\nsub-A2\tA\nsub-B1\tB\n");
	for (const char *who : { "sub-A1", "sub-A2", "sub-B1" }) {
		const std::string folder = s / (std::string(who) + "/ses-01/ct");
		ASSERT_OK(path_make_folders(folder.c_str()));
		hips.write(
			folder + "/" + who + "_ses-01_ct.nii.gz", folder + "/" + who + "_ses-01_dseg.nii.gz");
	}
	const std::string bad = s / "sub-A2/ses-01/ct/sub-A2_ses-01_ct.nii.gz", good_bytes = ReadFile(bad);
	WriteFile(bad, good_bytes.substr(0, good_bytes.size() / 2));

	EXPECT_EQ(EXIT_CODE_PARTIAL,
		Verb(cmd_calibrate, { "--study", s.path(), "--label-map", "painted", "--jobs", "2" }));
	EXPECT_THAT(err_message(), HasSubstr("1 of 3"));
	const std::string root = s / "derivatives/xbmd/";
	auto density = [&](const std::string &who) {
		return root + who + "/ses-01/ct/" + who + "_ses-01_desc-density_ct";
	};
	for (const char *who : { "sub-A1", "sub-B1" }) {
		struct calibration c;
		EXPECT_TRUE(FileExists(density(who) + ".nii.gz"));
		EXPECT_OK(calibration_read_sidecar(&c, (density(who) + ".nii.gz").c_str()));
	}
	EXPECT_FALSE(FileExists(density("sub-A2") + ".nii.gz"));
	EXPECT_FALSE(FileExists(density("sub-A2") + ".json"));
	struct table t = {};
	ASSERT_OK(table_read(&t, (root + "failures.tsv").c_str()));
	ASSERT_EQ(1, t.n_rows);
	EXPECT_EQ("sub-A2", Cell(t, 0, "participant_id"));
	EXPECT_EQ("ses-01", Cell(t, 0, "session"));
	EXPECT_EQ("calibrate", Cell(t, 0, "stage"));
	EXPECT_THAT(Cell(t, 0, "reason"), HasSubstr("sub-A2_ses-01_ct.nii.gz"));
	table_free(&t);

	// Repaired: only the missing one is done, and the list of failures goes.
	WriteFile(bad, good_bytes);
	WriteFile(density("sub-A1") + ".nii.gz", "left alone");
	EXPECT_EQ(0, Verb(cmd_calibrate, { "--study", s.path(), "--label-map", "painted" })) << err_message();
	EXPECT_TRUE(FileExists(density("sub-A2") + ".json"));
	EXPECT_FALSE(FileExists(root + "failures.tsv"));
	EXPECT_EQ("left alone", ReadFile(density("sub-A1") + ".nii.gz"));
	EXPECT_EQ(0, Verb(cmd_calibrate, { "--study", s.path(), "--label-map", "painted", "--force" }))
		<< err_message();
	EXPECT_NE("left alone", ReadFile(density("sub-A1") + ".nii.gz"));
}

TEST(CmdQct, MeasuresBothHips)
{
	ScratchFolder s;
	MadeHips hips;
	hips.write(s / "ct.nii.gz", s / "seg.nii.gz");
	ASSERT_EQ(0, Verb(cmd_calibrate, { "--ct", s / "ct.nii.gz", "--labels", s / "seg.nii.gz",
						 "--label-map", "painted", "--out", s / "d.nii.gz" }))
		<< err_message();
	ASSERT_EQ(0, Verb(cmd_qct, { "--density", s / "d.nii.gz", "--labels", s / "seg.nii.gz", "--label-map",
					   "painted", "--out", s / "qct.csv" }))
		<< err_message();
	struct table t = {};
	ASSERT_OK(table_read(&t, (s / "qct.csv").c_str()));
	ASSERT_EQ(2, t.n_rows);
	EXPECT_EQ("R", Cell(t, 0, "side"));
	EXPECT_EQ("L", Cell(t, 1, "side"));
	for (int64_t row = 0; row < 2; row++) {
		EXPECT_EQ("total_hip", Cell(t, row, "region"));
		EXPECT_EQ("no", Cell(t, row, "truncated"));
		EXPECT_EQ("no", Cell(t, row, "metal"));
		EXPECT_EQ("n/a", Cell(t, row, "note"));
		EXPECT_NEAR(300, CellNumber(t, row, "vbmd_qct_mg_cm3"),
			0.01); // the bone is 300 mg/cm3 throughout
		EXPECT_NEAR(CellNumber(t, row, "bmc_g"),
			CellNumber(t, row, "abmd_qct_g_cm2") * CellNumber(t, row, "area_cm2"), 1e-6);
		EXPECT_NEAR(row == 0 ? 80 : -80, CellNumber(t, row, "head_x_mm"), 1);
		EXPECT_NEAR(0, CellNumber(t, row, "head_z_mm"), 1);
		EXPECT_NEAR(24, CellNumber(t, row, "head_radius_mm"), 0.7);
	}
	EXPECT_NEAR(CellNumber(t, 0, "abmd_qct_g_cm2"), CellNumber(t, 1, "abmd_qct_g_cm2"), 0.005);
	table_free(&t);
	struct json *root;
	double isocentre[3];
	ASSERT_OK(json_read(&root, (s / "qct.json").c_str()));
	ASSERT_OK(json_get_numbers(root, "isocentre_mm", "qct.json", isocentre, 3));
	for (double mm : isocentre)
		EXPECT_NEAR(0, mm, 1);
	json_free(root);
	// The density's own sidecar would be d.json.
	EXPECT_EQ(EXIT_CODE_USAGE,
		Verb(cmd_qct, { "--density", s / "d.nii.gz", "--labels", s / "seg.nii.gz", "--label-map",
				      "painted", "--out", s / "d.csv", "--force" }));
}

TEST(CmdQct, MetalRefusesOneHipThenAll)
{
	ScratchFolder s;
	MadeHips hips;
	auto qct = [&](const std::string &name) {
		hips.write(s / "ct.nii.gz", s / "seg.nii.gz");
		EXPECT_EQ(0, Verb(cmd_calibrate,
				     { "--ct", s / "ct.nii.gz", "--labels", s / "seg.nii.gz", "--label-map",
					     "painted", "--out", s / "d.nii.gz", "--force" }))
			<< err_message();
		return Verb(cmd_qct, { "--density", s / "d.nii.gz", "--labels", s / "seg.nii.gz",
					     "--label-map", "painted", "--out", s / name });
	};
	hips.metal(75);
	ASSERT_EQ(0, qct("one.tsv")) << err_message();
	struct table t = {};
	ASSERT_OK(table_read(&t, (s / "one.tsv").c_str()));
	ASSERT_EQ(2, t.n_rows);
	EXPECT_EQ("no", Cell(t, 0, "metal"));
	EXPECT_THAT(Cell(t, 1, "metal"), HasSubstr("yes: metal: "));
	EXPECT_THAT(Cell(t, 1, "note"), HasSubstr("refused"));
	for (const char *column :
		{ "abmd_qct_g_cm2", "vbmd_qct_mg_cm3", "bmc_g", "area_cm2", "head_x_mm", "truncated" })
		EXPECT_EQ("n/a", Cell(t, 1, column)) << column;
	table_free(&t);
	hips.metal(76);
	EXPECT_EQ(EXIT_CODE_INVALID, qct("none.csv"));
	EXPECT_THAT(err_message(), HasSubstr("no hip could be measured"));
	EXPECT_FALSE(FileExists(s / "none.csv"));
	EXPECT_FALSE(FileExists(s / "none.json"));
}

TEST(CmdQct, TakesADensityVolumeOnly)
{
	ScratchFolder s;
	MadeHips hips;
	hips.write(s / "ct.nii.gz", s / "seg.nii.gz");
	EXPECT_EQ(EXIT_CODE_INVALID, Verb(cmd_qct, { "--density", s / "ct.nii.gz", "--labels",
							   s / "seg.nii.gz", "--out", s / "q.csv" }));
	EXPECT_THAT(err_message(), HasSubstr("not a density volume"));
	EXPECT_FALSE(FileExists(s / "q.csv"));
}

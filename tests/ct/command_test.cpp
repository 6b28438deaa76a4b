// The verb calibrate on made files: whole or absent outputs, refusals, studies.
#include <cstdio>
#include <gmock/gmock.h>
#include "ct/calibrate.h"
#include "host/files/json.h"
#include "host/files/nifti.h"
#include "host/files/path.h"
#include "host/files/table.h"
#include "tests/ct/verb.h"
#include "tests/support/support.h"

extern "C" int cmd_calibrate(int argc, char **argv);

using testing::HasSubstr;

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


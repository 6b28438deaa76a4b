// What is wrong with a study: every finding.
#include <cstring>
#include <filesystem>
#include <set>
#include <string>
#include <gtest/gtest.h>
#include "eval/study_check.h"
#include "host/files/nifti.h"
#include "tests/host/files/dicom_film.h"
#include "tests/support/support.h"

namespace {

void WriteImage(const std::string &path, float value, double shift_mm, enum volume_type type = VOLUME_F32)
{
	struct volume v;
	const int64_t n[3] = { 4, 3, 2 };
	const double affine[4][4] = { { 1, 0, 0, shift_mm }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
	ASSERT_OK(volume_init(&v, n, affine, type));
	if (type == VOLUME_F32)
		volume_f32(&v)[5] = value;
	ASSERT_OK(nifti_write(path.c_str(), &v, 1));
	volume_free(&v);
}

std::multiset<std::string> Check(const std::string &root, bool images = true)
{
	struct study s;
	struct table t = {};
	std::multiset<std::string> found;
	EXPECT_OK(study_open(&s, root.c_str()));
	EXPECT_OK(study_check(&t, &s, images));
	for (int64_t i = 0; i < t.n_rows; i++)
		found.insert(std::string(table_cell(&t, i, 1)) + " " + table_cell(&t, i, 2) + ":" + table_cell(&t, i, 3));
	table_free(&t);
	study_free(&s);
	return found;
}

std::string MakeStudy(const std::string &root)
{
	for (const std::string id : { "sub-A1", "sub-A2" }) {
		const std::string session = root + "/" + id + "/ses-01/";
		std::filesystem::create_directories(session + "xr");
		std::filesystem::create_directories(session + "ct");
		WriteImage(session + "xr/" + id + "_ses-01_view-AP_xr.nii.gz", id == "sub-A1" ? 1 : 2, 0);
		WriteImage(session + "ct/" + id + "_ses-01_ct.nii.gz", 3, 0);
		WriteImage(session + "ct/" + id + "_ses-01_dseg.nii.gz", 0, 0, VOLUME_U8);
	}
	std::filesystem::create_directories(root + "/phenotype");
	WriteFile(root + "/participants.tsv", "participant_id\tsite\tage\nsub-A1\tA\t70\nsub-A2\tA\t80\n");
	WriteFile(root + "/phenotype/dxa.tsv", "participant_id\tvisit\tside\tregion\tbmd_g_cm2\nsub-A1\tses-01\tL\tneck\t0.7\n"
					       "sub-A2\tses-01\tR\tneck\t0.8\n");
	return root;
}

} // namespace

TEST(Check, AGoodStudyHasNoFinding)
{
	ScratchFolder scratch;
	EXPECT_EQ(Check(MakeStudy(scratch / "study")), std::multiset<std::string>{});
}

TEST(Check, TablesAreSearchedToTheEnd)
{
	ScratchFolder scratch;
	const std::string root = MakeStudy(scratch / "study");
	WriteFile(root + "/participants.tsv", "participant_id\tsite\tage\nsub-A1\tA\t700\nsub-A2\tA\told\nsub-A3\tA\tn/a\n");
	WriteFile(root + "/phenotype/dxa.tsv",
		"participant_id\tvisit\tside\tregion\tbmd_g_cm2\nsub-A1\tses-01\tleft\tfemoral neck\t0.7\nsub-A2\tses-01\tR\tneck\t800\n"
		"sub-A2\tses-01\tR\tneck\t0.8\nsub-X\tses-01\tR\tneck\tn/a\n");
	WriteFile(root + "/folds.tsv", "participant_id\tfold\nsub-A1\t1\nsub-A2\t1\nsub-A1\t2\nsub-Y\t1\n");
	const std::string dxa = "phenotype/dxa.tsv:";
	EXPECT_EQ(Check(root, false),
		(std::multiset<std::string>{ "out_of_range participants.tsv:2", "bad_value participants.tsv:3",
			"no_film participants.tsv:4", "no_dxa participants.tsv:4", "bad_side " + dxa + "2", "other_region " + dxa + "2", "out_of_range " + dxa + "3",
			"repeated_dxa " + dxa + "4", "unknown_participant " + dxa + "5", "two_folds folds.tsv:4",
			"unknown_participant folds.tsv:5" }));
}

TEST(Check, ImagesThatCannotBeRight)
{
	ScratchFolder scratch;
	const std::string root = MakeStudy(scratch / "study");
	const std::string film = "sub-A2/ses-01/xr/sub-A2_ses-01_view-AP_xr.nii.gz", other = "sub-A1/ses-01/xr/x_xr.nii.gz";
	WriteImage(root + "/" + film, 1, 0); // sub-A1's pixels
	WriteFile(root + "/" + other, "no image");
	WriteFile(root + "/sub-A1/ses-01/xr/y_xr.dcm", "x");
	WriteImage(root + "/sub-A1/ses-01/ct/sub-A1_ses-01_dseg.nii.gz", 0, 5, VOLUME_U8);
	WriteFile(root + "/sub-A2/ses-01/ct/sub-A2_ses-01_ct.nii.gz", "no image");
	WriteFile(root + "/sub-A2/ses-01/xr/sub-A2_ses-01_view-AP_xr.json", "{");
	EXPECT_EQ(Check(root),
		(std::multiset<std::string>{ "same_film " + film + ":n/a", "unreadable " + film + ":n/a", "unreadable " + other + ":n/a",
			(dicom_available() ? "unreadable" : "not_read") + std::string(" sub-A1/ses-01/xr/y_xr.dcm:n/a"), "other_grid sub-A1/ses-01/ct/sub-A1_ses-01_dseg.nii.gz:n/a",
			"unreadable sub-A2/ses-01/ct/sub-A2_ses-01_ct.nii.gz:n/a" }));
}

TEST(Check, DicomFiles)
{
	if (!dicom_available())
		GTEST_SKIP() << "a build without DICOM";
	ScratchFolder scratch;
	const std::string root = MakeStudy(scratch / "study"), first = root + "/sub-A1/ses-01/xr/sub-A1_ses-01_";
	const std::string second = "sub-A2/ses-01/xr/sub-A2_ses-01_side-R_view-AP_xr.dcm";
	MadeFilm film(false);
	film.Bytes(first + "view-AP_xr.dcm");
	EXPECT_EQ(Check(root), std::multiset<std::string>{});
	film.Bytes(first + "view-PA_xr.dcm"); // its tag says AP
	film.d.laterality[0] = 'L';
	film.Bytes(root + "/" + second);
	const std::string bare = "sub-A2/ses-01/xr/no-spacing_xr.dcm";
	WriteFile(root + "/" + bare, Without(Without(ReadFile(root + "/" + second), 0x0018, 0x1164), 0x0028, 0x0030));
	EXPECT_EQ(Check(root),
		(std::multiset<std::string>{ "other_view sub-A1/ses-01/xr/sub-A1_ses-01_view-PA_xr.dcm:n/a", "same_film " + second + ":n/a",
			"other_side " + second + ":n/a", "unreadable " + bare + ":n/a" }));
}

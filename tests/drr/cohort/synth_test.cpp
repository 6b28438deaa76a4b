#include "drr/cohort/synth.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <omp.h>
#include "drr/cohort/listing.h"
#include "host/files/nifti.h"
#include "host/files/study.h"
#include "tests/drr/cohort/cohort.h"

extern "C" int cmd_synth(int argc, char **argv);

namespace
{

namespace fs = std::filesystem;

struct synth_options Options(const std::string &out, int64_t subjects)
{
	return { .out = out.c_str(),
		.subjects = subjects,
		.sites = 2,
		.seed = 51,
		.quality = &kTiny,
		.force = false };
}

const char *const kFiles[] = { "ct/sub-A0003_ses-01_ct.nii.gz", "ct/sub-A0003_ses-01_dseg.nii.gz",
	"xr/sub-A0003_ses-01_view-AP_xr.nii.gz", "xr/sub-A0003_ses-01_view-AP_xr.json" };

TEST(Synth, MakesAStudy)
{
	ScratchFolder scratch;
	std::string root = scratch / "study";
	struct synth_options o = Options(root, 3);
	ASSERT_OK(synth_run(&o));
	struct study study;
	ASSERT_OK(study_open(&study, root.c_str()));
	ASSERT_EQ(3, study.n_sessions);
	EXPECT_STREQ("sub-A0001", study.sessions[0].participant);
	EXPECT_STREQ("ses-01", study.sessions[0].session);
	EXPECT_STREQ("siteA", study.sessions[0].site);
	EXPECT_STREQ("siteB", study.sessions[2].site);
	for (int64_t i = 0; i < 3; i++) {
		char path[PATH_BYTES];
		struct volume ct = {}, labels = {}, film = {};
		EXPECT_NE(0, study.sessions[i].split[0]);
		ASSERT_OK(study_path(path, root.c_str(), &study.sessions[i], STUDY_CT));
		ASSERT_OK(nifti_read_image(&ct, path));
		ASSERT_OK(study_path(path, root.c_str(), &study.sessions[i], STUDY_LABELS));
		ASSERT_OK(nifti_read_labels(&labels, path));
		EXPECT_OK(volume_same_grid(&ct, "ct", &labels, "labels"));
		ASSERT_OK(study_path(path, root.c_str(), &study.sessions[i], STUDY_XRAY));
		ASSERT_OK(nifti_read_image(&film, path));
		EXPECT_EQ(100, film.n[0]);
		EXPECT_EQ(80, film.n[1]);
		EXPECT_NEAR(-4, film.to_world[0][0], 1e-5);
		ASSERT_OK(study_path(path, root.c_str(), &study.sessions[i], STUDY_XRAY_JSON));
		EXPECT_TRUE(FileExists(path));
		volume_free(&ct);
		volume_free(&labels);
		volume_free(&film);
	}
	study_free(&study);
	struct table dxa, truth;
	int64_t column;
	double value;
	ASSERT_OK(table_read(&dxa, (root + "/phenotype/dxa.tsv").c_str()));
	EXPECT_EQ(6, dxa.n_rows);
	for (const char *name :
		{ "visit", "side", "region", "bmd_g_cm2", "t_score", "device", "days_from_index" })
		EXPECT_OK(table_column(&dxa, name, &column));
	ASSERT_OK(table_read(&truth, (root + "/truth/abmd.tsv").c_str()));
	ASSERT_EQ(6, truth.n_rows);
	ASSERT_OK(table_column(&truth, "true_abmd_g_cm2", &column));
	for (int64_t row = 0; row < 6; row++) {
		ASSERT_OK(table_number(&truth, row, column, &value));
		EXPECT_GT(value, 0.35);
		EXPECT_LT(value, 1.4);
	}
	ASSERT_OK(table_column(&truth, "head_x_mm", &column));
	ASSERT_OK(table_number(&truth, 0, column, &value));
	EXPECT_GT(value, 60); // the first row is the right hip
	table_free(&dxa);
	table_free(&truth);
	EXPECT_THAT(
		ReadFile(root + "/dataset_description.json"), ::testing::HasSubstr("\"Synthetic\": true"));
	EXPECT_THAT(ReadFile(root + "/.bidsignore"), ::testing::HasSubstr("ct/"));
	EXPECT_FALSE(FileExists(root + "/truth/unfinished.json"));
}

TEST(Synth, AParticipantAloneIsTheSameBytes)
{
	ScratchFolder scratch;
	std::string whole = scratch / "whole", alone = scratch / "alone";
	struct synth_options o = Options(whole, 3);
	struct device cpu = Cpu();
	struct record record;
	omp_set_num_threads(2);
	ASSERT_OK(synth_run(&o));
	omp_set_num_threads(1);
	ASSERT_OK(synth_subject(&record, &cpu, alone.c_str(), 2, &o));
	omp_set_num_threads(2);
	for (const char *file : kFiles) {
		std::string bytes = ReadFile(whole + "/sub-A0003/ses-01/" + file);
		EXPECT_GT(bytes.size(), 300u) << file;
		EXPECT_EQ(bytes, ReadFile(alone + "/sub-A0003/ses-01/" + file)) << file;
	}
	struct record kept = {};
	struct record_origin origin = { .seed = 51, .sites = 2, .quality = "tiny" };
	kept.person = record.person;
	ASSERT_EQ(0, record_read(&kept, &origin, (whole + "/truth/records/sub-A0003.json").c_str()))
		<< err_message();
	EXPECT_EQ(record.areal[1].dxa_g_cm2, kept.areal[1].dxa_g_cm2);
	EXPECT_EQ(record.areal[0].truth.abmd_g_cm2, kept.areal[0].truth.abmd_g_cm2);
	origin.seed = 52;
	EXPECT_EQ(1, record_read(&kept, &origin, (whole + "/truth/records/sub-A0003.json").c_str()));
}

TEST(Synth, GoesOnWhereItStopped)
{
	ScratchFolder scratch;
	std::string root = scratch / "study", ct = root + "/sub-A0001/ses-01/ct/sub-A0001_ses-01_ct.nii.gz";
	struct synth_options o = Options(root, 2);
	ASSERT_OK(synth_run(&o));
	std::string table = ReadFile(root + "/participants.tsv"), truth = ReadFile(root + "/truth/abmd.tsv");
	// As a stop leaves it: no participants.tsv, the mark, and the second participant missing.
	fs::remove(root + "/participants.tsv");
	fs::remove(root + "/truth/records/sub-B0002.json");
	fs::remove_all(root + "/sub-B0002");
	WriteFile(root + "/truth/unfinished.json", "{}\n");
	WriteFile(ct, "untouched");
	ASSERT_OK(synth_run(&o));
	EXPECT_EQ("untouched", ReadFile(ct));
	EXPECT_TRUE(FileExists(root + "/sub-B0002/ses-01/ct/sub-B0002_ses-01_ct.nii.gz"));
	EXPECT_EQ(table, ReadFile(root + "/participants.tsv"));
	EXPECT_EQ(truth, ReadFile(root + "/truth/abmd.tsv"));
}

TEST(Synth, RefusesAFolderInUse)
{
	ScratchFolder scratch;
	std::string root = scratch / "study";
	fs::create_directories(root);
	WriteFile(root + "/notes.txt", "mine");
	struct synth_options o = Options(root, 1);
	o.sites = 1;
	EXPECT_EQ(-1, synth_run(&o));
	EXPECT_EQ(EXIT_CODE_OUTPUT, err_code());
	EXPECT_THAT(err_message(), ::testing::HasSubstr("not empty"));
	EXPECT_FALSE(fs::exists(root + "/sub-A0001"));
	o.force = true;
	ASSERT_OK(synth_run(&o));
	EXPECT_EQ("mine", ReadFile(root + "/notes.txt"));
	// Forced again, everything is made again.
	std::string ct = root + "/sub-A0001/ses-01/ct/sub-A0001_ses-01_ct.nii.gz", bytes = ReadFile(ct);
	WriteFile(ct, "damaged");
	ASSERT_OK(synth_run(&o));
	EXPECT_EQ(bytes, ReadFile(ct));
	// A participant the new study would not have is not removed behind the user's back.
	fs::create_directories(root + "/sub-C0041");
	EXPECT_EQ(-1, synth_run(&o));
	EXPECT_THAT(err_message(), ::testing::HasSubstr("sub-C0041"));
}

TEST(Synth, SplitsEachSiteByParticipant)
{
	std::vector<struct record> records(40);
	std::vector<uint8_t> test(40), again(40);
	struct record_origin origin = { .seed = 5, .sites = 2, .quality = "fast" };
	for (int64_t i = 0; i < 40; i++)
		records[(size_t)i].person = person_sample(5, i, 2);
	listing_split(test.data(), records.data(), 40, &origin);
	listing_split(again.data(), records.data(), 40, &origin);
	EXPECT_EQ(test, again);
	int count[2] = {};
	for (size_t i = 0; i < 40; i++)
		count[records[i].person.site] += test[i];
	EXPECT_EQ(6, count[0]);
	EXPECT_EQ(6, count[1]);
	origin.seed = 6;
	listing_split(again.data(), records.data(), 40, &origin);
	EXPECT_NE(test, again);
}

int Command(std::vector<std::string> words)
{
	std::vector<char *> argv;
	words.insert(words.begin(), "synth");
	for (auto &w : words)
		argv.push_back(w.data());
	argv.push_back(nullptr);
	return cmd_synth((int)words.size(), argv.data());
}

TEST(CmdSynth, RefusesImpossibleNumbers)
{
	for (auto &words : std::vector<std::vector<std::string>>{ { "--out", "x", "--subjects", "0" },
		     { "--out", "x", "--sites", "27" }, { "--out", "x", "--subjects", "2", "--sites", "3" },
		     { "--out", "x", "--seed", "-1" }, { "--out", "x", "--quality", "best" },
		     { "--subjects", "2" } }) {
		EXPECT_EQ(-1, Command(words)) << words.back();
		EXPECT_EQ(EXIT_CODE_USAGE, err_code()) << words.back();
	}
	EXPECT_FALSE(FileExists("x"));
}

} // namespace

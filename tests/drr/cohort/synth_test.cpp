#include "drr/cohort/synth.h"

#include <cmath>
#include <filesystem>
#include <gmock/gmock.h>
#include <omp.h>
#include <sys/wait.h>
#include <unistd.h>
#include "drr/cohort/listing.h"
#include "drr/cohort/swap.h"
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
		.device = TheCpu(),
		.subjects = subjects,
		.sites = &Sites(),
		.seed = 51,
		.quality = &kTiny,
		.by_profile = false,
		.primary_films = true,
		.swap = false,
		.shard = 0,
		.shards = 0,
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
	ASSERT_EQ(3, study.n_sessions) << "no second visit under this seed";
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
	EXPECT_EQ(12, dxa.n_rows) << "two regions of two hips of three visits";
	for (const char *name :
		{ "visit", "side", "region", "bmd_g_cm2", "t_score", "device", "days_from_index", "synthetic",
			"ceiling_r" })
		EXPECT_OK(table_column(&dxa, name, &column));
	ASSERT_OK(table_read(&truth, (root + "/truth/abmd.tsv").c_str()));
	ASSERT_EQ(12, truth.n_rows);
	ASSERT_OK(table_column(&truth, "true_abmd_g_cm2", &column));
	for (int64_t row = 0; row < 12; row++) {
		ASSERT_OK(table_number(&truth, row, column, &value));
		EXPECT_GT(value, 0.35);
		EXPECT_LT(value, 1.4);
	}
	ASSERT_OK(table_column(&dxa, "days_from_index", &column));
	for (int64_t row = 0; row < 12; row++) { // within 400 days of an X-ray within 30 of the index visit
		ASSERT_OK(table_number(&dxa, row, column, &value));
		EXPECT_LE(std::fabs(value), 430);
	}
	int64_t qct;
	ASSERT_OK(table_column(&truth, "abmd_qct_g_cm2", &qct));
	ASSERT_OK(table_column(&truth, "true_abmd_g_cm2", &column));
	for (int64_t row = 0; row < 12; row++) {
		double truly;
		ASSERT_OK(table_number(&truth, row, qct, &value));
		ASSERT_OK(table_number(&truth, row, column, &truly));
		EXPECT_NEAR(truly, value, 0.25 * truly) << "a CT of 4 mm sees marrow fat and cut voxels";
	}
	struct table seen, known;
	ASSERT_OK(table_read(&seen, (root + "/participants.tsv").c_str()));
	ASSERT_OK(table_read(&known, (root + "/truth/participants.tsv").c_str()));
	for (const char *name : { "smoker", "treated", "previous_fracture" }) {
		EXPECT_OK(table_column(&seen, name, &column));
		EXPECT_THAT(ReadFile(root + "/participants.json"), ::testing::HasSubstr(name));
		ASSERT_OK(table_column(&known, name, &column));
		for (int64_t row = 0; row < 3; row++)
			EXPECT_FALSE(table_is_missing(table_cell(&known, row, column))) << "the truth has no gaps";
	}
	EXPECT_EQ(-1, table_find_column(&seen, "right_arthritis_grade")) << "that is for the truth alone";
	EXPECT_OK(table_column(&known, "right_arthritis_grade", &column));
	table_free(&seen);
	table_free(&known);
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
	struct record record;
	omp_set_num_threads(2);
	ASSERT_OK(synth_run(&o));
	omp_set_num_threads(1);
	ASSERT_OK(synth_subject(&record, alone.c_str(), 2, 0, &o));
	omp_set_num_threads(2);
	for (const char *file : kFiles) {
		std::string bytes = ReadFile(whole + "/sub-A0003/ses-01/" + file);
		EXPECT_GT(bytes.size(), 300u) << file;
		EXPECT_EQ(bytes, ReadFile(alone + "/sub-A0003/ses-01/" + file)) << file;
	}
	struct record kept = {};
	struct record_origin origin = { .seed = 51, .sites = &Sites(), .quality = "tiny", .films = "primary", .by_profile = false, .computed_on = "cpu" };
	kept.person = record.person;
	ASSERT_EQ(0, record_read(&kept, &origin, whole.c_str(), (whole + "/truth/records/sub-A0003_ses-01.json").c_str()))
		<< err_message();
	for (int region = 0; region < AREAL_REGIONS; region++)
		for (int side = 0; side < 2; side++) {
			const struct areal &made = record.areal[side], &read = kept.areal[side];
			EXPECT_EQ(made.truth[region].abmd_g_cm2, read.truth[region].abmd_g_cm2);
			EXPECT_EQ(made.qct_g_cm2[region], read.qct_g_cm2[region]);
			EXPECT_EQ(made.dxa[region].exact_g_cm2, read.dxa[region].exact_g_cm2);
			EXPECT_EQ(made.dxa[region].shown_g_cm2, read.dxa[region].shown_g_cm2);
		}
	origin.seed = 52;
	EXPECT_EQ(1, record_read(&kept, &origin, whole.c_str(), (whole + "/truth/records/sub-A0003_ses-01.json").c_str()));
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
	fs::remove(root + "/truth/records/sub-B0002_ses-01.json");
	fs::remove_all(root + "/sub-B0002");
	WriteFile(root + "/truth/unfinished.json", "{}\n");
	auto before = fs::last_write_time(ct);
	ASSERT_OK(synth_run(&o));
	EXPECT_EQ(before, fs::last_write_time(ct));
	// A file that was lost or cut is noticed, and its visit made again.
	std::string whole = ReadFile(ct);
	fs::remove(root + "/participants.tsv");
	WriteFile(root + "/truth/unfinished.json", "{}\n");
	WriteFile(ct, "cut");
	ASSERT_OK(synth_run(&o));
	EXPECT_EQ(whole, ReadFile(ct));
	EXPECT_TRUE(FileExists(root + "/sub-B0002/ses-01/ct/sub-B0002_ses-01_ct.nii.gz"));
	EXPECT_EQ(table, ReadFile(root + "/participants.tsv"));
	EXPECT_EQ(truth, ReadFile(root + "/truth/abmd.tsv"));
}

TEST(Synth, LeftoversOfAKillAtTheVeryEndAreSwept)
{
	ScratchFolder scratch;
	const std::string root = scratch / "study";
	struct synth_options o = Options(root, 1);
	ASSERT_OK(synth_run(&o));
	const std::string table = ReadFile(root + "/participants.tsv");
	const pid_t gone = fork();
	if (gone == 0)
		_exit(0);
	ASSERT_EQ(gone, waitpid(gone, nullptr, 0));
	// Killed when every table was there but the mark was not yet removed, and before that while the mark was written.
	const std::string dead = ".tmp-" + std::to_string(gone) + "-0", alive = ".tmp-" + std::to_string(getpid()) + "-900000";
	WriteFile(root + "/truth/unfinished.json", "{}\n");
	for (const char *name : { "/truth/unfinished.json", "/participants.tsv", "/phenotype/dxa.tsv" })
		WriteFile(root + name + dead, "half");
	WriteFile(root + "/manifest.tsv" + alive, "of a shard at work");
	ASSERT_OK(synth_run(&o));
	for (const char *name : { "/truth/unfinished.json", "/participants.tsv", "/phenotype/dxa.tsv" })
		EXPECT_FALSE(FileExists(root + name + dead)) << name;
	EXPECT_FALSE(FileExists(root + "/truth/unfinished.json"));
	EXPECT_TRUE(FileExists(root + "/manifest.tsv" + alive));
	EXPECT_EQ(table, ReadFile(root + "/participants.tsv"));
}

TEST(Synth, ShardsMakeTheSameStudy)
{
	ScratchFolder scratch;
	std::string whole = scratch / "whole", parts = scratch / "parts";
	struct synth_options o = Options(whole, 3);
	ASSERT_OK(synth_run(&o));
	o.out = parts.c_str();
	o.shards = 2;
	for (o.shard = 0; o.shard < 2; o.shard++) {
		EXPECT_FALSE(FileExists(parts + "/participants.tsv"));
		ASSERT_OK(synth_run(&o));
	}
	for (const char *file : { "/manifest.tsv", "/participants.tsv", "/truth/abmd.tsv", "/phenotype/dxa.tsv" })
		EXPECT_EQ(ReadFile(whole + file), ReadFile(parts + file)) << file;
}

TEST(Synth, SwapSetScalesTheTruth)
{
	ScratchFolder scratch;
	std::string root = scratch / "swap";
	struct synth_options o = Options(root, 2);
	struct table t;
	int64_t scale, truth;
	double a, b, m;
	o.swap = true;
	ASSERT_OK(synth_run(&o));
	ASSERT_OK(table_read(&t, (root + "/truth/swap.tsv").c_str()));
	ASSERT_EQ(2 * 2 * 2 * 7, t.n_rows);
	ASSERT_OK(table_column(&t, "mineral_scale", &scale));
	ASSERT_OK(table_column(&t, "true_abmd_g_cm2", &truth));
	ASSERT_OK(table_number(&t, 0, scale, &m));
	ASSERT_OK(table_number(&t, 0, truth, &a));
	ASSERT_OK(table_number(&t, 2, truth, &b));
	EXPECT_NEAR(0.8, m, 1e-9);
	EXPECT_NEAR(0.8 * b, a, 1e-6);
	// More mineral and more tissue both darken a negative: the film's sum rises with each.
	double sum[7];
	for (int i = 0; i < 7; i++) {
		struct volume film = {};
		std::string path = root + "/sub-A0001/ses-01/xr/sub-A0001_ses-01_swap-" + swap_films[i].name +
				   "_view-AP_xr.nii.gz";
		ASSERT_OK(nifti_read_image(&film, path.c_str()));
		sum[i] = 0;
		for (int64_t k = 0; k < volume_count(&film); k++)
			sum[i] += (double)volume_f32(&film)[k];
		volume_free(&film);
	}
	for (int i = 1; i < 5; i++)
		EXPECT_GT(sum[i], sum[i - 1]);
	EXPECT_LT(sum[5], sum[0]);
	EXPECT_GT(sum[6], sum[4]);
	table_free(&t);
}

// A hip with a nail is on CT and films and measured by nobody; the reason stands in every table.
TEST(Synth, AHipWithMetalIsLeftOut)
{
	ScratchFolder scratch;
	const std::string root = scratch / "study";
	struct sites sites;
	ASSERT_OK(sites_built_in(&sites, 1));
	sites.list[0].population.nails = 1;
	struct cohort cohort = { &sites, 51, false };
	enum anatomy_side side = ANATOMY_RIGHT;
	bool found = false;
	while (!found && cohort.seed < 400) { // the first participant with one nail
		cohort.seed++;
		const struct person p = cohort_person(&cohort, 0);
		const bool right = areal_exclusion(&p.anatomy, ANATOMY_RIGHT), left = areal_exclusion(&p.anatomy, ANATOMY_LEFT);
		found = right != left;
		side = right ? ANATOMY_RIGHT : ANATOMY_LEFT;
	}
	ASSERT_TRUE(found);
	struct synth_options o = Options(root, 1);
	o.sites = &sites;
	o.seed = cohort.seed;
	ASSERT_OK(synth_run(&o));
	const char *nailed = side == ANATOMY_RIGHT ? "R" : "L";
	for (const char *name : { "/phenotype/dxa.tsv", "/truth/abmd.tsv" }) {
		struct table t;
		int64_t bmd, why, where;
		ASSERT_OK(table_read(&t, (root + name).c_str()));
		ASSERT_OK(table_column(&t, name[1] == 'p' ? "bmd_g_cm2" : "true_abmd_g_cm2", &bmd));
		ASSERT_OK(table_column(&t, "excluded", &why));
		ASSERT_OK(table_column(&t, "side", &where));
		for (int64_t row = 0; row < t.n_rows; row++) {
			const bool out = std::string(table_cell(&t, row, where)) == nailed;
			EXPECT_EQ(out, table_is_missing(table_cell(&t, row, bmd))) << name;
			EXPECT_STREQ(out ? "metal" : "n/a", table_cell(&t, row, why)) << name;
		}
		table_free(&t);
	}
	// It is read back as it was written: nothing is made again.
	const std::string truth = ReadFile(root + "/truth/abmd.tsv");
	fs::remove(root + "/participants.tsv");
	WriteFile(root + "/truth/unfinished.json", "{}\n");
	const std::string ct = root + "/sub-A0001/ses-01/ct/sub-A0001_ses-01_ct.nii.gz";
	const auto before = fs::last_write_time(ct);
	ASSERT_OK(synth_run(&o));
	EXPECT_EQ(before, fs::last_write_time(ct));
	EXPECT_EQ(truth, ReadFile(root + "/truth/abmd.tsv"));
	struct volume hu = {};
	ASSERT_OK(nifti_read_image(&hu, ct.c_str()));
	float most = 0;
	for (int64_t i = 0; i < volume_count(&hu); i++)
		most = std::max(most, volume_f32(&hu)[i]);
	EXPECT_GT(most, 2000) << "the metal is on the CT";
	volume_free(&hu);
}

TEST(Synth, RefusesAFolderInUse)
{
	ScratchFolder scratch;
	std::string root = scratch / "study";
	fs::create_directories(root);
	WriteFile(root + "/notes.txt", "mine");
	struct synth_options o = Options(root, 1);
	struct sites one;
	ASSERT_OK(sites_built_in(&one, 1));
	o.sites = &one;
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
	struct record_origin origin = { .seed = 5, .sites = &Sites(), .quality = "fast", .films = "site", .by_profile = false, .computed_on = "cpu" };
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
		     { "--out", "x", "--seed", "-1" }, { "--out", "x", "--seed", "1000000000" },
		     { "--out", "x", "--shard", "3/2" }, { "--out", "x", "--quality", "best" },
		     { "--subjects", "2" } }) {
		EXPECT_EQ(-1, Command(words)) << words.back();
		EXPECT_EQ(EXIT_CODE_USAGE, err_code()) << words.back();
	}
	EXPECT_FALSE(FileExists("x"));
}

} // namespace

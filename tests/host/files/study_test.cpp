#include "host/files/hold_out.h"

#include <filesystem>
#include <gmock/gmock.h>
#include "tests/support/support.h"

using ::testing::HasSubstr;
namespace fs = std::filesystem;

class Study : public ::testing::Test
{
      protected:
	Study()
	{
		for (const char *folder : { "sub-B0002/ses-01", "sub-A0001/ses-02", "sub-A0001/ses-01",
			     "sub-A0010/ses-01", "derivatives/xbmd/sub-A0001/ses-01", "sub-C0003" })
			fs::create_directories(scratch_ / folder);
		WriteFile(scratch_ / "sub-file", "no folder");
		WriteFile(scratch_ / "sub-A0001/ses-file", "no folder");
		WriteFile(
			scratch_ / "participants.tsv", "participant_id\tsex\tsite\nsub-B0002\tF\tsiteB\nsub-"
						       "A0001\tM\tsiteA\nsub-A0010\tM\t\n");
		WriteFile(scratch_ / "splits.json",
			"{\"seed\": 1, \"unit\": \"participant\", \"splits\": "
			"{\"train\": [\"sub-A0001\"], \"test\": [\"sub-B0002\"]}}");
	}
	int Open()
	{
		return study_open(&s_, scratch_.path().c_str());
	}
	~Study() override
	{
		study_free(&s_);
	}
	ScratchFolder scratch_;
	study s_ = {};
};

TEST_F(Study, SessionsSortedWithSiteAndSplit)
{
	ASSERT_OK(Open());
	const char *expected[4][4] = { { "sub-A0001", "ses-01", "siteA", "train" },
		{ "sub-A0001", "ses-02", "siteA", "train" }, { "sub-A0010", "ses-01", "n/a", "" },
		{ "sub-B0002", "ses-01", "siteB", "test" } };
	ASSERT_EQ(4, s_.n_sessions);
	for (int i = 0; i < 4; i++) {
		EXPECT_STREQ(expected[i][0], s_.sessions[i].participant);
		EXPECT_STREQ(expected[i][1], s_.sessions[i].session);
		EXPECT_STREQ(expected[i][2], s_.sessions[i].site);
		EXPECT_STREQ(expected[i][3], s_.sessions[i].split);
	}
	EXPECT_EQ(3, s_.participants.n_rows);
	study_free(&s_);
	study_free(&s_);
}

TEST_F(Study, SplitsAndSitesAreOptional)
{
	fs::remove(scratch_ / "splits.json");
	WriteFile(scratch_ / "participants.tsv", "participant_id\nsub-A0001\n");
	ASSERT_OK(Open());
	ASSERT_EQ(4, s_.n_sessions);
	EXPECT_STREQ("n/a", s_.sessions[0].site);
	EXPECT_STREQ("", s_.sessions[0].split);
}

TEST_F(Study, Paths)
{
	study_session session = {};
	snprintf(session.participant, sizeof session.participant, "sub-X");
	snprintf(session.session, sizeof session.session, "ses-Y");
	const struct {
		study_file file;
		const char *path;
	} cases[] = {
		{ STUDY_CT, "R/sub-X/ses-Y/ct/sub-X_ses-Y_ct.nii.gz" },
		{ STUDY_LABELS, "R/sub-X/ses-Y/ct/sub-X_ses-Y_dseg.nii.gz" },
		{ STUDY_XRAY, "R/sub-X/ses-Y/xr/sub-X_ses-Y_view-AP_xr.nii.gz" },
		{ STUDY_XRAY_JSON, "R/sub-X/ses-Y/xr/sub-X_ses-Y_view-AP_xr.json" },
		{ STUDY_DENSITY, "R/derivatives/xbmd/sub-X/ses-Y/ct/sub-X_ses-Y_desc-density_ct.nii.gz" },
	};
	char path[PATH_BYTES];
	for (const auto &c : cases) {
		ASSERT_OK(study_path(path, "R", &session, c.file));
		EXPECT_STREQ(c.path, path);
	}
	EXPECT_EQ(-1, study_path(path, std::string(PATH_BYTES - 20, 'r').c_str(), &session, STUDY_CT));
}

TEST_F(Study, Refusals)
{
	const struct {
		const char *file, *text, *reason;
	} cases[] = {
		{ "participants.tsv", "id\tsite\nsub-A0001\tA\n", "no column 'participant_id'" },
		{ "participants.tsv", "participant_id\nA0001\n", "'A0001' does not begin with 'sub-'" },
		{ "participants.tsv", "participant_id\nsub-A0001\nsub-A0001\n",
			"'sub-A0001' is listed twice" },
		{ "splits.json", "{\"train\": []}", "\"splits\" is missing" },
		{ "splits.json", "{\"splits\": {\"train\": [3]}}", "no participant_id" },
		{ "splits.json", "{\"splits\": {\"train\": [\"sub-A0001\"], \"test\": [\"sub-A0001\"]}}",
			"'sub-A0001' is listed twice" },
		{ "splits.json", "{\"splits\": {\"a_rather_long_name_for_a_split\": [\"sub-A0001\"]}}",
			"longer than 15" },
		{ "splits.json", "{", "JSON" },
	};
	for (const auto &c : cases) {
		std::string path = scratch_ / c.file, good = ReadFile(path);
		WriteFile(path, c.text);
		EXPECT_EQ(-1, Open()) << c.reason;
		EXPECT_EQ(EXIT_CODE_INVALID, err_code()) << c.reason;
		EXPECT_THAT(err_message(), HasSubstr(c.reason));
		EXPECT_THAT(err_message(), HasSubstr(scratch_.path()));
		EXPECT_EQ(nullptr, s_.sessions);
		WriteFile(path, good);
	}
	fs::remove(scratch_ / "participants.tsv");
	EXPECT_EQ(-1, Open());
	EXPECT_EQ(EXIT_CODE_INPUT, err_code());
	EXPECT_THAT(err_message(), HasSubstr("participants.tsv"));
}

TEST_F(Study, HoldsOutAFold)
{
	WriteFile(scratch_ / "folds.tsv", "participant_id\tfold\nsub-A0001\t2\nsub-A0010\t1\nsub-B0002\t3\n");
	ASSERT_OK(Open());
	ASSERT_OK(hold_out(&s_, NULL));
	EXPECT_STREQ("train", s_.sessions[0].split);
	ASSERT_OK(hold_out(&s_, "fold=2"));
	for (int i = 0; i < 4; i++)
		EXPECT_STREQ(i < 2 ? "test" : "train", s_.sessions[i].split) << i;
	EXPECT_EQ(-1, hold_out(&s_, "fold=4"));
	EXPECT_THAT(err_message(), HasSubstr("fold=4 holds out no session"));
	WriteFile(scratch_ / "folds.tsv", "participant_id\tfold\nsub-A0001\t2\nsub-A0010\t1\n");
	EXPECT_EQ(-1, hold_out(&s_, "fold=2"));
	EXPECT_THAT(err_message(), HasSubstr("participant 'sub-B0002' has no fold"));
	WriteFile(scratch_ / "folds.tsv", "participant_id\tfold\nsub-A0001\t2\nsub-A0001\t1\n");
	EXPECT_EQ(-1, hold_out(&s_, "fold=2"));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_THAT(err_message(), HasSubstr("line 3: participant 'sub-A0001' is listed twice"));
}

TEST_F(Study, HoldsOutASite)
{
	ASSERT_OK(Open());
	ASSERT_OK(hold_out(&s_, "site=siteB"));
	for (int i = 0; i < 4; i++)
		EXPECT_STREQ(i == 3 ? "test" : "train", s_.sessions[i].split) << i;
	EXPECT_EQ(-1, hold_out(&s_, "site=siteC"));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_EQ(-1, hold_out(&s_, "3"));
	EXPECT_EQ(EXIT_CODE_USAGE, err_code());
}

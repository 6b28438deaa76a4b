// The study index: pairing of films and DXA, folds, the SQLite file.
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <gmock/gmock.h>
#include "eval/cmd_index.h"
#include "eval/database.h"
#include "eval/folds.h"
#include "eval/pairing.h"
#include "tests/eval/verbs.h"

using ::testing::HasSubstr;

namespace {

// A table from its text, freed at the end.
class Text {
public:
	explicit Text(const std::string &tsv)
	{
		ScratchFolder scratch;
		WriteFile(scratch / "t.tsv", tsv);
		EXPECT_OK(table_read(&t_, (scratch / "t.tsv").c_str()));
	}
	Text() = default;
	~Text() { table_free(&t_); }
	Text(const Text &) = delete;
	Text &operator=(const Text &) = delete;
	struct table *get() { return &t_; }
	// "a b c" of each row, in the order of the columns named.
	std::multiset<std::string> rows(const std::vector<const char *> &columns)
	{
		std::multiset<std::string> rows;
		for (int64_t i = 0; i < t_.n_rows; i++) {
			std::string row;
			for (const char *c : columns)
				row += (row.empty() ? "" : " ") + std::string(table_cell(&t_, i, table_find_column(&t_, c)));
			rows.insert(row);
		}
		return rows;
	}
private:
	struct table t_ = {};
};

int Index(std::vector<std::string> words)
{
	words.insert(words.begin(), { "index", "--quiet" });
	return RunVerb(cmd_index, words);
}

} // namespace

TEST(Pairing, NearestWithinTheWindowElseAReason)
{
	Text films("participant_id\tsession\tfile\tdays_from_index\n"
		   "sub-A\tses-1\ta1\t0\nsub-A\tses-2\ta2\t400\nsub-B\tses-1\tb1\t10\nsub-C\tses-1\tc1\tn/a\nsub-D\tses-1\td1\t0\n");
	Text dxa("participant_id\tside\tregion\tbmd_g_cm2\tdays_from_index\tdevice\n"
		 "sub-A\tL\ttotal_hip\t0.80\t-30\tge\n"  // nearest to a1
		 "sub-A\tL\ttotal_hip\t0.70\t300\tge\n"  // nearest to a2
		 "sub-A\tR\ttotal_hip\t0.85\t30\tge\n"   // as near to a1 as the next, and later
		 "sub-A\tR\ttotal_hip\t0.86\t-30\tge\n"
		 "sub-B\tL\ttotal_hip\tn/a\t10\tge\n"    // no value
		 "sub-B\tR\ttotal_hip\t0.9\t376\tge\n"   // a day too late
		 "sub-B\tR\tneck\t0.7\t375\tge\n"        // just in time
		 "sub-B\tL\tneck\t0.7\t20\tge\n"
		 "sub-B\tL\tneck\t0.6\t20\tge\n"         // two values of one day
		 "sub-C\tL\ttotal_hip\t0.9\t0\tge\n");
	Text pairs, excluded;
	ASSERT_OK(pairing_run(pairs.get(), excluded.get(), films.get(), dxa.get(), 365));
	EXPECT_EQ(pairs.rows({ "file", "side", "region", "bmd_g_cm2", "interval_days" }),
		(std::multiset<std::string>{ "a1 L total_hip 0.80 30", "a2 L total_hip 0.70 100", "a1 R total_hip 0.86 30",
			"b1 R neck 0.7 365" }));
	EXPECT_EQ(excluded.rows({ "file", "side", "region", "reason" }),
		(std::multiset<std::string>{ "a2 R total_hip outside_window", "b1 L total_hip no_bmd",
			"b1 R total_hip outside_window", "b1 L neck ambiguous_dxa", "c1 L total_hip no_date", "d1 n/a n/a no_dxa" }));
}

TEST(Folds, AreBalancedGroupedAndDueToTheSeedAlone)
{
	std::string people = "participant_id\tsite\n", reversed, dxa = "participant_id\tbmd_g_cm2\n";
	for (int i = 0; i < 60; i++) {
		std::string id = "sub-" + std::to_string(i);
		people += id + "\t" + (i % 4 ? "A" : "B") + "\n";
		reversed = id + "\t" + (i % 4 ? "A" : "B") + "\n" + reversed;
		dxa += id + "\t" + std::to_string(0.5 + 0.01 * ((i * 7) % 60)) + "\n" + id + "\t0.99\n";
	}
	reversed = "participant_id\tsite\n" + reversed;
	Text a(people), b(reversed), d(dxa), one, two, other;
	ASSERT_OK(folds_make(one.get(), a.get(), d.get(), 5, 3));
	ASSERT_OK(folds_make(two.get(), b.get(), d.get(), 5, 3));
	ASSERT_OK(folds_make(other.get(), a.get(), d.get(), 5, 4));
	EXPECT_EQ(one.rows({ "participant_id", "fold" }), two.rows({ "participant_id", "fold" })) << "whatever the order";
	EXPECT_NE(one.rows({ "participant_id", "fold" }), other.rows({ "participant_id", "fold" }));
	EXPECT_EQ(one.rows({ "participant_id" }).size(), 60u);
	std::multiset<std::string> folds = one.rows({ "fold" }), strata = one.rows({ "site", "fold" });
	for (const char *fold : { "1", "2", "3", "4", "5" }) {
		EXPECT_EQ(folds.count(fold), 12u);
		EXPECT_EQ(strata.count(std::string("B ") + fold), 3u) << "15 of site B in five folds";
	}
	for (const std::string &stratum : one.rows({ "site", "stratum" })) {
		std::multiset<std::string> in = one.rows({ "site", "stratum", "fold" });
		size_t least = 99, most = 0;
		for (const char *fold : { "1", "2", "3", "4", "5" }) {
			least = std::min(least, in.count(stratum + " " + fold));
			most = std::max(most, in.count(stratum + " " + fold));
		}
		EXPECT_LE(most - least, 1u) << stratum;
	}
	Text none;
	EXPECT_EQ(folds_make(none.get(), a.get(), d.get(), 61, 1), -1);
}

TEST(Index, IsMadeAgainFromTheFiles)
{
	ScratchFolder scratch;
	const std::string study = scratch / "study";
	for (const char *id : { "sub-A1", "sub-A2", "sub-B1" }) {
		std::filesystem::create_directories(study + "/" + id + "/ses-01/xr");
		std::filesystem::create_directories(study + "/" + id + "/ses-01/ct");
		WriteFile(study + "/" + id + "/ses-01/xr/" + id + "_ses-01_view-AP_xr.nii.gz", "");
	}
	std::filesystem::create_directories(study + "/phenotype");
	WriteFile(study + "/participants.tsv", "participant_id\tsite\nsub-A1\tA's \"site\"\nsub-A2\tA\nsub-B1\tB\n");
	WriteFile(study + "/sub-A2/sub-A2_scans.tsv", "filename\tdays_from_index\nses-01/xr/sub-A2_ses-01_view-AP_xr.nii.gz\t500\n");
	WriteFile(study + "/phenotype/dxa.tsv", "participant_id\tside\tregion\tbmd_g_cm2\tdays_from_index\n"
						"sub-A1\tL\tneck\t0.7\t20\nsub-A2\tL\tneck\t0.8\t20\nsub-A2\tR\tneck\t0.8\t200\n");
	ASSERT_OK(Index({ "--study", study, "--folds", "2" }));
	const std::string file = study + "/derivatives/xbmd/index.sqlite";
	Text joined;
	ASSERT_OK(database_query(joined.get(), file.c_str(),
		"SELECT f.participant_id AS id, p.side AS side, p.bmd_g_cm2 + 0.1 AS more, q.site AS site FROM films f JOIN pairs p "
		"USING (file) JOIN participants q ON q.participant_id = f.participant_id"));
	EXPECT_EQ(joined.rows({ "id", "side", "site" }), (std::multiset<std::string>{ "sub-A1 L A's \"site\"", "sub-A2 R A" }));
	Text excluded;
	ASSERT_OK(database_query(excluded.get(), file.c_str(), "SELECT participant_id, side, reason FROM excluded"));
	EXPECT_EQ(excluded.rows({ "participant_id", "side", "reason" }),
		(std::multiset<std::string>{ "sub-A2 L outside_window", "sub-B1 n/a no_dxa" }));
	// The folds are the user's once they are there.
	WriteFile(study + "/folds.tsv", "participant_id\tfold\nsub-A1\t2\nsub-A2\t2\nsub-B1\t1\n");
	const std::string before = ReadFile(file);
	ASSERT_OK(Index({ "--study", study }));
	Text folds;
	ASSERT_OK(database_query(folds.get(), file.c_str(), "SELECT participant_id FROM folds WHERE fold = 2"));
	EXPECT_EQ(folds.rows({ "participant_id" }), (std::multiset<std::string>{ "sub-A1", "sub-A2" }));
	const std::string after = ReadFile(file);
	ASSERT_OK(Index({ "--study", study }));
	EXPECT_EQ(ReadFile(file), after) << "the same files give the same bytes";
	Text write;
	EXPECT_EQ(database_query(write.get(), file.c_str(), "DELETE FROM films"), -1) << "read-only";
	const std::string people = ReadFile(study + "/participants.tsv");
	WriteFile(study + "/participants.tsv", "participant_id\tsite\n");
	EXPECT_EQ(Index({ "--study", study }), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_INVALID);
	WriteFile(study + "/participants.tsv", people);
	EXPECT_EQ(Index({ "--study", study, "--out", study + "/participants.tsv" }), -1) << "no index: stays";
	EXPECT_EQ(err_code(), EXIT_CODE_OUTPUT);
	EXPECT_EQ(ReadFile(study + "/participants.tsv"), people);
	EXPECT_EQ(Index({ "--study", scratch / "none" }), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_INPUT);
}

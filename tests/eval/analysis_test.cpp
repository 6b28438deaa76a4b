// What evaluate computes beside metrics.json: estimates.csv and decision.csv.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>
#include <gmock/gmock.h>
#include "eval/criterion.h"
#include "eval/results.h"
#include "eval/sbmd.h"
#include "eval/stats/bootstrap.h"
#include "tests/eval/estimates.h"
#include "tests/eval/stats/oracles.h"
#include "tests/eval/verbs.h"

using ::testing::HasSubstr;

namespace {

std::string Text(double x)
{
	char text[40];
	snprintf(text, sizeof(text), "%.17g", x);
	return text;
}

std::vector<std::string> Words(const std::string &table, const std::string &out, const std::vector<std::string> &more = {})
{
	std::vector<std::string> words = { "--table", table, "--reference", "dxa_g_cm2", "--prediction", "abmd_g_cm2", "--out",
		out };
	words.insert(words.end(), more.begin(), more.end());
	return words;
}

// Five sites, both hips of each patient, men and women, two makers.
std::vector<std::string> CohortRows(int n_patients)
{
	std::mt19937 generator(11);
	std::normal_distribution<double> normal;
	std::vector<std::string> rows;
	for (int p = 0; p < n_patients; p++) {
		int age = 50 + (int)(generator() % 40);
		double weight = 55 + 8 * normal(generator), base = 0.95 - 0.005 * (age - 50) + 0.1 * normal(generator);
		for (int side = 0; side < 2; side++) {
			double x = base + 0.02 * normal(generator), y = x + 0.01 * (p % 5) + 0.05 * normal(generator);
			rows.push_back("P" + std::to_string(p) + ",H" + std::to_string(p % 5) + "," + (side ? "R" : "L") + "," +
				(p % 3 ? "F" : "M") + "," + std::to_string(age) + "," + Text(weight) + "," +
				(p % 2 ? "hologic" : "GE") + "," + Text(x) + "," + Text(y) + "\n");
		}
	}
	return rows;
}
std::string Csv(const std::vector<std::string> &rows)
{
	std::string csv = "participant_id,site,side,sex,age,weight,maker,dxa_g_cm2,abmd_g_cm2\n";
	for (const std::string &row : rows)
		csv += row;
	return csv;
}

const std::vector<std::string> kEverything = { "--threshold", "0.72", "--milder", "value<=0.85", "--key",
	"participant_id,side", "--compare", "weight", "--osta", "age,weight", "--covariates", "age,weight,sex", "--subgroups",
	"sex,age:60:75", "--development", "H0,H1", "--repeats", "sex" };

} // namespace

TEST(Analysis, PeakFlowThroughTheVerb)
{
	ScratchFolder scratch;
	std::string csv = "dxa_g_cm2,abmd_g_cm2\n";
	for (size_t i = 0; i < 17; i++)
		csv += Text(PefrWright()[i]) + "," + Text(PefrMini()[i]) + "\n";
	WriteFile(scratch / "t.csv", csv);
	ASSERT_OK(Evaluate(Words(scratch / "t.csv", scratch / "eval")));
	Estimates e(scratch / "eval");
	EXPECT_9(e.number("pooled", "", "r"), .943279446891);
	EXPECT_9(e.number("pooled", "", "r", "lo"), .846358808792);
	EXPECT_EQ(e.text("pooled", "", "r", "method"), "Fisher z");
	EXPECT_9(e.number("pooled", "", "icc_2_1"), .9459284056);
	EXPECT_9(e.number("pooled", "", "icc_2_1", "hi"), .9800786591);
	EXPECT_9(e.number("pooled", "", "ccc", "lo"), .850491873169);
	EXPECT_9(e.number("pooled", "", "deming_slope"), 0.970880819765);
	EXPECT_9(e.number("pooled", "", "passing_bablok_slope", "hi"), 1.3968253968);
	EXPECT_9(e.number("pooled", "", "bias"), 2.11764705882);
	EXPECT_9(e.number("pooled", "", "calibration_in_the_large", "hi"), 17.813543579);
	EXPECT_EQ(e.text("pooled", "", "auc", "reason"), "no disease defined by --threshold, --criterion or --positive");
	EXPECT_EQ(e.text("pooled", "", "n_patients", "reason"), "no patient column");
}

// Every figure has an estimate, or a reason why not; every interval surrounds its estimate.
TEST(Analysis, EveryGapHasAReason)
{
	ScratchFolder scratch;
	WriteFile(scratch / "t.csv", Csv(CohortRows(60)));
	ASSERT_OK(Evaluate(Words(scratch / "t.csv", scratch / "eval", kEverything)));
	Estimates e(scratch / "eval");
	const struct table *t = e.table();
	EXPECT_GT(t->n_rows, 800);
	for (int64_t i = 0; i < t->n_rows; i++) {
		double value, lo, hi;
		ASSERT_OK(table_number(t, i, 3, &value));
		ASSERT_OK(table_number(t, i, 4, &lo));
		ASSERT_OK(table_number(t, i, 5, &hi));
		if (std::isnan(value)) {
			EXPECT_STRNE(table_cell(t, i, 8), "n/a") << table_cell(t, i, 0) << " " << table_cell(t, i, 2);
		}
		if (!std::isnan(lo)) {
			EXPECT_LE(lo, value) << table_cell(t, i, 1) << " " << table_cell(t, i, 2);
			EXPECT_GE(hi, value) << table_cell(t, i, 1) << " " << table_cell(t, i, 2);
		}
	}
}

TEST(Analysis, RepeatedPatientsLead)
{
	ScratchFolder scratch;
	WriteFile(scratch / "t.csv", Csv(CohortRows(400)));
	ASSERT_OK(Evaluate(Words(scratch / "t.csv", scratch / "eval", { "--threshold", "0.72" })));
	Estimates e(scratch / "eval");
	Metrics m(scratch / "eval");
	EXPECT_EQ(e.text("pooled", "", "auc", "method"), "Obuchowski, clustered by patient");
	EXPECT_EQ(e.text("pooled", "", "r", "method"), "bootstrap by patient");
	EXPECT_EQ(e.number("pooled", "", "auc", "lo"), m.number("", "auc_clustered_lo"));
	EXPECT_EQ(e.number("pooled", "", "auc_delong", "lo"), m.number("", "auc_lo"));
	EXPECT_EQ(m.number("", "auc_headline_lo"), m.number("", "auc_clustered_lo"));
	EXPECT_EQ(m.number("H2", "r_headline_hi"), e.number("site", "H2", "r", "hi"));
	// The meta-analysis takes the clustered errors: two sites' weights follow from them.
	EXPECT_EQ(e.number("meta", "sites", "auc", "n"), 5);
	EXPECT_NE(e.row("leave_one_site_out", "H4", "auc"), -1);
	EXPECT_GT(e.number("recalibration", "H4", "mae_uncalibrated_5_patients"),
		e.number("recalibration", "H4", "mae_after_shift_5_patients"));
}

// Every percentile interval has a BCa one beside it, of the same figure; with few rows the two differ.
TEST(Analysis, BcaBesidePercentile)
{
	ScratchFolder scratch;
	WriteFile(scratch / "t.csv", Csv(CohortRows(12)));
	ASSERT_OK(Evaluate(Words(scratch / "t.csv", scratch / "eval", { "--threshold", "0.72", "--bootstrap", "400" })));
	Estimates e(scratch / "eval");
	int pairs = 0, differing = 0;
	for (int64_t i = 0; i < e.table()->n_rows; i++) {
		std::string name = table_cell(e.table(), i, 2), level = table_cell(e.table(), i, 0);
		size_t end = name.rfind("_bootstrap");
		if (level != "pooled" || end == std::string::npos)
			continue;
		const std::string bca = name.substr(0, end) + "_bca";
		pairs++;
		EXPECT_EQ(e.text("pooled", "", bca, "estimate"), e.text("pooled", "", name, "estimate"));
		differing += e.text("pooled", "", bca, "lo") != e.text("pooled", "", name, "lo");
	}
	EXPECT_EQ(pairs, (int)BOOTSTRAP_COUNT);
	EXPECT_GT(differing, pairs / 2);
	EXPECT_EQ(e.text("pooled", "", "auc", "method"), "Obuchowski, clustered by patient") << "the default stays";
}

TEST(Analysis, SameBytesOnAnyThreadCountAndRowOrder)
{
	ScratchFolder scratch;
	std::vector<std::string> rows = CohortRows(50);
	WriteFile(scratch / "t.csv", Csv(rows));
	const char *before = getenv("OMP_NUM_THREADS");
	const std::string kept = before ? before : "";
	setenv("OMP_NUM_THREADS", "1", 1);
	ASSERT_OK(Evaluate(Words(scratch / "t.csv", scratch / "one", kEverything)));
	setenv("OMP_NUM_THREADS", "3", 1);
	std::shuffle(rows.begin(), rows.end(), std::mt19937(2));
	WriteFile(scratch / "t.csv", Csv(rows));
	ASSERT_OK(Evaluate(Words(scratch / "t.csv", scratch / "three", kEverything)));
	if (before)
		setenv("OMP_NUM_THREADS", kept.c_str(), 1);
	else
		unsetenv("OMP_NUM_THREADS");
	for (const char *name : { RESULTS_METRICS_JSON, RESULTS_ESTIMATES, RESULTS_DECISION, RESULTS_POINTS }) {
		EXPECT_GT(ReadFile(scratch / "one" + "/" + name).size(), 500u);
		EXPECT_EQ(ReadFile(scratch / "one" + "/" + name), ReadFile(scratch / "three" + "/" + name)) << name;
	}
}

TEST(Analysis, DegenerateTablesAreReasonsNotFailures)
{
	const char *const tables[] = {
		"dxa_g_cm2,abmd_g_cm2,site\n0.9,0.8,A\n",                                        // one row
		"dxa_g_cm2,abmd_g_cm2,site\n0.9,0.8,A\n0.5,0.6,B\n",                             // two, one a site
		"dxa_g_cm2,abmd_g_cm2,site\n0.9,0.8,A\n0.9,0.7,A\n0.9,0.75,A\n0.9,0.71,A\n",     // one class, constant reference
		"dxa_g_cm2,abmd_g_cm2,site\n0.5,0.6,A\n0.55,0.6,A\n0.9,0.6,A\n0.95,0.6,A\n",     // constant prediction
		"dxa_g_cm2,abmd_g_cm2,site\n0.5,0.5,A\n0.55,0.55,A\n0.9,0.9,B\n0.95,0.95,B\n",   // exact, AUC 1
		"dxa_g_cm2,abmd_g_cm2,site\n0.5,0.6,A\n0.55,n/a,B\n0.9,0.8,A\n0.95,0.9,A\n",     // a site without a row
	};
	for (const char *csv : tables) {
		ScratchFolder scratch;
		WriteFile(scratch / "t.csv", csv);
		ASSERT_OK(Evaluate(Words(scratch / "t.csv", scratch / "eval", { "--threshold", "0.72", "--bootstrap", "100" }))) << csv;
		Estimates e(scratch / "eval");
		for (int64_t i = 0; i < e.table()->n_rows; i++)
			EXPECT_TRUE(table_cell(e.table(), i, 3) != std::string("n/a") ||
				table_cell(e.table(), i, 8) != std::string("n/a"))
				<< csv << table_cell(e.table(), i, 2);
		EXPECT_THAT(ReadFile(scratch / "eval/estimates.csv"), ::testing::Not(HasSubstr("nan")));
		EXPECT_THAT(ReadFile(scratch / "eval/estimates.csv"), ::testing::Not(HasSubstr("inf,")));
		ASSERT_OK(Report({ "--eval", scratch / "eval", "--out", scratch / "report.html" }));
	}
}

TEST(Analysis, BadTablesAreRefusedWithRowAndColumn)
{
	ScratchFolder scratch;
	const std::string table = scratch / "t.csv", out = scratch / "eval";
	auto refused = [&](const char *csv, const std::vector<std::string> &more, const char *text) {
		WriteFile(table, csv);
		EXPECT_EQ(Evaluate(Words(table, out, more)), -1) << csv;
		EXPECT_EQ(err_code(), EXIT_CODE_INVALID) << err_message();
		EXPECT_THAT(err_message(), HasSubstr(text));
		EXPECT_FALSE(FileExists(out));
	};
	refused("dxa_g_cm2,abmd_g_cm2\n0.5,0.6\n0.7,NaN\n", {}, "line 3, column 'abmd_g_cm2': NaN");
	refused("dxa_g_cm2,abmd_g_cm2\n0.5,0.6\nx1,0.7\n", {}, "line 3, column 'dxa_g_cm2': 'x1'");
	refused("dxa_g_cm2,abmd_g_cm2\n0.5,inf\n", {}, "line 2, column 'abmd_g_cm2'");
	refused("dxa_g_cm2\n0.5\n", {}, "no column 'abmd_g_cm2'");
	refused("participant_id,dxa_g_cm2,abmd_g_cm2\nP1,0.5,0.6\nP2,0.5,0.6\nP1,0.5,0.6\n", {},
		"line 4: the same row as line 2");
	refused("participant_id,side,dxa_g_cm2,abmd_g_cm2\nP1,L,0.5,0.6\nP1,L,0.7,0.6\n", { "--key", "participant_id,side" },
		"line 3: the same participant_id,side as line 2");
	refused("dxa_g_cm2,abmd_g_cm2,age\n0.5,0.6,old\n0.8,0.9,60\n", { "--threshold", "0.7", "--covariates", "age" },
		"line 2, column 'age'");
	refused("dxa_g_cm2,abmd_g_cm2,age\n0.5,0.6,old\n0.8,0.9,60\n", { "--subgroups", "age:65" }, "line 2, column 'age'");
	refused("dxa_g_cm2,abmd_g_cm2,device\n0.5,0.6,acme\n", { "--sbmd", "neck", "--prediction-device", "hologic" },
		"line 2: no standardized BMD is known for the device 'acme'");
	refused("dxa_g_cm2,abmd_g_cm2,site\n0.5,0.6,A\n", { "--threshold", "0.7", "--development", "B" }, "no site is called 'B'");
}

TEST(Analysis, ThresholdsBySexAndDeviceUnrounded)
{
	ScratchFolder scratch;
	const std::string table = scratch / "t.csv", young = scratch / "young.tsv";
	WriteFile(young, "sex\tdevice\tmean\tsd\tsource\nF\t*\t1.0\t0.1\ta table\nF\tge\t1.1\t0.1\ta table\nM\t*\t1.2\t0.2\ta table\n");
	// T of the reference: -2.5, just above, -2.5 (GE), -2.5 (M, SD 0.2), healthy.
	WriteFile(table, "sex,device,dxa_g_cm2,abmd_g_cm2\nF,hologic,0.75,0.7\nF,hologic,0.7500001,0.7\nF,GE,0.85,0.9\n"
			 "M,x,0.7,0.71\nF,hologic,0.9,0.95\n");
	ASSERT_OK(Evaluate(Words(table, scratch / "eval", { "--criterion", "t<=-2.5", "--milder", "t<=-1", "--young-adults", young })));
	Estimates e(scratch / "eval");
	EXPECT_EQ(e.number("pooled", "", "n_diseased"), 3);
	EXPECT_EQ(e.number("pooled", "", "classes_n_diseased_called_diseased"), 1);
	EXPECT_EQ(e.number("pooled", "", "classes_n_diseased_called_milder"), 2) << "GE 0.9: T -2; man 0.71: T -2.45";
	EXPECT_EQ(e.number("pooled", "", "classes_n_milder_called_diseased"), 1);
	EXPECT_EQ(e.number("pooled", "", "classes_n_milder_called_normal"), 1) << "0.9 is T -1, 0.95 is -0.5";
	EXPECT_EQ(Evaluate(Words(table, scratch / "no", { "--criterion", "t<=-2.5" })), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_USAGE);
	WriteFile(young, "sex\tdevice\tmean\tsd\tsource\nF\t*\t1.0\t0.1\ta table\n");
	EXPECT_EQ(Evaluate(Words(table, scratch / "no", { "--criterion", "yam<=70", "--young-adults", young })), -1);
	EXPECT_THAT(err_message(), HasSubstr("line 5"));
	WriteFile(young, "sex\tdevice\tmean\tsd\tsource\nF\t*\t1.0\t0.1\tn/a\n");
	EXPECT_EQ(Evaluate(Words(table, scratch / "no", { "--criterion", "yam<=70", "--young-adults", young })), -1);
	EXPECT_THAT(err_message(), HasSubstr("column 'source'"));
}

TEST(Analysis, RefusedFilmsCountAsWrong)
{
	ScratchFolder scratch;
	WriteFile(scratch / "t.csv", "dxa_g_cm2,abmd_g_cm2\n0.5,0.6\n0.6,0.6\n0.5,n/a\n0.9,0.9\n0.9,n/a\n0.8,0.95\nn/a,0.5\n");
	ASSERT_OK(Evaluate(Words(scratch / "t.csv", scratch / "eval", { "--threshold", "0.7" })));
	Estimates e(scratch / "eval");
	EXPECT_EQ(e.number("pooled", "", "sensitivity"), 1);
	EXPECT_9(e.number("pooled", "", "sensitivity_refused_wrong"), 2.0 / 3);
	EXPECT_9(e.number("pooled", "", "specificity_refused_wrong"), 2.0 / 3);
	EXPECT_EQ(e.number("pooled", "", "n_refused"), 2);
	EXPECT_9(e.number("pooled", "", "coverage"), 4.0 / 6);
}

// Each hospital evaluates alone and shares figures; pooled, they say what one evaluation of all rows says.
TEST(Analysis, AggregatesPoolLikeRows)
{
	ScratchFolder scratch;
	const std::vector<std::string> rows = CohortRows(300);
	WriteFile(scratch / "all.csv", Csv(rows));
	ASSERT_OK(Evaluate(Words(scratch / "all.csv", scratch / "all", { "--threshold", "0.72" })));
	std::string folders;
	for (const char *site : { "H3", "H1", "H0", "H4", "H2" }) {
		ASSERT_OK(Evaluate(Words(scratch / "all.csv", scratch / site, { "--threshold", "0.72", "--where",
			std::string("site=") + site, "--aggregate-only" })));
		EXPECT_FALSE(FileExists(scratch / site + "/points.csv"));
		EXPECT_FALSE(FileExists(scratch / site + "/roc.csv"));
		EXPECT_EQ(ReadFile(scratch / site + "/estimates.csv").find("P12"), std::string::npos) << "no patient";
		folders += (folders.empty() ? "" : ",") + (scratch / site);
	}
	std::filesystem::create_directory(scratch / "pool");
	ASSERT_OK(Pool({ "--evals", folders, "--out", scratch / "pool/estimates.csv" }));
	Estimates all(scratch / "all"), pooled(scratch / "pool");
	for (const char *statistic : { "auc", "auc_prediction", "r", "r_tau2", "calibration_slope_dl", "bias", "bias_q" })
		for (const char *column : { "estimate", "lo", "hi", "n" }) {
			double want = all.number("meta", "sites", statistic, column), got = pooled.number("meta", "sites", statistic, column);
			EXPECT_TRUE(std::fabs(want - got) <= 1e-12 * std::fabs(want) || (std::isnan(want) && std::isnan(got)))
				<< statistic << " " << column << " " << got << " " << want;
		}
	EXPECT_EQ(Pool({ "--evals", (scratch / "H1") + "," + (scratch / "H1"), "--out", scratch / "x.csv" }), -1);
	EXPECT_THAT(err_message(), HasSubstr("'H1' is in two evaluations"));
	ASSERT_OK(Evaluate(Words(scratch / "all.csv", scratch / "other", { "--threshold", "0.6" })));
	EXPECT_EQ(Pool({ "--evals", (scratch / "H1") + "," + (scratch / "other"), "--out", scratch / "x.csv" }), -1);
	EXPECT_THAT(err_message(), HasSubstr("'threshold'"));
	WriteFile(scratch / "few.csv", Csv(CohortRows(8)));
	EXPECT_EQ(Evaluate(Words(scratch / "few.csv", scratch / "few", { "--aggregate-only" })), -1);
	EXPECT_THAT(err_message(), HasSubstr("fewer than 10"));
}

TEST(Analysis, SubgroupsAreComparedWhenNoPatientIsInBoth)
{
	ScratchFolder scratch;
	WriteFile(scratch / "t.csv", Csv(CohortRows(200)));
	ASSERT_OK(Evaluate(Words(scratch / "t.csv", scratch / "eval", { "--threshold", "0.72", "--subgroups", "sex,side,age:60:75" })));
	Estimates e(scratch / "eval");
	const char *level = "subgroup_difference";
	double a = e.number("subgroup", "sex = F", "auc"), b = e.number("subgroup", "sex = M", "auc");
	double sa = e.number("subgroup", "sex = F", "auc_se"), sb = e.number("subgroup", "sex = M", "auc_se");
	EXPECT_9(e.number(level, "sex = F - sex = M", "auc_difference"), a - b);
	double half = (e.number(level, "sex = F - sex = M", "auc_difference", "hi") -
		e.number(level, "sex = F - sex = M", "auc_difference", "lo")) / 2, se = std::sqrt(sa * sa + sb * sb);
	EXPECT_GT(half, 1.9599 * se);
	EXPECT_LT(half, 2.1 * se);
	EXPECT_THAT(e.text(level, "side = L - side = R", "auc_difference", "reason"), HasSubstr("a patient is in both"));
	EXPECT_EQ(e.row(level, "age < 60 - 60 <= age < 75", "auc_difference"), -1) << "three groups";
}

TEST(Sbmd, PublishedVectors)
{
	EXPECT_NEAR(sbmd_mg_cm2(sbmd_find("total_hip", "Hologic"), 0.700), 711.6, 1e-9);
	EXPECT_NEAR(sbmd_mg_cm2(sbmd_find("total_hip", "Lunar"), 0.760), 713.04, 1e-9);
	EXPECT_EQ(sbmd_find("total_hip", "acme"), nullptr);
	EXPECT_EQ(sbmd_find("spine", "hologic"), nullptr);
}

TEST(Criterion, Texts)
{
	struct criterion c;
	ASSERT_OK(criterion_parse(&c, "yam<80"));
	EXPECT_EQ(c.scale, CRITERION_YAM);
	EXPECT_FALSE(criterion_holds(&c, 80));
	ASSERT_OK(criterion_parse(&c, "t<=-2.5"));
	EXPECT_TRUE(criterion_holds(&c, -2.5));
	for (const char *bad : { "", "t", "t<=", "t>=1", "z<=1", "t<=1x", "<=1", "t<=nan" })
		EXPECT_EQ(criterion_parse(&c, bad), -1) << bad;
}

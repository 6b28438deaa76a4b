// 200 random data sets, ties and degenerate ones among them, against R's pROC, psych and metafor.  Where R or a package
// is missing the test is skipped.
#include <cmath>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>
#include "eval/stats/agreement.h"
#include "eval/stats/icc.h"
#include "eval/stats/meta.h"
#include "eval/stats/rank.h"
#include "eval/stats/roc.h"
#include "eval/stats/roc_compare.h"
#include "eval/stats/roc_cut.h"
#include "eval/stats/roc_variance.h"
#include "host/files/table.h"
#include "tests/support/support.h"

namespace {

enum { kSets = 200 };
struct Set {
	std::vector<double> x, y, z;
	std::vector<uint8_t> ill;
	std::vector<double> site_y, site_v;
};
using Values = std::map<std::string, double>;

// Scores on grids from 3 values to 10000; every tenth set is degenerate in one of five ways.
Set MakeSet(int index)
{
	std::mt19937 generator(1000 + (unsigned)index);
	std::normal_distribution<double> normal;
	const double grid = std::vector<double>{ 2, 5, 20, 10000 }[generator() % 4];
	const int kind = index % 10 == 9 ? index / 10 % 5 : -1, n = kind == 0 ? 2 : 5 + (int)(generator() % 120);
	Set s;
	for (int i = 0; i < n; i++) {
		bool ill = kind == 1 ? true : i < 2 ? i : generator() % 3 == 0;
		double truth = normal(generator) - ill;
		s.ill.push_back(ill);
		s.x.push_back(kind == 2 ? 0.1 : std::round(grid * truth) / grid);
		s.y.push_back(kind == 3 ? (ill ? -i - 1 : i + 1) : std::round(grid * (truth + normal(generator))) / grid);
		s.z.push_back(kind == 4 ? s.y.back() : std::round(grid * (truth + 2 * normal(generator))) / grid);
	}
	const int sites = 2 + (int)(generator() % 9);
	const double between = (index % 3) * 0.3;
	for (int i = 0; i < sites; i++) {
		s.site_v.push_back(0.01 + 0.1 * (double)(generator() % 100) / 100);
		s.site_y.push_back(between * normal(generator) + std::sqrt(s.site_v.back()) * normal(generator));
	}
	return s;
}

void PutIcc(Values &v, const std::string &name, const struct icc_value &icc)
{
	v[name] = icc.value;
	v[name + "_lo"] = icc.ci.lo;
	v[name + "_hi"] = icc.ci.hi;
}

void PutCurves(Values &v, const Set &s)
{
	struct roc a, b;
	struct roc_difference d;
	const int64_t n = (int64_t)s.y.size();
	ASSERT_OK(roc_init(&a, s.y.data(), s.ill.data(), n, ROC_LOWER_IS_CASE));
	ASSERT_OK(roc_init(&b, s.z.data(), s.ill.data(), n, ROC_LOWER_IS_CASE));
	v["auc"] = a.auc;
	v["variance"] = a.variance;
	ASSERT_OK(roc_covariance(&v["covariance"], &a, &b));
	ASSERT_OK(roc_compare_paired(&d, &a, &b, nullptr, 0));
	v["z"] = d.statistic;
	v["p"] = d.p;
	v["partial"] = NAN;
	if (!std::isnan(a.auc)) {
		struct roc_curve curve;
		ASSERT_OK(roc_curve_init(&curve, &a));
		v["partial"] = roc_cut_partial_auc(&curve, 0.9, 1);
		roc_curve_free(&curve);
	}
	roc_free(&a);
	roc_free(&b);
}

void PutMeta(Values &v, const Set &s)
{
	struct meta m;
	const int64_t k = (int64_t)s.site_y.size();
	meta_compute(&m, s.site_y.data(), s.site_v.data(), k, META_REML, false);
	v["reml_b"] = m.estimate, v["reml_se"] = m.se, v["reml_tau2"] = m.tau2, v["reml_i2"] = m.i2_percent;
	meta_compute(&m, s.site_y.data(), s.site_v.data(), k, META_REML, true);
	v["hk_se"] = m.se, v["hk_lo"] = m.ci.lo, v["hk_hi"] = m.ci.hi;
	meta_compute(&m, s.site_y.data(), s.site_v.data(), k, META_DL, false);
	v["dl_b"] = m.estimate, v["dl_se"] = m.se, v["dl_tau2"] = m.tau2, v["q"] = m.q, v["q_p"] = m.q_p;
}

Values Ours(const Set &s)
{
	Values v;
	const int64_t n = (int64_t)s.x.size();
	PutCurves(v, s);
	struct agreement a;
	agreement_compute(&a, s.x.data(), s.y.data(), n);
	v["r"] = a.r, v["r_lo"] = a.r_ci.lo, v["r_hi"] = a.r_ci.hi;
	struct rank_correlation rank;
	EXPECT_OK(rank_spearman(&rank, s.x.data(), s.y.data(), n));
	v["rho"] = rank.rho;
	std::vector<double> ratings;
	for (size_t i = 0; i < s.x.size(); i++)
		ratings.insert(ratings.end(), { s.x[i], s.y[i] });
	struct icc icc;
	icc_compute(&icc, ratings.data(), n, 2);
	for (int form = 0; form < ICC_FORMS; form++) {
		PutIcc(v, "icc" + std::to_string(form + 1), icc.single[form]);
		PutIcc(v, "icc" + std::to_string(form + 1) + "k", icc.average[form]);
	}
	PutMeta(v, s);
	return v;
}

std::string Text(double x)
{
	char text[40];
	snprintf(text, sizeof(text), "%.17g", x);
	return text;
}

void WriteSets(const std::vector<Set> &sets, const std::string &data, const std::string &sites)
{
	std::string rows = "set,x,y,z,ill\n", site_rows = "set,y,v\n";
	for (size_t k = 0; k < sets.size(); k++) {
		const Set &s = sets[k];
		for (size_t i = 0; i < s.x.size(); i++)
			rows += std::to_string(k) + "," + Text(s.x[i]) + "," + Text(s.y[i]) + "," + Text(s.z[i]) + "," +
				std::to_string(s.ill[i]) + "\n";
		for (size_t i = 0; i < s.site_y.size(); i++)
			site_rows += std::to_string(k) + "," + Text(s.site_y[i]) + "," + Text(s.site_v[i]) + "\n";
	}
	WriteFile(data, rows);
	WriteFile(sites, site_rows);
}

// Closed forms 1e-8, iterative estimators 1e-6.
double Tolerance(const std::string &key)
{
	return key.compare(0, 3, "icc") == 0 || key.compare(0, 4, "reml") == 0 || key.compare(0, 2, "hk") == 0 ? 1e-6 : 1e-8;
}

// Where one side defines a figure and the other does not, by intent: we give no correlation of two rows, and no test
// of two scores that order the rows alike, where pROC gives z = 0.
bool IsIntended(const Set &s, const std::string &key, bool ours)
{
	return !ours && ((key == "rho" && s.x.size() < 3) || key == "z" || key == "p");
}

} // namespace

TEST(R, TwoHundredDataSets)
{
	if (std::system("Rscript -e 'library(pROC); library(psych); library(metafor)' >/dev/null 2>&1") != 0)
		GTEST_SKIP() << "R with pROC, psych and metafor not found (r-cran-proc r-cran-psych r-cran-metafor)";
	ScratchFolder scratch;
	std::vector<Set> sets;
	for (int k = 0; k < kSets; k++)
		sets.push_back(MakeSet(k));
	WriteSets(sets, scratch / "data.csv", scratch / "sites.csv");
	const std::string command = "Rscript " + SourceDir() + "/tests/eval/oracle.R " + (scratch / "data.csv") +
		" " + (scratch / "sites.csv") + " " + (scratch / "out.csv") + " >/dev/null";
	ASSERT_EQ(std::system(command.c_str()), 0);
	struct table t;
	ASSERT_OK(table_read(&t, (scratch / "out.csv").c_str()));
	int compared = 0, set_at = -1;
	Values ours;
	for (int64_t row = 0; row < t.n_rows; row++) {
		double set, theirs;
		ASSERT_OK(table_number(&t, row, 0, &set));
		ASSERT_OK(table_number(&t, row, 2, &theirs));
		const std::string key = table_cell(&t, row, 1);
		if ((int)set != set_at)
			ours = Ours(sets[(size_t)set]);
		set_at = (int)set;
		ASSERT_TRUE(ours.count(key)) << key;
		bool have = !std::isnan(ours[key]), have_r = !std::isnan(theirs);
		if (have != have_r) {
			EXPECT_TRUE(IsIntended(sets[(size_t)set], key, have))
				<< "set " << set << " " << key << ": " << ours[key] << " against " << theirs;
			continue;
		}
		if (!have)
			continue;
		compared++;
		EXPECT_NEAR(ours[key], theirs, Tolerance(key) * std::fmax(1, std::fabs(theirs))) << "set " << set << " " << key;
	}
	table_free(&t);
	printf("%d figures compared\n", compared);
	EXPECT_GT(compared, 6000);
}

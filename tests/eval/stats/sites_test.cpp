// Meta-analysis over sites, the bootstrap by patient, recalibration with local patients.
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <random>
#include <vector>
#include "eval/stats/agreement.h"
#include "eval/stats/bootstrap.h"
#include "eval/stats/bootstrap_bca.h"
#include "eval/stats/deming.h"
#include "eval/stats/icc.h"
#include "eval/stats/kappa.h"
#include "eval/stats/meta.h"
#include "eval/stats/rank.h"
#include "eval/stats/recalibration.h"
#include "eval/stats/roc.h"
#include "tests/eval/stats/oracles.h"
#include "tests/support/support.h"

namespace {

struct Studies {
	std::vector<double> y, v;
};

// Log relative risks of the 13 BCG trials (Colditz et al. 1994).
Studies Bcg()
{
	const double counts[][4] = { { 4, 119, 11, 128 }, { 6, 300, 29, 274 }, { 3, 228, 11, 209 }, { 62, 13536, 248, 12619 },
		{ 33, 5036, 47, 5761 }, { 180, 1361, 372, 1079 }, { 8, 2537, 10, 619 }, { 505, 87886, 499, 87892 },
		{ 29, 7470, 45, 7232 }, { 17, 1699, 65, 1600 }, { 186, 50448, 141, 27197 }, { 5, 2493, 3, 2338 },
		{ 27, 16886, 29, 17825 } };
	Studies s;
	for (const auto &c : counts) {
		s.y.push_back(std::log(c[0] / (c[0] + c[1]) / (c[2] / (c[2] + c[3]))));
		s.v.push_back(1 / c[0] - 1 / (c[0] + c[1]) + 1 / c[2] - 1 / (c[2] + c[3]));
	}
	return s;
}

// AUCs of five synthetic sites, on the logit scale.
Studies Aucs()
{
	const double auc[] = { .867, .700, .840, .780, .905 }, se[] = { .020, .045, .030, .038, .018 };
	Studies s;
	for (int i = 0; i < 5; i++) {
		s.y.push_back(std::log(auc[i] / (1 - auc[i])));
		s.v.push_back(std::pow(se[i] / (auc[i] * (1 - auc[i])), 2));
	}
	return s;
}

struct meta Meta(const Studies &s, enum meta_method method, bool hartung_knapp = false)
{
	struct meta m;
	meta_compute(&m, s.y.data(), s.v.data(), (int64_t)s.y.size(), method, hartung_knapp);
	return m;
}

Studies Without(Studies s, size_t i)
{
	s.y.erase(s.y.begin() + (std::ptrdiff_t)i);
	s.v.erase(s.v.begin() + (std::ptrdiff_t)i);
	return s;
}

double FromLogit(double x)
{
	return 1 / (1 + std::exp(-x));
}

} // namespace

TEST(Meta, BcgTrials)
{
	Studies s = Bcg();
	EXPECT_9(s.y[0], -0.8893113339);
	struct meta fixed = Meta(s, META_FIXED), dl = Meta(s, META_DL), reml = Meta(s, META_REML);
	EXPECT_9(fixed.estimate, -0.430285163654);
	EXPECT_9(fixed.se, 0.040498751711);
	EXPECT_9(fixed.q, 152.2330080824);
	EXPECT_NEAR(fixed.q_p, 2.0e-26, 0.05e-26);
	EXPECT_9(fixed.i2_percent, 92.1173468546);
	EXPECT_9(dl.estimate, -0.714117222073);
	EXPECT_9(dl.se, 0.178742089535);
	EXPECT_9(dl.tau2, 0.308760262862);
	EXPECT_9(dl.h2, 12.6860840069);
	EXPECT_9(dl.ci.lo, -1.064445280084);
	EXPECT_9(dl.ci.hi, -0.363789164062);
	EXPECT_9(dl.prediction.lo, -1.998838496);
	EXPECT_9(dl.prediction.hi, 0.570604052);
	EXPECT_9(reml.estimate, -0.714532342158);
	EXPECT_9(reml.se, 0.179781516105);
	EXPECT_9(reml.tau2, 0.313243258136);
	EXPECT_9(reml.i2_percent, 92.2213845213);
	EXPECT_9(reml.h2, 12.8557582353);
	EXPECT_9(reml.ci.lo, -1.066897638810);
	// metafor's Q profile run to convergence; its default stops at .1196953128 and 1.111486262.
	EXPECT_9(reml.tau2_ci.lo, 0.119718361141);
	EXPECT_9(reml.tau2_ci.hi, 1.11147908406);
	struct meta hk = Meta(s, META_REML, true);
	EXPECT_9(hk.se, 0.180791744093);
	EXPECT_9(hk.ci.lo, -1.108443713686);
	EXPECT_9(hk.ci.hi, -0.320620970631);
	EXPECT_9(hk.prediction.lo, -2.009057650);
	EXPECT_9(hk.prediction.hi, 0.579992966);
}

TEST(Meta, BcgLeaveOneOut)
{
	const double want[] = { -.70708, -.65403, -.68555, -.62841, -.76417, -.71088, -.65525, -.79477, -.74120, -.65303,
		-.75786, -.75981, -.77754 };
	for (size_t i = 0; i < 13; i++)
		EXPECT_NEAR(Meta(Without(Bcg(), i), META_REML).estimate, want[i], 6e-6) << "trial " << i;
}

TEST(Meta, AucsOfFiveSites)
{
	Studies s = Aucs();
	EXPECT_9(s.v[4], .0438329440595);
	struct meta fixed = Meta(s, META_FIXED), dl = Meta(s, META_DL), reml = Meta(s, META_REML);
	EXPECT_9(fixed.estimate, 1.617002782089);
	EXPECT_9(fixed.q, 26.9195402545);
	EXPECT_NEAR(fixed.q_p, 2.06375194e-05, 5e-14);
	EXPECT_9(dl.tau2, 0.244800102950);
	EXPECT_9(dl.i2_percent, 85.14090522);
	EXPECT_9(FromLogit(dl.ci.lo), .7528919403);
	EXPECT_9(reml.estimate, 1.584675289602);
	EXPECT_9(reml.se, 0.242712922647);
	EXPECT_9(reml.tau2, 0.250987606276);
	struct meta hk = Meta(s, META_REML, true);
	EXPECT_9(hk.se, 0.242941681441);
	EXPECT_9(FromLogit(hk.ci.lo), .7130331169);
	EXPECT_9(FromLogit(hk.ci.hi), .9054402630);
	EXPECT_9(FromLogit(hk.prediction.lo), .4533214610);
	EXPECT_9(FromLogit(hk.prediction.hi), .9663206241);
	const double left_out[] = { 1.5075, 1.7704, 1.5652, 1.6620, 1.4201 };
	for (size_t i = 0; i < 5; i++)
		EXPECT_NEAR(Meta(Without(s, i), META_REML).estimate, left_out[i], 5e-5);
}

TEST(Meta, FewSites)
{
	struct meta none = Meta({}, META_REML), one = Meta({ { 0.3 }, { 0.01 } }, META_REML, true);
	EXPECT_TRUE(std::isnan(none.estimate) && std::isnan(none.ci.lo));
	EXPECT_EQ(one.estimate, 0.3);
	EXPECT_9(one.se, 0.1);
	EXPECT_TRUE(std::isnan(one.q) && std::isnan(one.tau2) && std::isnan(one.prediction.lo));
	struct meta alike = Meta({ { 1, 1, 1 }, { 0.1, 0.2, 0.3 } }, META_REML);
	EXPECT_EQ(alike.tau2, 0);
	EXPECT_EQ(alike.i2_percent, 0);
	EXPECT_9(alike.q_p, 1);
}

namespace {

const std::vector<double> kLsat = { 576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594 };
const std::vector<double> kGpa = { 3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3.00, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88,
	2.96 };

class Bootstrap {
public:
	Bootstrap(const struct bootstrap_sample &s, int64_t n, uint64_t seed) { EXPECT_OK(bootstrap_run(&b_, &s, n, seed)); }
	~Bootstrap() { bootstrap_free(&b_); }
	Bootstrap(const Bootstrap &) = delete;
	Bootstrap &operator=(const Bootstrap &) = delete;
	struct interval ci(enum bootstrap_statistic which) const { return bootstrap_interval(&b_, which); }
	struct interval bca(enum bootstrap_statistic which) const { return bootstrap_bca(&b_, which); }
	const struct bootstrap *get() const { return &b_; }
	double se(enum bootstrap_statistic which) const { return bootstrap_se(&b_, which); }
	std::vector<double> all() const { return { b_.value, b_.value + BOOTSTRAP_COUNT * b_.n_replicates }; }
	double at(enum bootstrap_statistic which, int64_t k) const { return b_.value[which * b_.n_replicates + k]; }
private:
	struct bootstrap b_ = {};
};

// Two rows of most patients, with ties in all columns.
struct Cohort {
	std::vector<double> reference, prediction;
	std::vector<int64_t> cluster;
	std::vector<uint8_t> diseased, called;
	int64_t n_clusters;
	struct bootstrap_sample sample() const
	{
		return { (int64_t)reference.size(), n_clusters, reference.data(), prediction.data(), cluster.data(),
			prediction.data(), diseased.data(), called.data() };
	}
};
Cohort MakeCohort(int n, unsigned seed)
{
	std::mt19937 generator(seed);
	std::normal_distribution<double> normal;
	Cohort c;
	for (int i = 0; i < n; i++) {
		double x = std::round(100 * (0.8 + 0.1 * normal(generator))) / 100;
		c.reference.push_back(x);
		c.prediction.push_back(std::round(100 * (x + 0.05 * normal(generator))) / 100);
		c.cluster.push_back(i / 2);
		c.diseased.push_back(x <= 0.72);
		c.called.push_back(c.prediction.back() <= 0.72);
	}
	c.n_clusters = (n + 1) / 2;
	return c;
}

} // namespace

// Efron's law schools: SE .1333 and percentile interval .460 .. .962 (B = 200 000).  The BCa's lower end lies far out in the
// tail: R gives .323 in one run of that size (boot), .328 to .334 in six (its formula written out).
TEST(Bootstrap, LawSchools)
{
	std::vector<int64_t> alone;
	for (int64_t i = 0; i < 15; i++)
		alone.push_back(i);
	struct bootstrap_sample s = { 15, 15, kLsat.data(), kGpa.data(), alone.data(), nullptr, nullptr, nullptr };
	Bootstrap b(s, 100000, 1);
	EXPECT_NEAR(b.se(BOOTSTRAP_R), .1333, 0.001);
	EXPECT_NEAR(b.ci(BOOTSTRAP_R).lo, .460, 0.005);
	EXPECT_NEAR(b.ci(BOOTSTRAP_R).hi, .962, 0.002);
	EXPECT_TRUE(std::isnan(b.ci(BOOTSTRAP_AUC).lo));
	EXPECT_9(bootstrap_acceleration(b.get(), BOOTSTRAP_R), -.0756715649379);
	EXPECT_NEAR(b.bca(BOOTSTRAP_R).lo, .332, 0.008);
	EXPECT_NEAR(b.bca(BOOTSTRAP_R).hi, .941, 0.002);
	EXPECT_TRUE(std::isnan(b.bca(BOOTSTRAP_AUC).lo));
}

// The mean of numbers 1 and 0: its jackknife has a closed form, and replicates equal to it count half.
TEST(Bootstrap, BcaOfAProportion)
{
	std::vector<double> zero(12, 0.0), indicator(12, 0.0);
	std::vector<int64_t> alone;
	for (int64_t i = 0; i < 12; i++)
		alone.push_back(i);
	indicator[3] = indicator[7] = indicator[8] = 1;
	struct bootstrap_sample s = { 12, 12, zero.data(), indicator.data(), alone.data(), nullptr, nullptr, nullptr };
	Bootstrap b(s, 40000, 5);
	// The skewness of 3 ones among 12, (1 - 2p) / sqrt(p (1 - p)), over 6 sqrt(12).
	EXPECT_9(bootstrap_acceleration(b.get(), BOOTSTRAP_BIAS), 0.0555555555556);
	// Replicates are binomial(12, 1/4) / 12: half of those at 1/4 give the levels .04670 and .98960.
	EXPECT_NEAR(12 * b.bca(BOOTSTRAP_BIAS).lo, 1, 1e-9);
	EXPECT_NEAR(12 * b.bca(BOOTSTRAP_BIAS).hi, 7, 1e-9);
	EXPECT_NEAR(12 * b.ci(BOOTSTRAP_BIAS).lo, 0, 1e-9);
	EXPECT_NEAR(12 * b.ci(BOOTSTRAP_BIAS).hi, 6, 1e-9);
}

TEST(Bootstrap, BcaNeedsSpread)
{
	std::vector<double> x(12), y(12);
	std::vector<int64_t> alone;
	std::vector<uint8_t> ill(12);
	for (int64_t i = 0; i < 12; i++) {
		alone.push_back(i);
		x[(size_t)i] = y[(size_t)i] = (double)i;
		ill[(size_t)i] = i < 6;
	}
	struct bootstrap_sample s = { 12, 12, x.data(), y.data(), alone.data(), y.data(), ill.data(), ill.data() };
	Bootstrap b(s, 500, 5);
	EXPECT_EQ(b.ci(BOOTSTRAP_AUC).lo, 1) << "every replicate is perfect";
	EXPECT_TRUE(std::isnan(bootstrap_acceleration(b.get(), BOOTSTRAP_AUC)));
	EXPECT_TRUE(std::isnan(b.bca(BOOTSTRAP_AUC).lo));
	EXPECT_TRUE(std::isnan(b.bca(BOOTSTRAP_BIAS).hi));
}

// More patients than are left out one by one: groups of them give nearly the same acceleration.
TEST(Bootstrap, JackknifeOfManyPatients)
{
	const int64_t n = 2 * BOOTSTRAP_LEFT_OUT + 1;
	std::mt19937 generator(4);
	std::exponential_distribution<double> skewed;
	std::vector<double> zero((size_t)n, 0.0), y;
	std::vector<int64_t> alone;
	double mean = 0, square = 0, cube = 0;
	for (int64_t i = 0; i < n; i++) {
		alone.push_back(i);
		y.push_back(skewed(generator));
		mean += y.back() / (double)n;
	}
	for (double v : y) {
		square += std::pow(v - mean, 2);
		cube += std::pow(v - mean, 3);
	}
	struct bootstrap_sample s = { n, n, zero.data(), y.data(), alone.data(), nullptr, nullptr, nullptr };
	Bootstrap b(s, 2, 1);
	EXPECT_EQ(b.get()->n_left_out, BOOTSTRAP_LEFT_OUT);
	double single = cube / (6 * std::pow(square, 1.5));
	EXPECT_NEAR(bootstrap_acceleration(b.get(), BOOTSTRAP_BIAS), single, 0.3 * single);
}

TEST(Bootstrap, SameNumbersOnAnyThreadCount)
{
	Cohort c = MakeCohort(301, 3);
	std::vector<double> first;
	const char *before = getenv("OMP_NUM_THREADS");
	std::string kept = before ? before : "";
	for (const char *threads : { "1", "2", "5" }) {
		setenv("OMP_NUM_THREADS", threads, 1);
		std::vector<double> all = Bootstrap(c.sample(), 203, 9).all();
		if (first.empty())
			first = all;
		EXPECT_EQ(0, memcmp(first.data(), all.data(), all.size() * sizeof(double))) << threads;
	}
	if (before)
		setenv("OMP_NUM_THREADS", kept.c_str(), 1);
	else
		unsetenv("OMP_NUM_THREADS");
	EXPECT_NE(first, Bootstrap(c.sample(), 203, 10).all()) << "another seed";
}

// Every row its own patient, and a seed whose draw is made into a table of its own: the replicate's figures are those
// of the program's plain functions on that table.
TEST(Bootstrap, AReplicateIsItsTable)
{
	Cohort c = MakeCohort(40, 8);
	// The draws of replicate 0, found by bootstrapping indicator columns: mean of (row == i) times n is row i's weight.
	Bootstrap b(c.sample(), 1, 77);
	std::vector<int> weight(40);
	for (int64_t i = 0; i < c.n_clusters; i++) {
		std::vector<double> zero(40, 0.0), indicator(40, 0.0);
		indicator[(size_t)(2 * i)] = 1;
		struct bootstrap_sample s = { 40, c.n_clusters, zero.data(), indicator.data(), c.cluster.data(), nullptr, nullptr,
			nullptr };
		int times = (int)std::lround(40 * Bootstrap(s, 1, 77).at(BOOTSTRAP_BIAS, 0));
		weight[(size_t)(2 * i)] = weight[(size_t)(2 * i + 1)] = times;
	}
	std::vector<double> x, y;
	std::vector<uint8_t> ill;
	int64_t count[4] = { 0, 0, 0, 0 };
	for (size_t i = 0; i < 40; i++)
		for (int k = 0; k < weight[i]; k++) {
			x.push_back(c.reference[i]);
			y.push_back(c.prediction[i]);
			ill.push_back(c.diseased[i]);
			count[2 * c.diseased[i] + c.called[i]]++;
		}
	ASSERT_EQ(x.size(), 40u);
	struct agreement a;
	agreement_compute(&a, x.data(), y.data(), 40);
	EXPECT_9(b.at(BOOTSTRAP_R, 0), a.r);
	EXPECT_9(b.at(BOOTSTRAP_CCC, 0), a.ccc);
	EXPECT_9(b.at(BOOTSTRAP_SLOPE, 0), a.calibration.slope);
	EXPECT_9(b.at(BOOTSTRAP_SEE, 0), a.calibration.residual_sd);
	EXPECT_9(b.at(BOOTSTRAP_R2_IDENTITY, 0), a.r2_identity);
	EXPECT_NEAR(b.at(BOOTSTRAP_BIAS, 0), a.bias, 1e-15);
	EXPECT_9(b.at(BOOTSTRAP_SD, 0), a.sd);
	EXPECT_9(b.at(BOOTSTRAP_LOA_HI, 0), a.loa.hi);
	EXPECT_9(b.at(BOOTSTRAP_MAE, 0), a.mae);
	EXPECT_9(b.at(BOOTSTRAP_RMSE, 0), a.rmse);
	struct rank_correlation rank;
	ASSERT_OK(rank_spearman(&rank, x.data(), y.data(), 40));
	EXPECT_9(b.at(BOOTSTRAP_RHO, 0), rank.rho);
	std::vector<double> both;
	for (size_t i = 0; i < 40; i++)
		both.insert(both.end(), { x[i], y[i] });
	struct icc icc;
	icc_compute(&icc, both.data(), 40, 2);
	EXPECT_9(b.at(BOOTSTRAP_ICC_2, 0), icc.single[ICC_2].value);
	EXPECT_9(b.at(BOOTSTRAP_ICC_3, 0), icc.single[ICC_3].value);
	struct deming d;
	deming_compute(&d, x.data(), y.data(), 40, 1);
	EXPECT_9(b.at(BOOTSTRAP_DEMING, 0), d.slope);
	struct roc roc;
	ASSERT_OK(roc_init(&roc, y.data(), ill.data(), 40, ROC_LOWER_IS_CASE));
	EXPECT_9(b.at(BOOTSTRAP_AUC, 0), roc.auc);
	roc_free(&roc);
	struct kappa kappa;
	kappa_compute(&kappa, count, 2, KAPPA_UNWEIGHTED);
	EXPECT_9(b.at(BOOTSTRAP_KAPPA, 0), kappa.value);
	EXPECT_9(b.at(BOOTSTRAP_SENSITIVITY, 0), (double)count[3] / (double)(count[2] + count[3]));
	EXPECT_9(b.at(BOOTSTRAP_NPV, 0), (double)count[0] / (double)(count[0] + count[2]));
}

TEST(Recalibration, AShiftAndAScaleAreRepaired)
{
	std::vector<double> x, shifted, scaled;
	std::vector<int64_t> patient;
	for (int i = 0; i < 60; i++) {
		x.push_back(0.5 + 0.01 * ((i * 37) % 60));
		shifted.push_back(x.back() + 0.1);
		scaled.push_back(2 * x.back() - 0.3);
		patient.push_back(i / 2);
	}
	struct recalibration r;
	ASSERT_OK(recalibration_compute(&r, x.data(), shifted.data(), patient.data(), 60, 3, 50, 1));
	EXPECT_EQ(r.n_left, 27);
	EXPECT_NEAR(r.mae[RECALIBRATION_NONE], 0.1, 1e-12);
	EXPECT_NEAR(r.mae[RECALIBRATION_SHIFT], 0, 1e-12);
	ASSERT_OK(recalibration_compute(&r, x.data(), scaled.data(), patient.data(), 60, 5, 50, 1));
	EXPECT_NEAR(r.mae[RECALIBRATION_LINE], 0, 1e-12);
	EXPECT_GT(r.mae[RECALIBRATION_SHIFT], 0.01);
	EXPECT_LE(r.spread[RECALIBRATION_SHIFT].lo, r.mae[RECALIBRATION_SHIFT]);
	ASSERT_OK(recalibration_compute(&r, x.data(), scaled.data(), patient.data(), 60, 30, 50, 1));
	EXPECT_TRUE(std::isnan(r.mae[RECALIBRATION_NONE])) << "nobody is left";
	struct recalibration again;
	ASSERT_OK(recalibration_compute(&r, x.data(), scaled.data(), patient.data(), 60, 4, 50, 5));
	ASSERT_OK(recalibration_compute(&again, x.data(), scaled.data(), patient.data(), 60, 4, 50, 5));
	EXPECT_EQ(r.mae[RECALIBRATION_SHIFT], again.mae[RECALIBRATION_SHIFT]);
}

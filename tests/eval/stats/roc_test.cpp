#include <cmath>
#include <random>
#include <vector>
#include <gmock/gmock.h>
#include "eval/stats/interval.h"
#include "eval/stats/roc.h"
#include "eval/stats/roc_variance.h"
#include "tests/eval/stats/oracles.h"
#include "tests/support/support.h"

namespace {

// A roc with its inputs.
class Roc {
public:
	Roc(std::vector<double> score, std::vector<int> is_case, enum roc_direction direction) : score_(std::move(score))
	{
		for (int c : is_case)
			is_case_.push_back((uint8_t)c);
		EXPECT_OK(roc_init(&roc_, score_.data(), is_case_.data(), (int64_t)score_.size(), direction));
	}
	~Roc() { roc_free(&roc_); }
	Roc(const Roc &) = delete;
	Roc &operator=(const Roc &) = delete;
	double auc() const { return roc_.auc; }
	double variance() const { return roc_.variance; }
	double se() const { return std::sqrt(variance()); }
	double clustered(const std::vector<int64_t> &cluster, int64_t n) const
	{
		double v = 0;
		EXPECT_OK(roc_clustered_variance(&v, &roc_, cluster.data(), n));
		return v;
	}
	const struct roc *get() const { return &roc_; }
private:
	std::vector<double> score_;
	std::vector<uint8_t> is_case_;
	struct roc roc_;
};

struct Sample {
	std::vector<double> score;
	std::vector<int> is_case;
};
// Scores on a grid of `levels` values, so that ties are many.
Sample RandomSample(unsigned seed, int n, int levels)
{
	std::mt19937 generator(seed);
	Sample s;
	for (int i = 0; i < n; i++) {
		s.is_case.push_back(i < 2 ? 1 : i < 4 ? 0 : (int)(generator() % 3 == 0));
		s.score.push_back((double)(generator() % (unsigned)levels) / 8 + 0.25 * s.is_case.back());
	}
	return s;
}

double Kernel(double of_case, double of_control)
{
	return of_case > of_control ? 1 : of_case == of_control ? 0.5 : 0;
}

// The definition, pair by pair: AUC and DeLong's (or, given clusters, Obuchowski's) variance.
struct BruteForce {
	double auc = 0, variance = 0;
};
BruteForce Pairs(const Sample &s, const std::vector<int64_t> &cluster)
{
	std::vector<size_t> cases, controls;
	for (size_t i = 0; i < s.score.size(); i++)
		(s.is_case[i] ? cases : controls).push_back(i);
	const double m = (double)cases.size(), n = (double)controls.size();
	BruteForce b;
	for (size_t i : cases)
		for (size_t j : controls)
			b.auc += Kernel(s.score[i], s.score[j]);
	b.auc /= m * n;
	// Sums over each cluster of V10(X) - AUC and V01(Y) - AUC.
	std::vector<double> x(s.score.size(), 0), y(s.score.size(), 0);
	std::vector<int> has_case(s.score.size(), 0), has_control(s.score.size(), 0);
	for (size_t i : cases) {
		double v = 0;
		for (size_t j : controls)
			v += Kernel(s.score[i], s.score[j]) / n;
		x[(size_t)cluster[i]] += v - b.auc;
		has_case[(size_t)cluster[i]] = 1;
	}
	for (size_t j : controls) {
		double v = 0;
		for (size_t i : cases)
			v += Kernel(s.score[i], s.score[j]) / m;
		y[(size_t)cluster[j]] += v - b.auc;
		has_control[(size_t)cluster[j]] = 1;
	}
	double s10 = 0, s01 = 0, s11 = 0, i10 = 0, i01 = 0, all = 0;
	for (size_t k = 0; k < x.size(); k++) {
		s10 += x[k] * x[k];
		s01 += y[k] * y[k];
		s11 += x[k] * y[k];
		i10 += has_case[k];
		i01 += has_control[k];
		all += has_case[k] || has_control[k];
	}
	b.variance = i10 / (i10 - 1) * s10 / (m * m) + i01 / (i01 - 1) * s01 / (n * n) + 2 * all / (all - 1) * s11 / (m * n);
	return b;
}

std::vector<int64_t> Alone(size_t n)
{
	std::vector<int64_t> cluster;
	for (size_t i = 0; i < n; i++)
		cluster.push_back((int64_t)i);
	return cluster;
}

} // namespace

TEST(Roc, OvarianData)
{
	std::vector<double> kg, alb, tp;
	std::vector<int> popind;
	for (const Ovarian &row : OvarianData()) {
		kg.push_back(10 - row.totscore);
		alb.push_back(row.alb);
		tp.push_back(row.tp);
		popind.push_back(row.popind);
	}
	const struct {
		const std::vector<double> &score;
		double auc, se, lo, hi, logit_lo, logit_hi, variance;
	} rows[] = {
		{ kg, 0.725806451612903, 0.102821608980048, 0.524279801180, 0.927333102046, 0.490203917826, 0.879328612959,
			0.01057228327324581 },
		{ alb, 0.736559139784946, 0.0926943460524027, 0.554881559952, 0.918236719618, 0.522951412844,
			0.877013850519, 0.00859224179008258 },
		{ tp, 0.647849462365591, 0.100047375583742, 0.451760209474, 0.843938715257, 0, 0, 0.01000947736119432 },
	};
	for (const auto &row : rows) {
		Roc roc(row.score, popind, ROC_HIGHER_IS_CASE);
		EXPECT_9(roc.auc(), row.auc);
		EXPECT_9(roc.se(), row.se);
		EXPECT_9(roc.variance(), row.variance);
		struct interval wald = interval_wald(roc.auc(), roc.se(), 0, 1);
		EXPECT_9(wald.lo, row.lo);
		EXPECT_9(wald.hi, row.hi);
		if (row.logit_lo == 0)
			continue;
		struct interval logit = interval_logit(roc.auc(), roc.se());
		EXPECT_9(logit.lo, row.logit_lo);
		EXPECT_9(logit.hi, row.logit_hi);
	}
}

// CT ratings 1..5 of Hanley and McNeil 1982: five values, 109 cases.
TEST(Roc, HanleyMcNeilTies)
{
	const int normal[] = { 33, 6, 6, 11, 2 }, abnormal[] = { 3, 2, 2, 11, 33 };
	Sample s;
	for (int rating = 0; rating < 5; rating++) {
		for (int i = 0; i < normal[rating] + abnormal[rating]; i++) {
			s.score.push_back(rating + 1);
			s.is_case.push_back(i >= normal[rating]);
		}
	}
	Roc roc(s.score, s.is_case, ROC_HIGHER_IS_CASE);
	EXPECT_9(roc.auc(), 0.893171061528059);
	EXPECT_9(roc.se(), 0.0307244083794);
	EXPECT_9(interval_wald(roc.auc(), roc.se(), 0, 1).lo, 0.832952327658);
	EXPECT_9(interval_wald(roc.auc(), roc.se(), 0, 1).hi, 0.953389795398);
	EXPECT_9(interval_logit(roc.auc(), roc.se()).lo, 0.816443457911);
	EXPECT_9(interval_logit(roc.auc(), roc.se()).hi, 0.940176194612);
}

TEST(Roc, FastEqualsPairByPair)
{
	for (unsigned seed = 0; seed < 60; seed++) {
		Sample s = RandomSample(seed, 5 + (int)seed * 3, seed % 3 == 0 ? 3 : 40);
		Roc roc(s.score, s.is_case, ROC_HIGHER_IS_CASE);
		BruteForce b = Pairs(s, Alone(s.score.size()));
		EXPECT_NEAR(roc.auc(), b.auc, 1e-15) << seed;
		EXPECT_NEAR(roc.variance(), b.variance, 1e-13) << seed;
		EXPECT_NEAR(roc.clustered(Alone(s.score.size()), (int64_t)s.score.size()), roc.variance(), 1e-14)
			<< "clusters of one";
		std::vector<int64_t> cluster;
		for (size_t i = 0; i < s.score.size(); i++)
			cluster.push_back((int64_t)(i * 7 % (s.score.size() / 2 + 1)));
		EXPECT_NEAR(roc.clustered(cluster, (int64_t)s.score.size()), Pairs(s, cluster).variance, 1e-13) << seed;
	}
}

// Every case twice in the same cluster is no more information than every case once.
TEST(Roc, DoubledCasesKeepTheirClusteredVariance)
{
	Sample s = RandomSample(7, 60, 12), twice;
	std::vector<int64_t> cluster;
	for (size_t i = 0; i < 2 * s.score.size(); i++) {
		twice.score.push_back(s.score[i / 2]);
		twice.is_case.push_back(s.is_case[i / 2]);
		cluster.push_back((int64_t)(i / 2));
	}
	Roc once(s.score, s.is_case, ROC_HIGHER_IS_CASE), doubled(twice.score, twice.is_case, ROC_HIGHER_IS_CASE);
	EXPECT_9(doubled.auc(), once.auc());
	EXPECT_9(doubled.clustered(cluster, 60), once.variance());
	EXPECT_LT(doubled.variance(), 0.6 * once.variance()) << "the plain one is fooled";
}

// The clustered variance against what it estimates: the spread of the AUC over many samples of patients with two
// correlated hips, of which either may be diseased.
TEST(Roc, ClusteredVarianceIsTheSpreadOverSamples)
{
	std::mt19937 generator(11);
	std::normal_distribution<double> normal;
	const int patients = 80, rounds = 2000;
	double sum = 0, square = 0, estimate = 0, plain = 0;
	for (int round = 0; round < rounds; round++) {
		std::vector<double> score;
		std::vector<int> is_case;
		std::vector<int64_t> cluster;
		for (int p = 0; p < patients; p++) {
			double shared = normal(generator);
			for (int hip = 0; hip < 2; hip++) {
				is_case.push_back((p + (p % 5 == 0) * hip) % 2); // a fifth of the patients have one of each
				score.push_back(1.5 * shared + normal(generator) + is_case.back());
				cluster.push_back(p);
			}
		}
		Roc roc(score, is_case, ROC_HIGHER_IS_CASE);
		sum += roc.auc();
		square += roc.auc() * roc.auc();
		estimate += roc.clustered(cluster, patients) / rounds;
		plain += roc.variance() / rounds;
	}
	double spread = square / rounds - (sum / rounds) * (sum / rounds);
	// The spread of 2000 rounds is known to about 3 % (one SD).
	EXPECT_NEAR(estimate / spread, 1, 0.12);
	EXPECT_LT(plain / spread, 0.8) << "hips are not independent";
}

TEST(Roc, MonotoneTransformChangesNothing)
{
	Sample s = RandomSample(3, 90, 30), t = s;
	for (double &x : t.score)
		x = std::exp(3 * x) - 100;
	Roc a(s.score, s.is_case, ROC_HIGHER_IS_CASE), b(t.score, t.is_case, ROC_HIGHER_IS_CASE);
	EXPECT_EQ(a.auc(), b.auc());
	EXPECT_EQ(a.variance(), b.variance());
}

TEST(Roc, DirectionAndLabels)
{
	Sample s = RandomSample(4, 90, 30), swapped = s;
	for (int &c : swapped.is_case)
		c = !c;
	Roc a(s.score, s.is_case, ROC_HIGHER_IS_CASE);
	Roc lower(s.score, s.is_case, ROC_LOWER_IS_CASE), labels(swapped.score, swapped.is_case, ROC_HIGHER_IS_CASE);
	EXPECT_NEAR(lower.auc(), 1 - a.auc(), 1e-15) << "the direction stays as stated, below 0.5 too";
	EXPECT_NEAR(labels.auc(), 1 - a.auc(), 1e-15);
	EXPECT_9(lower.variance(), a.variance());
	EXPECT_9(labels.variance(), a.variance());
}

TEST(Roc, CurveCountsEveryThreshold)
{
	for (enum roc_direction direction : { ROC_LOWER_IS_CASE, ROC_HIGHER_IS_CASE }) {
		Sample s = RandomSample(5, 70, 9);
		Roc roc(s.score, s.is_case, direction);
		struct roc_curve curve;
		ASSERT_OK(roc_curve_init(&curve, roc.get()));
		double area = 0;
		for (int64_t k = 0; k < curve.n; k++) {
			int64_t tp = 0, fp = 0;
			for (size_t i = 0; i < s.score.size(); i++) {
				bool beyond = direction == ROC_LOWER_IS_CASE ? s.score[i] <= curve.points[k].threshold
									      : s.score[i] >= curve.points[k].threshold;
				(s.is_case[i] ? tp : fp) += beyond;
			}
			EXPECT_EQ(curve.points[k].tp, tp) << k;
			EXPECT_EQ(curve.points[k].fp, fp) << k;
			if (k > 0)
				area += 0.5 * (double)(curve.points[k].fp - curve.points[k - 1].fp) *
					(double)(curve.points[k].tp + curve.points[k - 1].tp);
		}
		EXPECT_EQ(curve.points[0].tp + curve.points[0].fp, 0);
		EXPECT_TRUE(std::isinf(curve.points[0].threshold) && std::isinf(curve.points[curve.n - 1].threshold));
		EXPECT_9(area / ((double)roc.get()->n_cases * (double)roc.get()->n_controls), roc.auc());
		roc_curve_free(&curve);
		roc_curve_free(&curve);
	}
}

// Youden's cut of the ovarian data by pROC: albumin at 3.05, 27 true positives, 8 true negatives.
TEST(Roc, CurveHoldsYoudensPoint)
{
	std::vector<double> alb;
	std::vector<int> popind;
	for (const Ovarian &row : OvarianData()) {
		alb.push_back(row.alb);
		popind.push_back(row.popind);
	}
	Roc roc(alb, popind, ROC_HIGHER_IS_CASE);
	struct roc_curve curve;
	ASSERT_OK(roc_curve_init(&curve, roc.get()));
	double best = -1;
	const struct roc_point *at = nullptr;
	for (int64_t k = 0; k < curve.n; k++) {
		double sum = (double)curve.points[k].tp / 31 - (double)curve.points[k].fp / 12;
		if (sum > best) {
			best = sum;
			at = &curve.points[k];
		}
	}
	EXPECT_9(at->threshold, 3.05);
	EXPECT_EQ(at->tp, 27);
	EXPECT_EQ(at->fp, 4);
	roc_curve_free(&curve);
}

TEST(Roc, PerfectSeparationHasNoWidth)
{
	Roc roc({ 1, 2, 3, 4, 5 }, { 1, 1, 0, 0, 0 }, ROC_LOWER_IS_CASE);
	EXPECT_EQ(roc.auc(), 1);
	EXPECT_EQ(roc.variance(), 0);
	EXPECT_EQ(interval_wald(1, 0, 0, 1).lo, 1);
	Roc wrong({ 1, 2, 3, 4, 5 }, { 1, 1, 0, 0, 0 }, ROC_HIGHER_IS_CASE);
	EXPECT_EQ(wrong.auc(), 0);
	Roc tied({ 2, 2, 2, 2 }, { 1, 1, 0, 0 }, ROC_HIGHER_IS_CASE);
	EXPECT_EQ(tied.auc(), 0.5);
	EXPECT_EQ(tied.variance(), 0);
}

TEST(Roc, OneClassOrOneCase)
{
	for (int only : { 0, 1 }) {
		Roc roc({ 1, 2, 3 }, { only, only, only }, ROC_LOWER_IS_CASE);
		EXPECT_TRUE(std::isnan(roc.auc()));
		EXPECT_TRUE(std::isnan(roc.variance()));
		EXPECT_TRUE(std::isnan(roc.clustered({ 0, 1, 2 }, 3)));
	}
	Roc single({ 1, 2, 3 }, { 1, 0, 0 }, ROC_LOWER_IS_CASE);
	EXPECT_EQ(single.auc(), 1);
	EXPECT_TRUE(std::isnan(single.variance()));
	Roc one_cluster({ 1, 2, 3, 4 }, { 1, 1, 0, 0 }, ROC_LOWER_IS_CASE);
	EXPECT_TRUE(std::isnan(one_cluster.clustered({ 0, 0, 1, 2 }, 3))) << "all cases in one cluster";
	Roc empty({}, {}, ROC_LOWER_IS_CASE);
	EXPECT_TRUE(std::isnan(empty.auc()));
	struct roc_curve curve;
	ASSERT_OK(roc_curve_init(&curve, empty.get()));
	EXPECT_EQ(curve.n, 1);
	roc_curve_free(&curve);
}

// Few distinct scores are counted in a table, many are sorted: the pair by pair definition on either side of the switch.
TEST(Roc, RatingsAndScores)
{
	for (int levels : { 3, 250, 256, 257, 4000 }) {
		Sample s = RandomSample((unsigned)levels, 1500, levels);
		for (double &score : s.score)
			score = std::fmod(score, levels / 8.0) - 1; // exactly `levels` values at most, 0 among them
		s.score[0] = -0.0;
		Roc roc(s.score, s.is_case, ROC_HIGHER_IS_CASE);
		BruteForce b = Pairs(s, Alone(s.score.size()));
		EXPECT_9(roc.auc(), b.auc) << levels;
		EXPECT_9(roc.variance(), b.variance) << levels;
		EXPECT_9(roc.clustered(Alone(s.score.size()), 1500), b.variance) << levels;
	}
}

TEST(Roc, RefusesNumbersThatAreNone)
{
	const double score[] = { 1, NAN };
	const uint8_t is_case[] = { 1, 0 };
	struct roc roc;
	EXPECT_EQ(roc_init(&roc, score, is_case, 2, ROC_LOWER_IS_CASE), -1);
	EXPECT_EQ(err_code(), EXIT_CODE_INVALID);
	EXPECT_THAT(err_message(), ::testing::HasSubstr("not finite"));
	roc_free(&roc);
}

// 2e10 pairs and their doubles exceed 32 bits: the count stays exact.
TEST(Roc, ManyPairs)
{
	const int n = 200000;
	std::vector<double> score;
	std::vector<int> is_case;
	for (int i = 0; i < n; i++) {
		score.push_back(i / 2); // a case and a control at each level
		is_case.push_back(i % 2);
	}
	Roc roc(score, is_case, ROC_HIGHER_IS_CASE);
	EXPECT_EQ(roc.auc(), 0.5);
	// Placements are (2 k + 1) / (2 m): the variance of a uniform grid, twice.
	double m = n / 2.0;
	EXPECT_9(roc.variance(), 2 * (m * m - 1) / 12 / m / m / (m - 1));
}

// Comparing curves, cuts, two-by-two tables, kappa, logistic regression.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>
#include "eval/stats/kappa.h"
#include "eval/stats/logistic.h"
#include "eval/stats/roc.h"
#include "eval/stats/roc_compare.h"
#include "eval/stats/roc_cut.h"
#include "eval/stats/roc_variance.h"
#include "eval/stats/sort.h"
#include "eval/stats/sort_labels.h"
#include "eval/stats/two_by_two.h"
#include "tests/eval/stats/oracles.h"
#include "tests/support/support.h"

namespace {

class Roc {
public:
	Roc(std::vector<double> score, std::vector<uint8_t> is_case, enum roc_direction direction = ROC_HIGHER_IS_CASE)
		: score_(std::move(score)), is_case_(std::move(is_case))
	{
		EXPECT_OK(roc_init(&roc_, score_.data(), is_case_.data(), (int64_t)score_.size(), direction));
		if (roc_.n_cases && roc_.n_controls) {
			EXPECT_OK(roc_curve_init(&curve_, &roc_));
		}
	}
	~Roc()
	{
		roc_curve_free(&curve_);
		roc_free(&roc_);
	}
	Roc(const Roc &) = delete;
	Roc &operator=(const Roc &) = delete;
	const struct roc *get() const { return &roc_; }
	const struct roc_curve *curve() const { return &curve_; }
private:
	std::vector<double> score_;
	std::vector<uint8_t> is_case_;
	struct roc roc_ = {};
	struct roc_curve curve_ = {};
};

double Covariance(const Roc &a, const Roc &b)
{
	double covariance = 0;
	EXPECT_OK(roc_covariance(&covariance, a.get(), b.get()));
	return covariance;
}

std::vector<uint8_t> Popind()
{
	std::vector<uint8_t> y;
	for (const Ovarian &o : OvarianData())
		y.push_back((uint8_t)o.popind);
	return y;
}
std::vector<double> Alb()
{
	std::vector<double> x;
	for (const Ovarian &o : OvarianData())
		x.push_back(o.alb);
	return x;
}
std::vector<double> Tp()
{
	std::vector<double> x;
	for (const Ovarian &o : OvarianData())
		x.push_back(o.tp);
	return x;
}
std::vector<double> Kg()
{
	std::vector<double> x;
	for (const Ovarian &o : OvarianData())
		x.push_back(10 - o.totscore);
	return x;
}

void ExpectPaired(const Roc &a, const Roc &b, double z, double p, double lo, double hi)
{
	struct roc_difference d;
	ASSERT_OK(roc_compare_paired(&d, a.get(), b.get(), nullptr, 0));
	EXPECT_9(d.statistic, z);
	EXPECT_9(d.p, p);
	EXPECT_NEAR(d.ci.lo, lo, 1e-12);
	EXPECT_NEAR(d.ci.hi, hi, 1e-12);
}

} // namespace

TEST(RocCompare, OvarianPairs)
{
	Roc kg(Kg(), Popind()), alb(Alb(), Popind()), tp(Tp(), Popind());
	EXPECT_9(kg.get()->variance, 0.01057228327324581);
	EXPECT_9(tp.get()->variance, 0.01000947736119432);
	EXPECT_9(Covariance(kg, alb), 0.00503705981073307);
	EXPECT_9(Covariance(kg, tp), 0.00481929729133163);
	EXPECT_9(Covariance(alb, tp), 0.00774452927646216);
	ExpectPaired(alb, kg, 0.1127782690445, 0.910206347201, -0.176117368735, 0.197622745079);
	ExpectPaired(tp, kg, -0.745218389658, 0.456139707507, -0.282988015572, 0.127074037077);
	ExpectPaired(alb, tp, 1.590029258321, 0.111828210121, -0.020639110920, 0.198058465759);
}

TEST(RocCompare, ClustersOfOneRowChangeNothing)
{
	Roc kg(Kg(), Popind()), alb(Alb(), Popind());
	std::vector<int64_t> alone;
	for (int64_t i = 0; i < 43; i++)
		alone.push_back(i);
	struct roc_difference plain, clustered;
	ASSERT_OK(roc_compare_paired(&plain, kg.get(), alb.get(), nullptr, 0));
	ASSERT_OK(roc_compare_paired(&clustered, kg.get(), alb.get(), alone.data(), 43));
	EXPECT_9(clustered.se, plain.se);
}

TEST(RocCompare, AScoreAgainstItselfHasNoTest)
{
	Roc a(Alb(), Popind()), b(Alb(), Popind());
	struct roc_difference d;
	ASSERT_OK(roc_compare_paired(&d, a.get(), b.get(), nullptr, 0));
	EXPECT_EQ(d.difference, 0);
	EXPECT_EQ(d.se, 0);
	EXPECT_TRUE(std::isnan(d.p));
}

// Hanley and McNeil's CT ratings against the ovarian KG curve.
TEST(RocCompare, Unpaired)
{
	const int normal[] = { 33, 6, 6, 11, 2 }, abnormal[] = { 3, 2, 2, 11, 33 };
	std::vector<double> score;
	std::vector<uint8_t> is_case;
	for (int rating = 0; rating < 5; rating++)
		for (int k = 0; k < normal[rating] + abnormal[rating]; k++) {
			score.push_back(rating);
			is_case.push_back(k >= normal[rating]);
		}
	Roc ct(score, is_case), kg(Kg(), Popind());
	struct roc_difference d;
	roc_compare_unpaired(&d, ct.get(), kg.get());
	EXPECT_9(d.statistic, 1.55958001899);
	EXPECT_9(d.df, 49.681095056);
	EXPECT_9(d.p, 0.125207299739);
}

TEST(RocCut, YoudenOfOvarian)
{
	Roc alb(Alb(), Popind()), kg(Kg(), Popind());
	struct roc_cut cut = roc_cut_youden(alb.curve());
	EXPECT_9(cut.threshold, 3.05);
	EXPECT_EQ(cut.tp, 27);
	EXPECT_EQ(cut.fp, 4);
	EXPECT_9(cut.j, 27.0 / 31 + 8.0 / 12 - 1);
	cut = roc_cut_youden(kg.curve());
	EXPECT_9(cut.threshold, 2.5);
	EXPECT_EQ(cut.tp, 31);
	EXPECT_EQ(cut.fp, 7);
}

TEST(RocCut, PartialAreasAddUp)
{
	Roc alb(Alb(), Popind());
	EXPECT_9(roc_cut_partial_auc(alb.curve(), 0, 1), alb.get()->auc);
	double low = roc_cut_partial_auc(alb.curve(), 0, 0.87), high = roc_cut_partial_auc(alb.curve(), 0.87, 1);
	EXPECT_9(low + high, alb.get()->auc);
	EXPECT_9(roc_cut_standardized(alb.get()->auc, 0, 1), alb.get()->auc);
	EXPECT_9(roc_cut_sensitivity_at(alb.curve(), 8.0 / 12), 27.0 / 31);
	// Perfect separation: all of the strip, and 1 when rescaled.
	Roc perfect({ 1, 2, 3, 4 }, { 0, 0, 1, 1 });
	EXPECT_NEAR(roc_cut_partial_auc(perfect.curve(), 0.9, 1), 0.1, 1e-15);
	EXPECT_9(roc_cut_standardized(0.1, 0.9, 1), 1);
	EXPECT_EQ(roc_cut_sensitivity_at(perfect.curve(), 1), 1);
}

TEST(TwoByTwo, TheOvarianCut)
{
	struct two_by_two t;
	two_by_two_compute(&t, 27, 4, 8, 4);
	EXPECT_9(t.sensitivity.value, 0.870967741935);
	EXPECT_9(t.ppv.value, 27.0 / 31);
	EXPECT_9(t.npv.value, 8.0 / 12);
	EXPECT_9(t.accuracy.value, 35.0 / 43);
	EXPECT_9(t.positive.value, 27.0 / 31 / (4.0 / 12));
	EXPECT_9(t.negative.value, 4.0 / 31 / (8.0 / 12));
	double se = std::sqrt(1 / 27.0 - 1 / 31.0 + 1 / 4.0 - 1 / 12.0);
	EXPECT_9(std::log(t.positive.ci.hi / t.positive.value), 1.959963984540054 * se);
	two_by_two_compute(&t, 5, 0, 5, 0);
	EXPECT_TRUE(std::isnan(t.positive.value)) << "no false positive";
	EXPECT_EQ(t.negative.value, 0);
	EXPECT_TRUE(std::isnan(t.negative.ci.lo));
	two_by_two_compute(&t, 0, 0, 5, 1);
	EXPECT_TRUE(std::isnan(t.sensitivity.value) && std::isnan(t.sensitivity.wilson.lo));
}

TEST(TwoByTwo, McNemar)
{
	struct mcnemar m = two_by_two_mcnemar(150, 86);
	EXPECT_9(m.chi2, 17.3559322034);
	EXPECT_NEAR(m.p, 3.09929344e-05, 5e-14);
	EXPECT_9(m.chi2_corrected, 16.8177966102);
	EXPECT_NEAR(m.p_corrected, 4.11456228e-05, 5e-14);
	EXPECT_9(two_by_two_mcnemar(1, 5).p_exact, 2 * 7.0 / 64) << "C(6,0) + C(6,1) of 64, twice";
	EXPECT_EQ(two_by_two_mcnemar(3, 3).p_exact, 1);
	EXPECT_TRUE(std::isnan(two_by_two_mcnemar(0, 0).p));
}

TEST(TwoByTwo, NetBenefit)
{
	EXPECT_9(two_by_two_net_benefit(30, 20, 100, 0.2), 0.25);
	EXPECT_NEAR(two_by_two_net_benefit(30, 70, 100, 0.3), 0, 1e-16) << "treating all at a threshold of the prevalence";
}

TEST(Kappa, ThreeByThree)
{
	const int64_t count[] = { 88, 10, 2, 14, 40, 6, 18, 10, 12 };
	struct kappa k;
	kappa_compute(&k, count, 3, KAPPA_UNWEIGHTED);
	EXPECT_9(k.value, .491525423729);
	EXPECT_9(k.variance, .00260118519206);
	kappa_compute(&k, count, 3, KAPPA_QUADRATIC);
	EXPECT_9(k.value, .454545454545);
	EXPECT_9(k.variance, .0044160917970084);
	const int64_t one_class[] = { 5, 0, 0, 0 }, none[] = { 0, 0, 0, 0 };
	kappa_compute(&k, one_class, 2, KAPPA_UNWEIGHTED);
	EXPECT_TRUE(std::isnan(k.value) && std::isnan(k.ci.lo));
	kappa_compute(&k, none, 2, KAPPA_LINEAR);
	EXPECT_TRUE(std::isnan(k.value));
}

TEST(Logistic, Ovarian)
{
	struct logistic l;
	ASSERT_EQ(logistic_fit(&l, Alb().data(), Popind().data(), 43, 1), nullptr);
	EXPECT_9(l.beta[0], -2.46457260258);
	EXPECT_9(l.beta[1], 1.05202652641);
	EXPECT_NEAR(l.se[0], 1.59128209529, 2e-6) << "R's are those of its last step but one";
	EXPECT_NEAR(l.se[1], 0.485939750867, 1e-6);
	EXPECT_9(l.log_likelihood, -22.6921530212);
	EXPECT_9(l.null_deviance, 50.9182436767);
	EXPECT_9(l.brier, 0.175583625227);
	std::vector<double> x;
	for (const Ovarian &o : OvarianData())
		x.insert(x.end(), { o.alb, o.tp, 10 - o.totscore });
	ASSERT_EQ(logistic_fit(&l, x.data(), Popind().data(), 43, 3), nullptr);
	const double beta[] = { -3.65929225206, 0.984685879827, -0.205014654278, 0.667989700633 };
	const double se[] = { 2.52922966238, 0.825948068307, 0.659234763447, 0.313621765466 };
	EXPECT_TRUE(AllClose(l.beta, beta, 4, 0, 1e-8));
	EXPECT_TRUE(AllClose(l.se, se, 4, 0, 2e-6));
	EXPECT_9(l.log_likelihood, -19.7740514545);
	EXPECT_9(l.brier, 0.138884959048);
	std::vector<double> p;
	for (size_t i = 0; i < 43; i++)
		p.push_back(logistic_probability(&l, &x[3 * i]));
	Roc roc(p, Popind());
	EXPECT_9(roc.get()->auc, 0.771505376344);
}

TEST(Logistic, SaysWhyThereIsNoFit)
{
	struct logistic l;
	const double x[] = { 1, 2, 3, 4, 5, 6, 7, 8 }, twice[] = { 1, 2, 2, 4, 3, 6, 4, 8, 5, 10, 6, 12, 7, 14, 8, 16, 9, 18 };
	const uint8_t separated[] = { 0, 0, 0, 0, 1, 1, 1, 1 }, one[] = { 1, 1, 1, 1, 1, 1, 1, 1 };
	const uint8_t mixed[] = { 0, 1, 0, 0, 1, 1, 0, 1, 1 };
	EXPECT_STREQ(logistic_fit(&l, x, one, 8, 1), "one class only");
	EXPECT_NE(logistic_fit(&l, x, separated, 8, 1), nullptr);
	EXPECT_NE(logistic_fit(&l, twice, mixed, 9, 2), nullptr);
	EXPECT_NE(logistic_fit(&l, x, separated, 3, 1), nullptr);
	EXPECT_EQ(l.n_terms, 0);
}

// Half of the keys far away, the others within the last bits of one number: too close for the first passes.
TEST(Sort, CrowdedKeys)
{
	std::mt19937 generator(6);
	std::vector<struct sort_item> items;
	for (int64_t i = 0; i < 5000; i++)
		items.push_back({ i % 2 ? 1 + (double)(generator() % 3000) * 0x1p-52 : 1e9 * (double)(generator() % 5), i });
	ASSERT_OK(sort_items(items.data(), 5000));
	for (size_t i = 1; i < items.size(); i++)
		EXPECT_TRUE(items[i - 1].key < items[i].key ||
			(items[i - 1].key == items[i].key && items[i - 1].row < items[i].row)) << i;
}

TEST(Sort, IsStableAndAscending)
{
	std::mt19937 generator(4);
	for (int n : { 0, 1, 64, 65, 3000 }) {
		std::vector<struct sort_item> items;
		for (int64_t i = 0; i < n; i++) {
			double key = (double)(int64_t)(generator() % 201) - 100;
			items.push_back({ i % 7 == 0 ? key * 1e-300 : i % 7 == 1 ? key * 1e300 : i % 7 == 2 ? -0.0 : key, i });
		}
		ASSERT_OK(sort_items(items.data(), n));
		for (size_t i = 1; i < items.size(); i++)
			EXPECT_TRUE(items[i - 1].key < items[i].key ||
				(items[i - 1].key == items[i].key && items[i - 1].row < items[i].row)) << i;
	}
}

// Plain, with an outlier beyond all steps, too wide for a step's width, constant, in ties, around 0 over many powers of two, in
// two clumps next to each other: each sorts like the standard library and keeps every label with its number.
TEST(Sort, LabelsOfAnyRange)
{
	std::mt19937 generator(8);
	std::normal_distribution<double> normal;
	for (int kind = 0; kind < 7; kind++)
		for (int n : { 0, 1, 2, 64, 65, 3000, 40000 }) {
			std::vector<double> x;
			std::vector<uint8_t> label;
			for (int i = 0; i < n; i++) {
				double draw = normal(generator);
				x.push_back(kind == 3 ? 2 : kind == 4 ? (double)(generator() % 300) - 150
					: kind == 5 ? std::ldexp(draw, -(int)(generator() % 1000)) : kind == 6 ? (draw > 0) + 1e-13 * draw : draw);
				label.push_back(generator() % 4 == 0);
			}
			if (kind == 1 && n > 1)
				x[(size_t)n / 2] = 1e30;
			if (kind == 2 && n > 1)
				x[0] = -1.7e308, x[1] = 1.7e308;
			std::vector<uint64_t> word((size_t)n);
			int64_t n_negative = -1;
			ASSERT_OK(sort_labels(word.data(), &n_negative, x.data(), label.data(), n, -1));
			std::vector<std::pair<double, int>> want, got;
			for (int i = 0; i < n; i++) {
				want.emplace_back(-x[(size_t)i] + 0.0, label[(size_t)i]);
				got.emplace_back(sort_labels_number(word[(size_t)i], i < n_negative), word[(size_t)i] & 1);
			}
			EXPECT_TRUE(std::is_sorted(got.begin(), got.end(), [](auto a, auto b) { return a.first < b.first; })) << kind << " " << n;
			std::sort(want.begin(), want.end());
			std::sort(got.begin(), got.end());
			EXPECT_EQ(got, want) << kind << " " << n;
		}
}

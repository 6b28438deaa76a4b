#include <cmath>
#include "eval/stats/distributions.h"
#include "eval/stats/interval.h"
#include "tests/eval/stats/oracles.h"

TEST(Distributions, QuantilesAreThoseOfR)
{
	EXPECT_9(distributions_normal_quantile(0.975), 1.95996398454005);
	EXPECT_NEAR(distributions_normal_quantile(0.5), 0, 1e-15);
	const double t[][2] = { { 1, 12.7062047362 }, { 2, 4.30265272975 }, { 5, 2.57058183564 }, { 10, 2.22813885199 },
		{ 16, 2.11990529922 }, { 30, 2.0422724563 }, { 100, 1.98397151852 } };
	for (const auto &row : t) {
		EXPECT_9(distributions_t_quantile(0.975, row[0]), row[1]);
		EXPECT_9(distributions_t_quantile(0.025, row[0]), -row[1]);
	}
	EXPECT_9(distributions_beta_quantile(0.025, 8, 3), 0.443904537692);
	EXPECT_9(distributions_beta_quantile(0.975, 9, 2), 0.974789273673);
	EXPECT_9(INTERVAL_Z, distributions_normal_quantile(0.975));
}

TEST(Distributions, CdfsAreThoseOfR)
{
	EXPECT_9(distributions_normal_cdf(-1.96), 0.0249978951482);
	EXPECT_9(distributions_normal_cdf(-6), 9.86587645038e-10);
	EXPECT_9(distributions_t_cdf(-2.5, 4), 0.033383272406);
	EXPECT_9(distributions_beta_cdf(0.443904537692, 8, 3), 0.025);
}

TEST(Distributions, QuantileInvertsCdf)
{
	for (double p : { 1e-12, 1e-6, 0.01, 0.3, 0.5, 0.77, 0.999, 1 - 1e-9 }) {
		EXPECT_9(distributions_normal_cdf(distributions_normal_quantile(p)), p);
		EXPECT_9(distributions_t_cdf(distributions_t_quantile(p, 3.5), 3.5), p);
		EXPECT_9(distributions_beta_cdf(distributions_beta_quantile(p, 2.5, 40), 2.5, 40), p);
	}
	// Beta(1, b) has the closed form 1 - (1 - x)^b; also for the sizes of large cohorts.
	for (double b : { 1.0, 7.0, 1e3, 1e6 })
		EXPECT_9(distributions_beta_quantile(0.975, 1, b), -std::expm1(std::log(0.025) / b));
}

TEST(Interval, ProportionsAreThoseOfR)
{
	const struct {
		int64_t x, n;
		double wilson_lo, wilson_hi, exact_lo, exact_hi;
	} rows[] = {
		{ 26, 41, .481207010879, .764101689803, .469362548033, .778772137939 },
		{ 58, 72, .699672410541, .880485206205, .695331066701, .889416213322 },
		{ 8, 10, .490162471537, .943317848546, .443904537692, .974789273673 },
		{ 0, 10, 0, .277532799863, 0, .308497107819 },
	};
	for (const auto &row : rows) {
		struct interval w = interval_wilson(row.x, row.n), e = interval_clopper_pearson(row.x, row.n);
		EXPECT_9(w.lo, row.wilson_lo);
		EXPECT_9(w.hi, row.wilson_hi);
		EXPECT_9(e.lo, row.exact_lo);
		EXPECT_9(e.hi, row.exact_hi);
	}
	struct interval all = interval_clopper_pearson(10, 10);
	EXPECT_9(all.lo, .691502892181);
	EXPECT_EQ(all.hi, 1);
	EXPECT_TRUE(std::isnan(interval_clopper_pearson(0, 0).lo));
	EXPECT_TRUE(std::isnan(interval_wilson(0, 0).hi));
}

// The definition itself: at the exact bounds the tail probabilities are 2.5 %.
TEST(Interval, ClopperPearsonHoldsItsTails)
{
	const int n = 23;
	for (int x = 0; x <= n; x++) {
		struct interval e = interval_clopper_pearson(x, n);
		double above = 0, below = 0;
		for (int k = 0; k <= n; k++) {
			double log_choose = std::lgamma(n + 1.0) - std::lgamma(k + 1.0) - std::lgamma(n - k + 1.0);
			if (k >= x && x > 0)
				above += std::exp(log_choose + k * std::log(e.lo) + (n - k) * std::log1p(-e.lo));
			if (k <= x && x < n)
				below += std::exp(log_choose + k * std::log(e.hi) + (n - k) * std::log1p(-e.hi));
		}
		if (x > 0) {
			EXPECT_9(above, 0.025) << x;
		}
		if (x < n) {
			EXPECT_9(below, 0.025) << x;
		}
	}
}

TEST(Interval, UndefinedOnesAreNaN)
{
	EXPECT_TRUE(std::isnan(interval_logit(1, 0).lo));
	EXPECT_TRUE(std::isnan(interval_logit(0, 0.1).hi));
	EXPECT_TRUE(std::isnan(interval_logit(NAN, 0.1).hi));
	EXPECT_TRUE(std::isnan(interval_atanh(-1, 0.1).lo));
	EXPECT_TRUE(std::isnan(interval_wald(0.5, NAN, 0, 1).lo)) << "a missing SE is no bound";
	EXPECT_TRUE(std::isnan(interval_t(0, 1, 0).lo));
	EXPECT_EQ(interval_wald(0.95, 0.1, 0, 1).hi, 1);
	EXPECT_EQ(interval_wald(0.05, 0.1, 0, 1).lo, 0);
}

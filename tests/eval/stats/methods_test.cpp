// Two methods of measurement: rank correlation, ICC, Deming, Passing and Bablok, repeats.
#include <algorithm>
#include <cmath>
#include <random>
#include <vector>
#include "eval/stats/agreement.h"
#include "eval/stats/deming.h"
#include "eval/stats/icc.h"
#include "eval/stats/order.h"
#include "eval/stats/passing_bablok.h"
#include "eval/stats/rank.h"
#include "eval/stats/repeats.h"
#include "tests/eval/stats/oracles.h"
#include "tests/support/support.h"

namespace {

// Two columns, row by row.
std::vector<double> Pairs(const std::vector<double> &a, const std::vector<double> &b)
{
	std::vector<double> rows;
	for (size_t i = 0; i < a.size(); i++) {
		rows.push_back(a[i]);
		rows.push_back(b[i]);
	}
	return rows;
}

void ExpectIcc(const struct icc_value &got, double value, double lo, double hi)
{
	EXPECT_NEAR(got.value, value, 1e-9);
	EXPECT_NEAR(got.ci.lo, lo, 1e-9);
	EXPECT_NEAR(got.ci.hi, hi, 1e-9);
}

// Synthetic, mg/cm2, where the rules of Passing and Bablok and of R's mcr differ.
const std::vector<double> kTwo24X = { 780, 816, 747, 673, 725, 661, 787, 941, 721, 706, 839, 823, 793, 668, 776, 863, 619,
	725, 552, 625, 559, 752, 628, 813 };
const std::vector<double> kTwo24Y = { 774, 797, 649, 647, 714, 659, 722, 907, 678, 669, 863, 782, 780, 692, 745, 845, 618,
	718, 507, 623, 604, 688, 653, 805 };

} // namespace

TEST(Icc, ShroutAndFleiss1979)
{
	const std::vector<double> ratings = { 9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7 };
	struct icc c;
	icc_compute(&c, ratings.data(), 6, 4);
	EXPECT_9(c.ms_subjects, 11.2416666667);
	EXPECT_9(c.ms_raters, 32.4861111111);
	EXPECT_9(c.ms_error, 1.0194444444);
	ExpectIcc(c.single[ICC_1], .1657417684, -.1329323249, .7225600623);
	ExpectIcc(c.single[ICC_2], .2897637795, .0187865134, .7610843696);
	ExpectIcc(c.single[ICC_3], .7148407148, .3424647650, .9458582600);
	ExpectIcc(c.average[ICC_1], .4427971337, -.8844421552, .9124154203);
	ExpectIcc(c.average[ICC_2], .6200505476, .0711368153, .9272320402);
	ExpectIcc(c.average[ICC_3], .9093155424, .6756747138, .9858916782);
}

TEST(Icc, PeakFlow)
{
	struct icc c;
	icc_compute(&c, Pairs(PefrWright(), PefrMini()).data(), 17, 2);
	ExpectIcc(c.single[ICC_1], .9460147251, .8607901713, .9799392155);
	ExpectIcc(c.single[ICC_2], .9459284056, .8574111712, .9800786591);
	ExpectIcc(c.single[ICC_3], .9429130724, .8499083917, .9789431344);
	EXPECT_NEAR(c.average[ICC_2].value, .9722129580, 1e-9);
	EXPECT_NEAR(c.average[ICC_3].value, .9706178684, 1e-9);
}

TEST(Icc, DegenerateTablesHaveNone)
{
	struct icc c;
	const double flat[] = { 1, 1, 1, 1 }, one[] = { 1, 2 };
	icc_compute(&c, flat, 2, 2);
	EXPECT_TRUE(std::isnan(c.single[ICC_1].value) && std::isnan(c.single[ICC_2].value));
	icc_compute(&c, one, 1, 2);
	EXPECT_TRUE(std::isnan(c.single[ICC_3].value));
	icc_compute(&c, one, 2, 1);
	EXPECT_TRUE(std::isnan(c.average[ICC_1].value));
}

TEST(Deming, PeakFlowAtFiveErrorRatios)
{
	const double want[][3] = { { 0.25, 0.937456392398, 30.284344694258 }, { 0.5, 0.951884506395, 23.786601119983 },
		{ 1, 0.970880819765, 15.231555522331 }, { 2, 0.990654577644, 6.326385503311 },
		{ 4, 1.006779160220, -0.935367685170 } };
	for (const auto &row : want) {
		struct deming d;
		deming_compute(&d, PefrWright().data(), PefrMini().data(), 17, row[0]);
		EXPECT_9(d.slope, row[1]);
		EXPECT_NEAR(d.intercept, row[2], 1e-9 * 450) << "of a line through (450, 450)";
	}
	struct deming d;
	deming_compute(&d, PefrWright().data(), PefrMini().data(), 17, 1);
	EXPECT_NEAR(d.slope_se, .13901709, 5e-9) << "printed to 8 places";
	EXPECT_NEAR(d.intercept_se, 69.47953336, 5e-9);
	EXPECT_LT(d.slope_ci.lo, 1);
	EXPECT_GT(d.slope_ci.hi, 1);
}

TEST(Deming, ExchangingTheMethodsInvertsTheLine)
{
	struct deming d, back;
	deming_compute(&d, PefrWright().data(), PefrMini().data(), 17, 2);
	deming_compute(&back, PefrMini().data(), PefrWright().data(), 17, 0.5);
	EXPECT_9(back.slope, 1 / d.slope);
	const double flat[] = { 1, 1, 1 }, x[] = { 1, 2, 4 };
	deming_compute(&d, x, flat, 3, 1);
	EXPECT_TRUE(std::isnan(d.slope) && std::isnan(d.slope_ci.lo));
}

TEST(PassingBablok, PeakFlow)
{
	struct passing_bablok p;
	ASSERT_OK(passing_bablok_compute(&p, PefrWright().data(), PefrMini().data(), 17));
	EXPECT_9(p.slope, 1.0648148148148149);
	EXPECT_NEAR(p.slope_ci.lo, .8370786517, 1e-10);
	EXPECT_NEAR(p.slope_ci.hi, 1.3968253968, 1e-10);
	EXPECT_NEAR(p.intercept, -24.3055555556, 1e-9);
	EXPECT_NEAR(p.intercept_ci.lo, -178.0317460317, 1e-9);
	EXPECT_NEAR(p.intercept_ci.hi, 82.9382022472, 1e-9);
}

TEST(PassingBablok, TheRuleIsThatOf1983)
{
	struct passing_bablok p;
	ASSERT_OK(passing_bablok_compute(&p, kTwo24X.data(), kTwo24Y.data(), 24));
	EXPECT_EQ(p.n_slopes, 275);
	EXPECT_EQ(p.n_below, 10);
	EXPECT_9(p.slope, 0.934523809524);
	EXPECT_9(p.intercept, 37.4880952381);
	EXPECT_9(p.slope_ci.lo, 0.8);
	EXPECT_9(p.slope_ci.hi, 1.09848484848);
	EXPECT_9(p.intercept_ci.lo, -91.6893939394);
	EXPECT_9(p.intercept_ci.hi, 132.1);
}

TEST(PassingBablok, EqualPointsLeaveNoSlope)
{
	struct passing_bablok p;
	const double x[] = { 2, 2, 2 };
	ASSERT_OK(passing_bablok_compute(&p, x, x, 3));
	EXPECT_EQ(p.n_slopes, 0);
	EXPECT_TRUE(std::isnan(p.slope) && std::isnan(p.intercept) && std::isnan(p.slope_ci.lo));
}

TEST(Rank, MidranksAndSpearman)
{
	const std::vector<double> x = { 3, 1, 3, 2, 3 };
	double rank[5];
	ASSERT_OK(rank_midranks(rank, x.data(), 5));
	const double want[] = { 4, 1, 4, 2, 4 };
	EXPECT_TRUE(AllClose(rank, want, 5, 0, 0));
	// Without ties rho is 1 - 6 sum d^2 / (n (n^2 - 1)): ranks 1 2 3 4 5 against 2 1 4 3 5 give 1 - 24/120.
	const double a[] = { 10, 20, 30, 40, 50 }, b[] = { 2, 1, 40, 3, 50 };
	struct rank_correlation s;
	ASSERT_OK(rank_spearman(&s, a, b, 5));
	EXPECT_9(s.rho, 0.8);
	double half = INTERVAL_Z * std::sqrt(1.32 / 2);
	EXPECT_9(s.ci.lo, std::tanh(std::atanh(0.8) - half));
	const double flat[] = { 1, 1, 1, 1, 1 };
	ASSERT_OK(rank_spearman(&s, a, flat, 5));
	EXPECT_TRUE(std::isnan(s.rho) && std::isnan(s.ci.lo));
}

TEST(Repeats, PeakFlowDuplicates)
{
	const std::vector<double> second = { 490, 397, 512, 401, 470, 611, 415, 431, 638, 429, 420, 633, 275, 492, 165, 372,
		421 };
	const std::vector<double> mini2 = { 525, 415, 508, 444, 500, 625, 460, 390, 642, 432, 420, 605, 227, 467, 268, 370,
		443 };
	std::vector<int64_t> subject;
	for (int64_t i = 0; i < 34; i++)
		subject.push_back(i / 2);
	struct repeats r;
	repeats_compute(&r, Pairs(PefrWright(), second).data(), subject.data(), 34);
	EXPECT_EQ(r.n_subjects, 17);
	EXPECT_9(r.rms_sd, 15.3066690579);
	EXPECT_9(r.rms_cv_percent, 3.49955869733);
	EXPECT_9(r.lsc, 2.77 * 15.3066690579);
	repeats_compute(&r, Pairs(PefrMini(), mini2).data(), subject.data(), 34);
	EXPECT_9(r.rms_sd, 19.9108306324);
	EXPECT_9(r.rms_cv_percent, 5.06563444256);
	EXPECT_LT(r.rms_sd_ci.lo, r.rms_sd);
	EXPECT_GT(r.rms_sd_ci.hi, r.rms_sd);
	const int64_t alone[] = { 0, 1, 2 };
	repeats_compute(&r, PefrMini().data(), alone, 3);
	EXPECT_EQ(r.n_subjects, 0);
	EXPECT_TRUE(std::isnan(r.rms_sd) && std::isnan(r.lsc_ci.lo));
}

TEST(Order, SelectsLikeASort)
{
	std::mt19937 generator(9);
	for (int n : { 1, 2, 3, 7, 100, 1001 }) {
		std::vector<double> x;
		for (int i = 0; i < n; i++)
			x.push_back(generator() % 40);
		std::vector<double> sorted = x;
		std::sort(sorted.begin(), sorted.end());
		for (int k = 0; k < n; k += 1 + n / 9) {
			std::vector<double> work = x;
			EXPECT_EQ(order_select(work.data(), n, k), sorted[(size_t)k]);
		}
	}
	double x[] = { 4, 1, 3, 2 };
	EXPECT_EQ(order_median(x, 4), 2.5);
	EXPECT_EQ(order_quantile(x, 4, 0.25), 1.75);
	EXPECT_EQ(order_quantile(x, 4, 1), 4);
	EXPECT_TRUE(std::isnan(order_median(x, 0)));
}

// The same lines by sums over the rows, as in a textbook.
TEST(Agreement, CalibrationLineAndTrend)
{
	const std::vector<double> &x = PefrWright(), &y = PefrMini();
	struct agreement a;
	agreement_compute(&a, x.data(), y.data(), 17);
	double sx = 0, sy = 0, sxy = 0, syy = 0, dm = 0, mm = 0, sm = 0, sd = 0, dd = 0;
	for (size_t i = 0; i < 17; i++) {
		double d = y[i] - x[i], m = (x[i] + y[i]) / 2;
		sx += x[i], sy += y[i], sxy += x[i] * y[i], syy += y[i] * y[i];
		sd += d, sm += m, dm += d * m, mm += m * m, dd += d * d;
	}
	EXPECT_NEAR(a.calibration.slope, (17 * sxy - sx * sy) / (17 * syy - sy * sy), 1e-9);
	EXPECT_NEAR(a.calibration.intercept, (sx - a.calibration.slope * sy) / 17, 1e-7);
	EXPECT_NEAR(a.trend.slope, (17 * dm - sd * sm) / (17 * mm - sm * sm), 1e-9);
	double residual = 0;
	for (size_t i = 0; i < 17; i++)
		residual += std::pow(x[i] - a.calibration.intercept - a.calibration.slope * y[i], 2);
	EXPECT_NEAR(a.calibration.residual_sd, std::sqrt(residual / 15), 1e-9);
	double centred = 0;
	for (size_t i = 0; i < 17; i++)
		centred += std::pow(x[i] - sx / 17, 2);
	EXPECT_NEAR(a.r2_identity, 1 - dd / centred, 1e-12);
	EXPECT_NEAR(a.loa_lo_ci.lo, a.loa.lo - 2.11990529922 * a.loa_se, 1e-8);
	EXPECT_GT(a.trend.slope_p, 0.05);
}

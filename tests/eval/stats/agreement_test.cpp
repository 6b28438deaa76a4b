#include <cmath>
#include <vector>
#include "eval/stats/agreement.h"
#include "tests/eval/stats/oracles.h"

static struct agreement Of(const std::vector<double> &reference, const std::vector<double> &prediction)
{
	struct agreement a;
	agreement_compute(&a, reference.data(), prediction.data(), (int64_t)reference.size());
	return a;
}

// d = wright1 - mini1: the mini meter is the reference.
TEST(Agreement, BlandAltman1986)
{
	struct agreement a = Of(PefrMini(), PefrWright());
	EXPECT_9(a.bias, -2.11764705882);
	EXPECT_9(a.sd, 38.7651298736);
	EXPECT_9(a.loa.lo, -78.0973016111);
	EXPECT_9(a.loa.hi, 73.8620074934);
	EXPECT_9(a.loa_se, 16.3951079847);
	EXPECT_9(a.bias_ci.lo, -22.0488376966);
	EXPECT_9(a.bias_ci.hi, 17.813543579);
	EXPECT_9(a.r, .943279446891);
	EXPECT_9(a.r_ci.lo, .846358808792);
	EXPECT_9(a.r_ci.hi, .979731337352);
	EXPECT_9(a.mae, 492.0 / 17) << "sum of |d| by hand";
	EXPECT_9(a.rmse, std::sqrt(24120.0 / 17)) << "sum of d^2 by hand";
}

TEST(Agreement, LinAndLeastSquares)
{
	struct agreement a = Of(PefrWright(), PefrMini());
	EXPECT_9(a.ccc, .942742431427);
	EXPECT_9(a.ccc_ci.lo, .850491873169);
	EXPECT_9(a.ccc_ci.hi, .978726279170);
	EXPECT_NEAR(a.slope, .91734787, 5e-9) << "printed to 8 places";
	EXPECT_NEAR(a.intercept, 39.34027867, 5e-9);
	struct agreement swapped = Of(PefrMini(), PefrWright());
	EXPECT_9(swapped.ccc, a.ccc);
	EXPECT_9(swapped.ccc_ci.lo, a.ccc_ci.lo);
}

// Efron's law school data.
TEST(Agreement, FisherIntervalOfLawSchools)
{
	struct agreement a = Of({ 576, 635, 558, 578, 666, 580, 555, 661, 651, 605, 653, 575, 545, 572, 594 },
		{ 3.39, 3.30, 2.81, 3.03, 3.44, 3.07, 3.00, 3.43, 3.36, 3.13, 3.12, 2.74, 2.76, 2.88, 2.96 });
	EXPECT_9(a.r, .776374491289);
	EXPECT_9(a.r_ci.lo, .438510824963);
	EXPECT_9(a.r_ci.hi, .921964755965);
}

TEST(Agreement, ShiftAndScale)
{
	std::vector<double> x = PefrMini(), y = PefrWright(), x2, y2;
	for (size_t i = 0; i < x.size(); i++) {
		x2.push_back(x[i] * 1e-3);
		y2.push_back(y[i] * 1e-3 + 2);
	}
	struct agreement a = Of(x, y), b = Of(x2, y2);
	EXPECT_9(b.r, a.r);
	EXPECT_9(b.slope, a.slope);
	EXPECT_9(b.sd, a.sd * 1e-3);
	EXPECT_9(b.bias, a.bias * 1e-3 + 2);
	EXPECT_9(b.loa.hi - b.loa.lo, (a.loa.hi - a.loa.lo) * 1e-3);
}

TEST(Agreement, FewRowsDefineLittle)
{
	struct agreement a = Of({}, {});
	EXPECT_TRUE(std::isnan(a.bias) && std::isnan(a.mae) && std::isnan(a.r) && std::isnan(a.reference_mean));
	a = Of({ 1 }, { 1.5 });
	EXPECT_EQ(a.bias, 0.5);
	EXPECT_EQ(a.mae, 0.5);
	EXPECT_TRUE(std::isnan(a.sd) && std::isnan(a.loa.lo) && std::isnan(a.bias_ci.lo) && std::isnan(a.reference_sd));
	a = Of({ 1, 2 }, { 1.5, 2 });
	EXPECT_9(a.sd, std::sqrt(0.125));
	EXPECT_TRUE(std::isnan(a.r) && std::isnan(a.slope) && std::isnan(a.ccc));
	a = Of({ 1, 2, 4 }, { 1.5, 2, 3 });
	EXPECT_FALSE(std::isnan(a.r));
	EXPECT_TRUE(std::isnan(a.r_ci.lo));
}

// 0.1 three times sums to 0.30000000000000004: the mean's rounding must not become a variance.
TEST(Agreement, ConstantColumnsHaveNoCorrelation)
{
	struct agreement a = Of({ 0.1, 0.1, 0.1 }, { 0.2, 0.3, 0.4 });
	EXPECT_TRUE(a.reference_constant);
	EXPECT_TRUE(std::isnan(a.r) && std::isnan(a.slope) && std::isnan(a.ccc));
	EXPECT_EQ(a.reference_sd, 0);
	a = Of({ 0.2, 0.3, 0.4 }, { 0.1, 0.1, 0.1 });
	EXPECT_TRUE(a.prediction_constant);
	EXPECT_TRUE(std::isnan(a.r));
	EXPECT_NEAR(a.slope, 0, 1e-15);
	EXPECT_9(a.intercept, 0.1);
}

TEST(Agreement, ExactAgreementHasNoIntervalOfR)
{
	struct agreement a = Of({ 1, 2, 4, 8 }, { 1, 2, 4, 8 });
	EXPECT_EQ(a.r, 1);
	EXPECT_EQ(a.ccc, 1);
	EXPECT_EQ(a.sd, 0);
	EXPECT_TRUE(std::isnan(a.r_ci.lo) && std::isnan(a.ccc_ci.hi));
}

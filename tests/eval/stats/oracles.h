// Published data sets and the values other programs give for them (R 4.2 with pROC 1.18, scipy 1.10).
#ifndef TESTS_EVAL_STATS_ORACLES_H
#define TESTS_EVAL_STATS_ORACLES_H
#include <cmath>
#include <cstdint>
#include <vector>
#include <gtest/gtest.h>

// |got - want| <= 1e-9 |want|; NaN fails.
inline ::testing::AssertionResult Near9(double got, double want)
{
	if (std::fabs(got - want) <= 1e-9 * std::fabs(want))
		return ::testing::AssertionSuccess();
	char text[120];
	snprintf(text, sizeof(text), "%.15g, expected %.15g", got, want);
	return ::testing::AssertionFailure() << text;
}
#define EXPECT_9(got, want) EXPECT_TRUE(Near9(got, want))

// Ovarian cancer surgery, DeLong, DeLong and Clarke-Pearson 1988: alb, tp, totscore, popind (1 = case).
struct Ovarian {
	double alb, tp, totscore;
	int popind;
};
inline const std::vector<Ovarian> &OvarianData()
{
	static const std::vector<Ovarian> data = {
		{ 3.0, 5.8, 10, 0 }, { 3.2, 6.3, 5, 1 }, { 3.9, 6.8, 3, 1 }, { 2.8, 4.8, 6, 0 }, { 3.2, 5.8, 3, 1 },
		{ 0.9, 4.0, 5, 0 }, { 2.5, 5.7, 8, 0 }, { 1.6, 5.6, 5, 1 }, { 3.8, 5.7, 5, 1 }, { 3.7, 6.7, 6, 1 },
		{ 3.2, 5.4, 4, 1 }, { 3.8, 6.6, 6, 1 }, { 4.1, 6.6, 5, 1 }, { 3.6, 5.7, 5, 1 }, { 4.3, 7.0, 4, 1 },
		{ 3.6, 6.7, 4, 0 }, { 2.3, 4.4, 6, 1 }, { 4.2, 7.6, 4, 0 }, { 4.0, 6.6, 6, 0 }, { 3.5, 5.8, 6, 1 },
		{ 3.8, 6.8, 7, 1 }, { 3.0, 4.7, 8, 0 }, { 4.5, 7.4, 5, 1 }, { 3.7, 7.4, 5, 1 }, { 3.1, 6.6, 6, 1 },
		{ 4.1, 8.2, 6, 1 }, { 4.3, 7.0, 5, 1 }, { 4.3, 6.5, 4, 1 }, { 3.2, 5.1, 5, 1 }, { 2.6, 4.7, 6, 1 },
		{ 3.3, 6.8, 6, 0 }, { 1.7, 4.0, 7, 0 }, { 3.7, 6.1, 5, 1 }, { 3.3, 6.3, 7, 1 }, { 4.2, 7.7, 6, 1 },
		{ 3.5, 6.2, 5, 1 }, { 2.9, 5.7, 9, 0 }, { 2.1, 4.8, 7, 1 }, { 2.8, 6.2, 8, 0 }, { 4.0, 7.0, 7, 1 },
		{ 3.3, 5.7, 6, 1 }, { 3.7, 6.9, 5, 1 }, { 3.6, 6.6, 5, 1 },
	};
	return data;
}

// Peak expiratory flow rate, Bland and Altman 1986, l/min.
inline const std::vector<double> &PefrWright()
{
	static const std::vector<double> data = { 494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478,
		178, 423, 427 };
	return data;
}
inline const std::vector<double> &PefrMini()
{
	static const std::vector<double> data = { 512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477,
		259, 350, 451 };
	return data;
}

#endif

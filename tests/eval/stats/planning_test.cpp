#include <cmath>
#include "eval/stats/planning.h"
#include "tests/eval/stats/oracles.h"

// Hanley and McNeil 1982: 51 abnormal, 58 normal, AUC .893 has SE .0324865796073 (0.032 in the paper).
TEST(Planning, HanleyMcNeil)
{
	EXPECT_9(planning_auc_se(0.893171061528059, 51.0 / 109, 109), .0324865796073);
	int64_t n = planning_auc_rows(0.9, 0.3, 0.03);
	EXPECT_LE(1.959963984540054 * planning_auc_se(0.9, 0.3, n), 0.03);
	EXPECT_GT(1.959963984540054 * planning_auc_se(0.9, 0.3, n - 1), 0.03);
	EXPECT_EQ(planning_auc_rows(0.9, 0.3, 1e-9), -1);
	EXPECT_TRUE(std::isnan(planning_auc_se(0.9, 0.001, 100))) << "no case to expect";
}

// r = 0.3 against 0 with power 0.8: ((1.959964 + 0.841621) / atanh 0.3)^2 + 3 = 84.93, 85 in the textbooks.
TEST(Planning, CorrelationAgainstZero)
{
	EXPECT_EQ(planning_r_power_rows(0.3, 0, 0.8), 85);
	EXPECT_GE(planning_r_power(0.3, 0, 85), 0.8);
	EXPECT_LT(planning_r_power(0.3, 0, 84), 0.8);
	EXPECT_NEAR(planning_r_power(0.5, 0.5, 100), 0.05, 1e-12) << "no difference: the level";
}

TEST(Planning, IntervalsOfTheEvaluationItself)
{
	struct interval ci = planning_r_interval(.943279446891, 17);
	EXPECT_9(ci.lo, .846358808792);
	int64_t n = planning_r_rows(0.9, 0.05);
	EXPECT_LE(0.9 - planning_r_interval(0.9, n).lo, 0.05);
	EXPECT_GT(0.9 - planning_r_interval(0.9, n - 1).lo, 0.05);
	EXPECT_9(planning_loa_half(38.7651298736, 17), 2.11990529922 * 16.3951079847);
	n = planning_loa_rows(0.06, 0.01);
	EXPECT_LE(planning_loa_half(0.06, n), 0.01);
	EXPECT_GT(planning_loa_half(0.06, n - 1), 0.01);
	EXPECT_EQ(planning_design_effect(2, 0.5), 1.5);
}

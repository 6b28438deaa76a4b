#include "drr/cohort/shape.h"

#include <cmath>
#include <vector>
#include "tests/support/support.h"

namespace
{

struct Moments {
	std::vector<std::vector<double>> value = std::vector<std::vector<double>>(SHAPE_COUNT);
	double Mean(int i) const
	{
		double sum = 0;
		for (double x : value[(size_t)i])
			sum += x;
		return sum / (double)value[(size_t)i].size();
	}
	double Covariance(int i, int j) const
	{
		double sum = 0, a = Mean(i), b = Mean(j);
		for (size_t k = 0; k < value[0].size(); k++)
			sum += (value[(size_t)i][k] - a) * (value[(size_t)j][k] - b);
		return sum / (double)(value[0].size() - 1);
	}
	double R(int i, int j) const
	{
		return Covariance(i, j) / std::sqrt(Covariance(i, i) * Covariance(j, j));
	}
};

Moments Draw(bool woman, double mean_cm, double sd_cm, double age, int n)
{
	struct rng r = rng_init(3, woman);
	Moments m;
	for (int k = 0; k < n; k++) {
		double out[SHAPE_COUNT];
		shape_sample(out, woman, mean_cm + sd_cm * rng_normal(&r), age, &r);
		for (int i = 0; i < SHAPE_COUNT; i++)
			m.value[(size_t)i].push_back(out[i]);
	}
	return m;
}

// Means within 5 %, SDs within 15 % of the table (issue 5); ends of the ranges cut a little of the SD.
TEST(Shape, HasTheTablesMomentsBySex)
{
	for (bool woman : { false, true }) {
		Moments m = Draw(woman, woman ? 157 : 170, 6.2, 50, 6000);
		for (int i = 0; i < SHAPE_COUNT; i++) {
			const struct shape_row *row = shape_row((enum shape_measure)i);
			double mean = woman ? row->women : row->men;
			EXPECT_NEAR(mean, m.Mean(i), 0.03 * mean) << row->name;
			EXPECT_NEAR(row->sd, std::sqrt(m.Covariance(i, i)), 0.15 * row->sd) << row->name;
			EXPECT_GT(std::string(row->source).size(), 0u);
		}
	}
}

TEST(Shape, HasTheTablesCorrelationsAtOneHeight)
{
	Moments m = Draw(true, 157, 0, 50, 6000);
	for (int i = 0; i < SHAPE_COUNT; i++)
		for (int j = 0; j < i; j++)
			EXPECT_NEAR(shape_correlation((enum shape_measure)i, (enum shape_measure)j),
				m.R(i, j), 0.06)
				<< i << " " << j;
}

TEST(Shape, TallPeopleAreLargerAndOldCorticesThinner)
{
	Moments small = Draw(true, 150, 0, 50, 1500), tall = Draw(true, 164, 0, 50, 1500);
	EXPECT_NEAR(14 * 0.14, tall.Mean(SHAPE_HEAD_DIAMETER) - small.Mean(SHAPE_HEAD_DIAMETER), 0.25);
	EXPECT_EQ(1, shape_cortex_age(true, 40));
	EXPECT_NEAR(0.79, shape_cortex_age(true, 85), 1e-12);
	EXPECT_GT(shape_cortex_age(false, 80), shape_cortex_age(true, 80));
}

TEST(Shape, SidesDifferByTheTablesSpread)
{
	double person[SHAPE_COUNT], side[SHAPE_COUNT], squares[SHAPE_COUNT] = {};
	struct rng r = rng_init(5, 0);
	shape_sample(person, false, 170, 60, &r);
	const int n = 2000;
	for (int k = 0; k < n; k++) {
		shape_side(side, person, &r);
		for (int i = 0; i < SHAPE_COUNT; i++)
			squares[i] += std::pow(side[i] - person[i], 2) / n;
	}
	for (int i = 0; i < SHAPE_COUNT; i++)
		EXPECT_NEAR(shape_row((enum shape_measure)i)->side_sd, std::sqrt(squares[i]),
			0.06 * shape_row((enum shape_measure)i)->side_sd + 1e-12);
}

} // namespace

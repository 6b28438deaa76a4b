// The 12-node beam against the 1-keV sum, both in double.
#include <algorithm>
#include <cmath>
#include <vector>
#include "drr/spectrum.h"
#include "tests/support/support.h"

namespace
{

const double kKvp[] = { 70, 80, 90, 100, 120, 140 };

// -ln of the signal behind these materials, g/cm2.
double Log(int n, const double *weight, const double (*mu)[MATERIALS], const double *g_cm2)
{
	std::vector<double> exponent(n);
	double least = INFINITY, sum = 0;
	for (int i = 0; i < n; i++) {
		for (int m = 0; m < MATERIALS; m++)
			exponent[i] += mu[i][m] * g_cm2[m];
		if (weight[i] > 0)
			least = std::min(least, exponent[i]);
	}
	for (int i = 0; i < n; i++)
		if (weight[i] > 0)
			sum += weight[i] * std::exp(least - exponent[i]);
	return least - std::log(sum);
}

double Difference(const spectrum &s, const double *g_cm2)
{
	return std::fabs(Log(s.quadrature.n, s.quadrature.weight, s.quadrature.mu_rho_cm2_g, g_cm2) -
			 Log(SPECTRUM_BINS, s.weight, s.mu_rho_cm2_g, g_cm2));
}

// Largest difference over the range of tissue with this much metal in the way.
double Worst(const spectrum &s, double metal)
{
	double worst = 0;
	for (double soft = 0; soft <= 45; soft += 7.5)
		for (double fat = 0; fat <= 35; fat += 7)
			for (double mineral : { 0.0, 0.3, 1.0, 2.5, 5.0 }) {
				const double g_cm2[MATERIALS] = { soft, fat, mineral, metal };
				worst = std::fmax(worst, Difference(s, g_cm2));
			}
	return worst;
}

TEST(Quadrature, IsTheSumOverOneKevBins)
{
	for (double kvp : kKvp)
		for (double al_mm : { 0.0, 1.0, 2.5, 7.0, 15.0, 30.0 }) {
			spectrum s;
			ASSERT_OK(spectrum_load(&s, kvp, al_mm));
			double tissue = Worst(s, 0), metal = 0, thick = 0;
			for (double g_cm2 : { 0.5, 2.0, 6.0, 15.0 })
				metal = std::fmax(metal, Worst(s, g_cm2));
			for (double g_cm2 : { 20.0, 30.0 })
				thick = std::fmax(thick, Worst(s, g_cm2));
			EXPECT_LE(tissue, 7.5e-6) << kvp << " kVp, " << al_mm << " mm";
			EXPECT_LE(metal, 9.5e-6) << kvp << " kVp, " << al_mm << " mm";
			EXPECT_LE(thick, 6.5e-5) << kvp << " kVp, " << al_mm << " mm";
		}
}

TEST(Quadrature, IsABeam)
{
	for (double kvp : kKvp) {
		spectrum s;
		ASSERT_OK(spectrum_load(&s, kvp, 0));
		const quadrature &q = s.quadrature;
		ASSERT_EQ(QUADRATURE_NODES, q.n);
		double sum = 0;
		for (int i = 0; i < q.n; i++) {
			EXPECT_GT(q.weight[i], 0);
			sum += q.weight[i];
			for (int m = 0; m < MATERIALS && i > 0; m++)
				EXPECT_LT(q.mu_rho_cm2_g[i][m], q.mu_rho_cm2_g[i - 1][m]) << i << " " << m;
		}
		EXPECT_NEAR(1, sum, 1e-14);
		EXPECT_GT(q.mu_rho_cm2_g[q.n - 1][MATERIAL_SOFT],
			s.mu_rho_cm2_g[(int)kvp - SPECTRUM_FIRST_KEV][MATERIAL_SOFT]);
	}
}

TEST(Quadrature, OfFewBinsIsTheBins)
{
	spectrum s;
	ASSERT_OK(spectrum_load(&s, 80, 0));
	for (double &w : s.weight)
		w = 0;
	s.weight[30] = 0.25;
	s.weight[60] = 0.75;
	quadrature_of_spectrum(&s.quadrature, &s);
	ASSERT_EQ(2, s.quadrature.n);
	EXPECT_EQ(0.75, s.quadrature.weight[1]);
	const double g_cm2[MATERIALS] = { 20, 3, 1, 2 };
	EXPECT_NEAR(0, Difference(s, g_cm2), 1e-14);
}

} // namespace

#include "kernels/dxa_solve.h"

#include <cmath>
#include <vector>
#include "tests/support/support.h"

namespace
{

// Hydroxyapatite, muscle and fat at 38 and 70 keV, cm2/g.
const dxa_solve_node kEdge[2] = { { 1, 0.2811, 0.2469, 1.1 }, { 1, 0.1915, 0.1880, 0.3131 } };

// The dual-energy equation, pixel by pixel; each row its own tissue.
TEST(DxaSolve, IsTheDualEnergyEquationForTwoEnergies)
{
	const int cols = 37, rows = 3, n = cols * rows;
	const double fat[rows] = { 0, 0.25, -0.1 };
	std::vector<float> j(2 * n);
	std::vector<double> mineral(n), tissue(n);
	for (int i = 0; i < n; i++) {
		j[i] = 3 + 0.05f * (float)(i % cols);
		j[n + i] = 2 + 0.03f * (float)(i % 5);
		double f = fat[i / cols], l = (1 - f) * kEdge[0].soft_cm2_g + f * kEdge[0].fat_cm2_g,
		       h = (1 - f) * kEdge[1].soft_cm2_g + f * kEdge[1].fat_cm2_g, r = l / h;
		mineral[i] = (j[i] - r * j[n + i]) / (kEdge[0].mineral_cm2_g - r * kEdge[1].mineral_cm2_g);
		tissue[i] = (j[n + i] - kEdge[1].mineral_cm2_g * mineral[i]) / h;
	}
	for (auto run : { dxa_solve_f32, dxa_solve_f64 }) {
		Guarded out_mineral(n * sizeof(float)), out_tissue(n * sizeof(float));
		dxa_solve_args a = { (float *)out_mineral.data(), (float *)out_tissue.data(), j.data(), fat,
			n, cols, kEdge, 1, 1 };
		run(&a, n);
		EXPECT_TRUE(AllClose(a.mineral, mineral.data(), n, 1e-6, 1e-6));
		EXPECT_TRUE(AllClose(a.tissue, tissue.data(), n, 1e-6, 1e-6));
		EXPECT_TRUE(out_mineral.intact() && out_tissue.intact());
	}
}

TEST(DxaSolve, FindsTheMassesBehindTwoSpectra)
{
	const dxa_solve_node nodes[5] = { { 0.3, 0.38, 0.32, 2.2 }, { 0.5, 0.25, 0.23, 0.8 },
		{ 0.2, 0.2, 0.19, 0.38 }, { 0.6, 0.2, 0.19, 0.4 }, { 0.4, 0.16, 0.158, 0.19 } };
	for (double tissue : { 2.0, 15.0, 40.0 })
		for (double mineral : { -0.05, 0.0, 0.7, 4.0 })
			for (double fat : { 0.0, 0.4 }) {
				double low = dxa_solve_behind(nodes, 3, fat, tissue, mineral).attenuation;
				double high =
					dxa_solve_behind(nodes + 3, 2, fat, tissue, mineral).attenuation;
				double sum = 0;
				for (int k = 0; k < 3; k++)
					sum += nodes[k].weight *
					       std::exp(-tissue * ((1 - fat) * nodes[k].soft_cm2_g +
									  fat * nodes[k].fat_cm2_g) -
							mineral * nodes[k].mineral_cm2_g);
				EXPECT_NEAR(-std::log(sum), low, 1e-12);
				double t = NAN, m = NAN;
				dxa_solve_point(nodes, 3, 2, fat, low, high, &t, &m);
				EXPECT_NEAR(tissue, t, 1e-8);
				EXPECT_NEAR(mineral, m, 1e-8);
			}
}

TEST(DxaSolve, KeepsNaN)
{
	const float j[2] = { NAN, 3 };
	const double fat = 0;
	float mineral = 0, tissue = 0;
	dxa_solve_args a = { &mineral, &tissue, j, &fat, 1, 1, kEdge, 1, 1 };
	dxa_solve_f32(&a, 1);
	EXPECT_TRUE(std::isnan(mineral));
	EXPECT_TRUE(std::isnan(tissue));
}

} // namespace

#include <cmath>
#include <vector>
#include "kernels/radiograph.h"
#include "tests/support/support.h"

namespace
{

TEST(RadiographKernel, IsLinearForOneEnergy)
{
	const radiograph_bin bin = { 1, { 0.2, 0.19, 0.4, 2 } };
	const float materials[4][3] = { { 0, 10, 18 }, { 0, 2, 0 }, { 0, 0.5f, 1 }, { 0, 0, 3 } };
	Guarded out(3 * sizeof(float));
	radiograph_args a = { (float *)out.data(), materials[0], 3, &bin, 1 };
	radiograph_f32(&a, 3);
	for (int i = 0; i < 3; i++) {
		double expected = 0;
		for (int m = 0; m < 4; m++)
			expected += bin.mu_rho_cm2_g[m] * materials[m][i];
		EXPECT_NEAR(expected, ((float *)out.data())[i], 1e-6 * (1 + expected));
	}
	EXPECT_TRUE(out.intact());
}

TEST(RadiographKernel, SumsIntensitiesOverTheBins)
{
	const radiograph_bin bins[3] = { { 0.5, { 0.4, 0, 0, 0 } }, { 0.3, { 0.3, 0, 0, 0 } },
		{ 0.2, { 0.1, 0, 0, 0 } } };
	const int n = 257;
	std::vector<float> materials(4 * n);
	std::vector<double> expected(n);
	for (int i = 0; i < n; i++) {
		double t = materials[i] = 0.25f * (float)i;
		expected[i] = -std::log(
			0.5 * std::exp(-0.4 * t) + 0.3 * std::exp(-0.3 * t) + 0.2 * std::exp(-0.1 * t));
	}
	for (auto run : { radiograph_f32, radiograph_f64 }) {
		Guarded out(n * sizeof(float));
		radiograph_args a = { (float *)out.data(), materials.data(), n, bins, 3 };
		run(&a, n);
		EXPECT_TRUE(AllClose((float *)out.data(), expected.data(), n, 1e-7, 1e-6));
		EXPECT_TRUE(out.intact());
	}
}

} // namespace

#include <cmath>
#include <vector>
#include "kernels/cpu/radiograph_simd.h"
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

// A beam of 12 energies; the most penetrating carries little of it.
std::vector<radiograph_bin> Beam()
{
	std::vector<radiograph_bin> bins;
	for (int b = 0; b < 12; b++) {
		double share = b == 11 ? 1e-6 : 1.0 / (2 + b), fall = std::exp(-0.2 * b);
		bins.push_back(
			{ share, { 0.18 + 0.5 * fall, 0.17 + 0.4 * fall, 0.2 + 3 * fall, 0.4 + 9 * fall } });
	}
	double sum = 0;
	for (auto &bin : bins)
		sum += bin.weight;
	for (auto &bin : bins)
		bin.weight /= sum;
	return bins;
}

std::vector<float> Materials(int n)
{
	const double most[4] = { 45, 35, 5, 15 };
	std::vector<float> materials(4 * n);
	uint32_t random = 1;
	for (int i = 0; i < 4 * n; i++) {
		random = random * 1664525u + 1013904223u;
		materials[i] = (float)(most[i / n] * (random >> 8) / 16777216.0);
	}
	return materials;
}

TEST(RadiographKernel, IsAsExactInFloatAsItSays)
{
	const int n = 20001;
	std::vector<radiograph_bin> bins = Beam();
	std::vector<float> materials = Materials(n), got(n), want(n);
	for (int m = 0; m < 4; m++)
		materials[m * n] = 0; // air
	radiograph_args a = { want.data(), materials.data(), n, bins.data(), 12 };
	radiograph_f64(&a, n);
	a.radiograph = got.data();
	radiograph_f32(&a, n);
	for (int i = 0; i < n; i++)
		EXPECT_LE(std::fabs(got[i] - want[i]), 1e-6 + 2e-6 * want[i]) << i;
	EXPECT_NEAR(0, got[0], 1e-9);
}

TEST(RadiographSimd, EveryBuildGivesTheBitsOfTheScalar)
{
	std::vector<radiograph_bin> bins = Beam();
	radiograph_build builds[3];
	const int count = radiograph_simd_builds(builds);
	ASSERT_GE(count, 1);
	for (int n : { 1, 63, 64, 65, 200, 9001 }) {
		std::vector<float> materials = Materials(n), want(n);
		if (n > 2)
			materials[1] = NAN;
		radiograph_args a = { want.data(), materials.data(), n, bins.data(), 12 };
		radiograph_f32(&a, n);
		for (int i = 0; i < count; i++) {
			Guarded out(n * sizeof(float));
			a.radiograph = (float *)out.data();
			builds[i].run(&a, n);
			for (int k = 0; k < n; k++)
				if (n > 2 && k == 1)
					EXPECT_TRUE(std::isnan(a.radiograph[k])) << builds[i].name;
				else
					EXPECT_EQ(want[k], a.radiograph[k]) << builds[i].name << " " << k;
			EXPECT_TRUE(out.intact());
		}
	}
}

} // namespace

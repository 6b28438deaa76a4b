#include "drr/cohort/scan_streak.h"

#include <array>
#include <cmath>
#include <memory>
#include <omp.h>
#include <vector>
#include <gmock/gmock.h>
#include "drr/spectrum.h"
#include "tests/support/support.h"

namespace
{

struct site_ct Scanner(double noise_hu)
{
	struct site_ct ct = {};
	ct.kvp = 120;
	ct.kev = 70;
	ct.noise_hu = noise_hu;
	return ct;
}
const struct site_ct kScanner = Scanner(0);

// Water with discs of titanium alloy in slice 1 of 3.
struct Slices {
	struct volume hu = {}, metal = {};
	Slices(int64_t size, const std::vector<std::array<double, 3>> &discs)
	{
		const int64_t n[3] = { size, size, 3 };
		const double affine[4][4] = { { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 }, { 0, 0, 0, 1 } };
		if (volume_init(&hu, n, affine, VOLUME_F32) != 0 || volume_init(&metal, n, affine, VOLUME_F32) != 0)
			ADD_FAILURE() << err_message();
		for (int64_t y = 0; y < size; y++)
			for (int64_t x = 0; x < size; x++)
				for (const auto &d : discs) {
					const double from = d[2] - std::hypot((double)x - d[0], (double)y - d[1]);
					float &at = volume_f32(&metal)[(size + y) * size + x];
					at = std::fmax(at, (float)(4.43 * std::fmin(std::fmax(from + 0.5, 0), 1)));
				}
	}
	~Slices()
	{
		volume_free(&hu);
		volume_free(&metal);
	}
	Slices(const Slices &) = delete;
	double At(int64_t x, int64_t y) const
	{
		return (double)volume_f32(&hu)[(hu.n[1] + y) * hu.n[0] + x];
	}
	double Mean(int64_t x, int64_t y, int64_t half) const
	{
		double sum = 0;
		for (int64_t j = y - half; j <= y + half; j++)
			for (int64_t i = x - half; i <= x + half; i++)
				sum += At(i, j);
		return sum / (double)((2 * half + 1) * (2 * half + 1));
	}
};

// Through the middle of a disc the reconstruction gives back the error of that ray, here summed bin by bin.
TEST(ScanStreak, RayThroughADiscReadsAsHardened)
{
	const int64_t size = 401;
	Slices s(size, { { 200, 200, 10 } });
	ASSERT_OK(scan_streak(&s.hu, &s.metal, &kScanner, 1, 1));
	auto spectrum = std::make_unique<struct spectrum>();
	double metal, water, open = 0, behind = 0, sum = 0;
	ASSERT_OK(spectrum_load(spectrum.get(), 120, 3));
	ASSERT_OK(attenuation_cm2_g("ti6al4v", 70, &metal));
	ASSERT_OK(attenuation_cm2_g("water", 70, &water));
	for (int b = 0; b < SPECTRUM_BINS; b++) {
		const double patient = spectrum->weight[b] * std::exp(-25 * spectrum->mu_rho_cm2_g[b][MATERIAL_SOFT]);
		open += patient;
		behind += patient * std::exp(-2 * 4.43 * spectrum->mu_rho_cm2_g[b][MATERIAL_METAL]);
	}
	const double error = -std::log(behind / open) - 2 * 4.43 * metal;
	EXPECT_LT(error, -0.2);
	for (int64_t y = 0; y < size; y++)
		sum += s.At(200, y) / (1000 / (0.1 * water));
	EXPECT_NEAR(error, sum, 0.06 * std::fabs(error));
}

// Dark between two pieces, and nothing in slices without any.
TEST(ScanStreak, DarkBetweenTwoPiecesAndNoneElsewhere)
{
	Slices s(201, { { 70, 100, 8 }, { 130, 100, 8 } });
	ASSERT_OK(scan_streak(&s.hu, &s.metal, &kScanner, 1, 1));
	EXPECT_LT(s.Mean(100, 100, 4), -60);
	EXPECT_GT(s.Mean(100, 100, 4), -600);
	EXPECT_LT(std::fabs(s.Mean(100, 20, 4)), 0.3 * std::fabs(s.Mean(100, 100, 4)));
	for (int64_t z : { 0, 2 })
		for (int64_t i = 0; i < 201 * 201; i++)
			ASSERT_EQ(0, volume_f32(&s.hu)[z * 201 * 201 + i]);
}

// Photons lost are noise along the rays through metal, the same for a seed on any number of threads.
TEST(ScanStreak, NoiseIsASeedsOwn)
{
	const struct site_ct noisy = Scanner(12);
	const std::vector<std::array<double, 3>> discs = { { 40, 50, 8 } };
	Slices clean(101, discs), a(101, discs), b(101, discs), other(101, discs);
	const int threads = omp_get_max_threads();
	ASSERT_OK(scan_streak(&clean.hu, &clean.metal, &kScanner, 1, 1));
	ASSERT_OK(scan_streak(&a.hu, &a.metal, &noisy, 1, 1));
	omp_set_num_threads(threads > 1 ? 1 : 2);
	ASSERT_OK(scan_streak(&b.hu, &b.metal, &noisy, 1, 1));
	omp_set_num_threads(threads);
	ASSERT_OK(scan_streak(&other.hu, &other.metal, &noisy, 2, 1));
	double squares = 0, different = 0;
	for (int64_t i = 0; i < volume_count(&a.hu); i++) {
		ASSERT_EQ(volume_f32(&a.hu)[i], volume_f32(&b.hu)[i]);
		different += volume_f32(&a.hu)[i] != volume_f32(&other.hu)[i];
	}
	EXPECT_GT(different, 0.9 * 101 * 101);
	for (int64_t i = 60; i < 90; i++) {
		double d = a.At(i, 50) - clean.At(i, 50);
		squares += d * d / 30;
	}
	EXPECT_GT(std::sqrt(squares), 3);
	EXPECT_LT(std::sqrt(squares), 60);
}

} // namespace

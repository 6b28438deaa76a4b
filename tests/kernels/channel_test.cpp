// K_DEFINE_TILES and K_DEFINE_CHANNEL_SUM, shown on scale, norm_apply and channel_sum: every channel count
// around a tile, few and many tiles, any number of threads.
#include <algorithm>
#include <cmath>
#include <omp.h>
#include <vector>
#include "host/run/rng.h"
#include "kernels/channel_sum.h"
#include "kernels/norm_stats.h"
#include "kernels/scale.h"
#include "tests/support/support.h"

namespace
{

std::vector<float> Random(int64_t n)
{
	rng r = rng_init(31, (uint64_t)n);
	std::vector<float> x((size_t)n);
	for (float &v : x)
		v = (float)rng_normal(&r);
	return x;
}

struct Size {
	int64_t samples, pixels, channels;
};
// below, at and above one tile of 16; few and many tiles; fewer pixels than segments; more elements than
// K_SERIAL
const Size kSizes[] = { { 1, 1, 1 }, { 2, 3, 5 }, { 1, 7, 15 }, { 3, 50, 16 }, { 1, 999, 17 }, { 2, 31, 33 },
	{ 20, 12, 40 }, { 5, 700, 70 }, { 1, 20000, 3 }, { 0, 5, 4 } };

class Channels : public ::testing::TestWithParam<int>
{
      protected:
	void SetUp() override
	{
		ASSERT_OK(device_open(&device_, "cpu"));
		before_ = omp_get_max_threads();
		omp_set_num_threads(GetParam());
	}
	void TearDown() override
	{
		omp_set_num_threads(before_);
		device_close(&device_);
	}
	struct device device_;
	int before_;
};
INSTANTIATE_TEST_SUITE_P(Threads, Channels, ::testing::Values(1, 2, 3, 7));

TEST_P(Channels, TilesWriteEveryElementOnce)
{
	for (const Size &s : kSizes) {
		const int64_t n = s.samples * s.pixels * s.channels;
		const std::vector<float> x = Random(n);
		Guarded y((size_t)n * sizeof(float));
		struct scale_args a = {};
		a.y = y.data();
		a.x = x.data();
		a.channels = s.channels;
		a.factor = -2;
		ASSERT_OK(scale(&device_, &a, s.samples * s.pixels));
		EXPECT_TRUE(y.intact());
		for (int64_t i = 0; i < n; i++)
			ASSERT_EQ(((const float *)y.data())[i], -2 * x[(size_t)i]);
		a.accumulate = 1; // on top of what was written
		ASSERT_OK(scale(&device_, &a, s.samples * s.pixels));
		for (int64_t i = 0; i < n; i++)
			ASSERT_EQ(((const float *)y.data())[i], -4 * x[(size_t)i]);
	}
}

TEST_P(Channels, SumsAgreeWithAPlainLoopAndWithOneThread)
{
	for (const Size &s : kSizes) {
		const std::vector<float> x = Random(s.samples * s.pixels * s.channels);
		const size_t groups = (size_t)(s.samples * s.channels);
		Guarded sum(groups * sizeof(float)), mean(groups * sizeof(float)),
			rstd(groups * sizeof(float));
		std::vector<float> alone(groups);
		struct channel_sum_args a = {};
		a.sum = sum.data();
		a.x = x.data();
		a.pixels = s.pixels;
		a.channels = s.channels;
		ASSERT_OK(channel_sum(&device_, &a, s.samples, s.pixels));
		a.sum = alone.data();
		omp_set_num_threads(1);
		ASSERT_OK(channel_sum(&device_, &a, s.samples, s.pixels));
		omp_set_num_threads(GetParam());
		EXPECT_TRUE(std::equal(alone.begin(), alone.end(), (const float *)sum.data()));
		struct norm_stats_args stats = {};
		stats.mean = mean.data();
		stats.rstd = rstd.data();
		stats.x = x.data();
		stats.pixels = s.pixels;
		stats.channels = s.channels;
		stats.epsilon = 1e-3;
		ASSERT_OK(norm_stats(&device_, &stats, s.samples, s.pixels));
		EXPECT_TRUE(sum.intact() && mean.intact() && rstd.intact());
		for (int64_t g = 0; g < (int64_t)groups; g++) {
			const int64_t n = g / s.channels, c = g % s.channels;
			double total = 0, square = 0, size = 0;
			for (int64_t j = 0; j < s.pixels; j++) {
				const double v = x[(size_t)((n * s.pixels + j) * s.channels + c)];
				total += v;
				size += std::fabs(v);
			}
			const double average = total / (double)s.pixels;
			for (int64_t j = 0; j < s.pixels; j++) {
				const double v = x[(size_t)((n * s.pixels + j) * s.channels + c)] - average;
				square += v * v / (double)s.pixels;
			}
			const double float_rounding = 6e-8;
			ASSERT_NEAR(
				alone[(size_t)g], total, float_rounding * std::fabs(total) + 1e-14 * size);
			ASSERT_NEAR(((const float *)mean.data())[g], average,
				float_rounding * std::fabs(average) + 1e-15 * size);
			const double deviation = 1 / std::sqrt(square + 1e-3);
			ASSERT_NEAR(((const float *)rstd.data())[g], deviation, 1e-6 * deviation);
		}
	}
}

} // namespace

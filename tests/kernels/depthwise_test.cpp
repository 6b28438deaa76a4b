// depthwise and depthwise_wgrad against the sums of their headers, on cpu and ref, for any number of threads.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <omp.h>
#include <vector>
#include "host/run/rng.h"
#include "kernels/depthwise.h"
#include "kernels/depthwise_taps.h"
#include "kernels/depthwise_wgrad.h"
#include "tests/support/support.h"

namespace
{

// Lines and pixels of a line differ in everything.
struct Case {
	int64_t samples, in[2], out[2], kernel[2], stride[2], spread[2], pad[2], dilation[2], channels;
};
const Case kCases[] = {
	{ 2, { 9, 11 }, { 9, 11 }, { 3, 7 }, { 1, 1 }, { 1, 1 }, { 1, 3 }, { 1, 1 }, 21 },
	{ 1, { 12, 40 }, { 5, 19 }, { 3, 5 }, { 2, 2 }, { 1, 1 }, { 0, 1 }, { 1, 2 }, 16 },
	{ 2, { 10, 9 }, { 4, 9 }, { 2, 17 }, { 3, 1 }, { 1, 1 }, { 1, 8 }, { 2, 1 }, 3 },
	{ 2, { 5, 6 }, { 10, 17 }, { 3, 4 }, { 1, 1 }, { 2, 3 }, { 1, 2 }, { 1, 2 }, 17 }, // a gradient of the data
	{ 1, { 6, 7 }, { 4, 5 }, { 3, 3 }, { 1, 1 }, { 1, 1 }, { 0, -1 }, { 1, 1 }, 5 },
};

std::vector<double> Random(int64_t n, uint64_t seed)
{
	rng r = rng_init(17, seed);
	std::vector<double> x((size_t)n);
	for (double &v : x)
		v = (double)(float)rng_normal(&r);
	return x;
}

// What the arguments of both texts have in common.
template <typename Args> void Shape(Args &a, const Case &c)
{
	a.channels = c.channels;
	std::copy_n(c.in, 2, a.in);
	std::copy_n(c.out, 2, a.out);
	std::copy_n(c.kernel, 2, a.kernel);
	std::copy_n(c.stride, 2, a.stride);
	std::copy_n(c.pad, 2, a.pad);
	std::copy_n(c.dilation, 2, a.dilation);
}

// What pixel o of a line reads under tap t, or -1.
int64_t Source(const Case &c, int k, int64_t o, int64_t t)
{
	const int64_t at = o * c.stride[k] - c.pad[k] + t * c.dilation[k];
	return at < 0 || at % c.spread[k] != 0 || at / c.spread[k] >= c.in[k] ? -1 : at / c.spread[k];
}

// visit(element of y, of x, of the kernel) for every product of channel 0.
template <typename Visit> void Products(const Case &c, const Visit &visit)
{
	for (int64_t s = 0; s < c.samples; s++)
		for (int64_t i = 0; i < c.out[0]; i++)
			for (int64_t j = 0; j < c.out[1]; j++)
				for (int64_t u = 0; u < c.kernel[0]; u++)
					for (int64_t v = 0; v < c.kernel[1]; v++) {
						const int64_t y = Source(c, 0, i, u), x = Source(c, 1, j, v);
						if (y >= 0 && x >= 0)
							visit((s * c.out[0] + i) * c.out[1] + j,
								(s * c.in[0] + y) * c.in[1] + x, u * c.kernel[1] + v);
					}
}

class DepthwiseKernels : public ::testing::TestWithParam<const char *>
{
      protected:
	void SetUp() override
	{
		ASSERT_OK(device_open(&device_, GetParam()));
	}
	void TearDown() override
	{
		device_close(&device_);
	}
	bool ref() const
	{
		return device_.elem == DEVICE_F64;
	}
	double tolerance() const
	{
		return ref() ? 1e-13 : 1e-5;
	}
	// In the storage of the device.
	std::vector<double> Stored(const std::vector<double> &x) const
	{
		std::vector<double> to(x.size());
		for (size_t i = 0; !ref() && i < x.size(); i++)
			((float *)to.data())[i] = (float)x[i];
		return ref() ? x : to;
	}
	double At(const void *p, int64_t i) const
	{
		return ref() ? ((const double *)p)[i] : ((const float *)p)[i];
	}
	void ExpectNear(Guarded &got, const std::vector<double> &want) const
	{
		EXPECT_TRUE(got.intact());
		double largest = 0;
		for (double v : want)
			largest = std::fmax(largest, std::fabs(v));
		for (size_t i = 0; i < want.size(); i++)
			ASSERT_NEAR(At(got.data(), (int64_t)i), want[i], tolerance() * largest) << i;
	}
	struct device device_;
};
INSTANTIATE_TEST_SUITE_P(On, DepthwiseKernels, ::testing::Values("cpu", "ref"));

TEST_P(DepthwiseKernels, SumsTheTaps)
{
	for (const Case &c : kCases) {
		const int64_t taps = c.kernel[0] * c.kernel[1], ny = c.samples * c.out[0] * c.out[1] * c.channels;
		const std::vector<double> x = Random(c.samples * c.in[0] * c.in[1] * c.channels, 1),
					  w = Random(taps * c.channels, 2);
		std::vector<double> want((size_t)ny), storedX = Stored(x), storedW = Stored(w);
		Products(c, [&](int64_t to, int64_t from, int64_t tap) {
			for (int64_t k = 0; k < c.channels; k++)
				want[(size_t)(to * c.channels + k)] += x[(size_t)(from * c.channels + k)] *
								       w[(size_t)(tap * c.channels + k)];
		});
		Guarded y((size_t)ny * (ref() ? 8 : 4));
		struct depthwise_args a = {};
		a.y = y.data();
		a.x = storedX.data();
		a.weight = storedW.data();
		Shape(a, c);
		std::copy_n(c.spread, 2, a.spread);
		ASSERT_OK(depthwise(&device_, &a, c.samples * c.out[0] * depthwise_runs(c.out[1])));
		ExpectNear(y, want);
	}
}

TEST_P(DepthwiseKernels, WeightGradientIsWrittenOrAdded)
{
	for (const Case &c : kCases) {
		const int64_t accumulate = (&c - &kCases[0]) % 2;
		if (c.spread[0] != 1)
			continue;
		const int64_t taps = c.kernel[0] * c.kernel[1], nw = taps * c.channels;
		const std::vector<double> x = Random(c.samples * c.in[0] * c.in[1] * c.channels, 1),
					  dy = Random(c.samples * c.out[0] * c.out[1] * c.channels, 2),
					  before = Random(nw, 3);
		std::vector<double> want = accumulate ? before : std::vector<double>((size_t)nw, 0.0), storedX = Stored(x), storedDy = Stored(dy), storedW = Stored(before);
		Products(c, [&](int64_t to, int64_t from, int64_t tap) {
			for (int64_t k = 0; k < c.channels; k++)
				want[(size_t)(k * taps + tap)] += x[(size_t)(from * c.channels + k)] *
								  dy[(size_t)(to * c.channels + k)];
		});
		const size_t bytes = (size_t)nw * (ref() ? 8 : 4);
		Guarded dw(bytes), again(bytes);
		struct depthwise_wgrad_args a = {};
		a.accumulate = accumulate;
		a.x = storedX.data();
		a.dy = storedDy.data();
		Shape(a, c);
		const int threads = omp_get_max_threads();
		for (Guarded *to : { &dw, &again }) {
			omp_set_num_threads(to == &dw ? 1 : 3);
			memcpy(to->data(), storedW.data(), bytes);
			a.dweight = to->data();
			ASSERT_OK(depthwise_wgrad(
				&device_, &a, depthwise_wgrad_rows(&a), depthwise_wgrad_count(&a, c.samples)));
		}
		omp_set_num_threads(threads);
		ExpectNear(dw, want);
		EXPECT_EQ(0, memcmp(dw.data(), again.data(), bytes));
	}
}

TEST_P(DepthwiseKernels, TapsAreTurnedRound)
{
	const int64_t taps = 6, channels = 5;
	const std::vector<double> w = Random(taps * channels, 4), stored = Stored(w);
	for (int64_t reversed : { 0, 1 }) {
		Guarded to((size_t)(taps * channels) * (ref() ? 8 : 4));
		const struct depthwise_taps_args a = { to.data(), stored.data(), taps, channels, reversed };
		ASSERT_OK(depthwise_taps(&device_, &a, taps * channels));
		EXPECT_TRUE(to.intact());
		for (int64_t t = 0; t < taps; t++)
			for (int64_t c = 0; c < channels; c++)
				EXPECT_EQ(At(to.data(), t * channels + c),
					w[(size_t)(c * taps + (reversed ? taps - 1 - t : t))]);
	}
}

} // namespace

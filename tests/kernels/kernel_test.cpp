// The write-once mechanism of kernels/kernel.h, shown on one map (leaky_relu) and one sum (mean).
#include "kernels/kernel.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <omp.h>
#include <string>
#include <vector>
#include <gmock/gmock.h>
#include "host/run/rng.h"
#include "kernels/add.h"
#include "kernels/channel_sum.h"
#include "kernels/leaky_relu.h"
#include "kernels/mean.h"
#include "tests/support/support.h"

namespace
{

const int64_t kSizes[] = { 0, 1, 2, 3, 5, 7, 11, 13, 63, 64, 65, 255, 256, 257, 511, 1023, 4099 };

template <class T> std::vector<T> Random(int64_t n, uint64_t stream)
{
	rng r = rng_init(2026, stream);
	std::vector<T> x(n);
	for (T &v : x)
		v = (T)rng_normal(&r);
	return x;
}

struct Cpu {
	struct device device;
	explicit Cpu(const char *spec)
	{
		if (device_open(&device, spec) != 0)
			abort();
	}
	~Cpu()
	{
		device_close(&device);
	}
};

struct Threads {
	int before = omp_get_max_threads();
	explicit Threads(int n)
	{
		omp_set_num_threads(n);
	}
	~Threads()
	{
		omp_set_num_threads(before);
	}
};

template <class T> struct Storage;
template <> struct Storage<float> {
	static constexpr const char *spec = "cpu";
};
template <> struct Storage<double> {
	static constexpr const char *spec = "ref";
};

template <class T> struct Kernel : testing::Test {
	Cpu cpu{ Storage<T>::spec };
};
using Elements = testing::Types<float, double>;
TYPED_TEST_SUITE(Kernel, Elements);

TYPED_TEST(Kernel, MapValuesAtAllSizesInGuardedOutputs)
{
	for (int64_t n : kSizes) {
		std::vector<TypeParam> x = Random<TypeParam>(n, n), wanted(n);
		Guarded y(n * sizeof(TypeParam));
		const float slope = 0.2f;
		for (int64_t i = 0; i < n; i++)
			wanted[i] = x[i] > 0 ? x[i] : (TypeParam)slope * x[i];
		leaky_relu_args args = { y.data(), x.data(), slope };
		ASSERT_OK(leaky_relu(&this->cpu.device, &args, n));
		EXPECT_TRUE(AllClose((TypeParam *)y.data(), wanted.data(), n, 0, 0)) << n;
		EXPECT_TRUE(y.intact()) << n;
	}
}

TYPED_TEST(Kernel, MapWorksInPlaceAndTouchesOnlyItsElements)
{
	std::vector<TypeParam> x = { -2, -1, 0, 1, 2, -8, -16 };
	leaky_relu_args args = { x.data(), x.data(), 0.25f };
	ASSERT_OK(leaky_relu(&this->cpu.device, &args, 5));
	EXPECT_EQ((std::vector<TypeParam>{ -0.5, -0.25, 0, 1, 2, -8, -16 }), x);
}

TYPED_TEST(Kernel, MapKeepsNanAndInfinity)
{
	const TypeParam nan = std::numeric_limits<TypeParam>::quiet_NaN(),
			inf = std::numeric_limits<TypeParam>::infinity();
	TypeParam x[4] = { nan, inf, -inf, -1 }, y[4];
	leaky_relu_args args = { y, x, 0.5f };
	ASSERT_OK(leaky_relu(&this->cpu.device, &args, 4));
	EXPECT_TRUE(std::isnan(y[0]));
	EXPECT_EQ(inf, y[1]);
	EXPECT_EQ(-inf, y[2]);
	EXPECT_EQ((TypeParam)-0.5, y[3]);
}

TYPED_TEST(Kernel, SumOfEveryGroupInGuardedOutputs)
{
	for (int64_t groups : { 0, 1, 3, 17 })
		for (int64_t count : { 1, 2, 255, 256, 257, 1000 }) {
			std::vector<TypeParam> x = Random<TypeParam>(groups * count, count), wanted(groups);
			for (int64_t g = 0; g < groups; g++) {
				long double sum = 0;
				for (int64_t j = 0; j < count; j++)
					sum += x[g * count + j];
				wanted[g] = (TypeParam)(sum / count);
			}
			Guarded mean_of(groups * sizeof(TypeParam));
			mean_args args = { mean_of.data(), x.data(), count };
			ASSERT_OK(mean(&this->cpu.device, &args, groups, count));
			double ulp = 2 * std::numeric_limits<TypeParam>::epsilon();
			EXPECT_TRUE(AllClose((TypeParam *)mean_of.data(), wanted.data(), groups, ulp, ulp))
				<< groups << " x " << count;
			EXPECT_TRUE(mean_of.intact());
		}
}

TYPED_TEST(Kernel, ResultsAreTheSameBitsForAnyNumberOfThreads)
{
	const int64_t groups = 7, count = 12345;
	std::vector<TypeParam> x = Random<TypeParam>(groups * count, 3);
	std::vector<TypeParam> means[2], maps[2];
	const int threads[2] = { 1, 5 };
	for (int run = 0; run < 2; run++) {
		Threads set(threads[run]);
		means[run].resize(groups);
		maps[run].resize(x.size());
		mean_args sum = { means[run].data(), x.data(), count };
		leaky_relu_args map = { maps[run].data(), x.data(), 0.01f };
		ASSERT_OK(mean(&this->cpu.device, &sum, groups, count));
		ASSERT_OK(leaky_relu(&this->cpu.device, &map, (int64_t)x.size()));
	}
	EXPECT_EQ(0, memcmp(means[0].data(), means[1].data(), groups * sizeof(TypeParam)));
	EXPECT_EQ(0, memcmp(maps[0].data(), maps[1].data(), x.size() * sizeof(TypeParam)));
}

// 2^24 ones and a bit more: a float accumulator would stop counting at 2^24.
TEST(KernelSum, AccumulatesInDouble)
{
	Cpu cpu("cpu");
	const int64_t count = (1 << 24) + 1001;
	std::vector<float> x(count, 1.0f);
	float average = 0;
	mean_args args = { &average, x.data(), count };
	ASSERT_OK(mean(&cpu.device, &args, 1, count));
	EXPECT_EQ(1.0f, average);
}

// The order is the header's: lane t takes t, t+256, ...; the lanes are added as a binary tree.
TEST(KernelSum, AddsInTheOrderTheHeaderPromises)
{
	Cpu ref("ref");
	const int64_t count = 5003;
	std::vector<double> x = Random<double>(count, 9);
	for (int64_t j = 0; j < count; j++)
		x[j] *= std::exp2((double)(j * 37 % 80) - 40); // any other order rounds differently
	double lane[K_LANES] = { 0 }, average = 0, forwards = 0;
	for (int64_t j = 0; j < count; j++) {
		lane[j % K_LANES] += x[j];
		forwards += x[j];
	}
	for (int half = K_LANES / 2; half > 0; half /= 2)
		for (int t = 0; t < half; t++)
			lane[t] += lane[t + half];
	mean_args args = { &average, x.data(), count };
	ASSERT_OK(mean(&ref.device, &args, 1, count));
	EXPECT_EQ(lane[0] / (double)count, average);
	EXPECT_NE(forwards / (double)count, average) << "the data does not tell the orders apart";
}

TEST(KernelDispatch, StorageChoosesTheText)
{
	Cpu cpu("cpu");
	struct device ref = device_as(&cpu.device, DEVICE_F64);
	const double slope = 0.1f; // the args' slope is float in every text
	double x = -1.0 / 3, y = 0;
	leaky_relu_args args = { &y, &x, 0.1f };
	ASSERT_OK(leaky_relu(&ref, &args, 1));
	EXPECT_EQ(slope * x, y) << "double all the way";
	float xf = -1.0f / 3, yf = 0;
	args = { &yf, &xf, 0.1f };
	ASSERT_OK(leaky_relu(&cpu.device, &args, 1));
	EXPECT_EQ(0.1f * xf, yf);
}

// A plugin that only writes down what it is asked for.
std::string asked;
int fake_rc;
plugin_api FakePlugin()
{
	plugin_api api = {};
	api.abi = PLUGIN_ABI;
	api.last_error = []() { return "out of registers"; };
	api.launch_map = [](plugin_device *, const char *op, plugin_elem elem, const void *, int64_t n) {
		asked = std::string(op) + (elem == PLUGIN_BF16 ? " bf16 " : " f32 ") + std::to_string(n);
		return fake_rc;
	};
	api.launch_sum = [](plugin_device *, const char *op, plugin_elem elem, const void *, int64_t groups,
				 int64_t count) {
		asked = std::string(op) + (elem == PLUGIN_BF16 ? " bf16 " : " f32 ") +
			std::to_string(groups) + "x" + std::to_string(count);
		return fake_rc;
	};
	api.launch_channel_sum = [](plugin_device *, const char *op, plugin_elem elem, const void *, int64_t samples,
					 int64_t channels, int64_t count) {
		asked = std::string(op) + (elem == PLUGIN_BF16 ? " bf16 " : " f32 ") + std::to_string(samples) + "x" +
			std::to_string(channels) + "x" + std::to_string(count);
		return fake_rc;
	};
	return api;
}

// 16 bytes of channels a thread, where the channels make whole ones; else one.
TEST(KernelDispatch, ATileOnTheGpuIsSixteenBytes)
{
	plugin_api api = FakePlugin();
	struct device gpu = { DEVICE_CUDA, DEVICE_F32, "cuda:0 fake", &api, nullptr };
	struct device bf16 = device_as(&gpu, DEVICE_BF16);
	add_args args = {};
	fake_rc = 0;
	for (int64_t channels : { 8, 12, 18 }) {
		args.channels = channels;
		ASSERT_OK(add(&gpu, &args, 5));
		EXPECT_EQ("add f32 " + std::to_string(5 * (channels % 4 == 0 ? channels / 4 : channels)), asked);
		ASSERT_OK(add(&bf16, &args, 5));
		EXPECT_EQ("add bf16 " + std::to_string(5 * (channels % 8 == 0 ? channels / 8 : channels)), asked);
	}
	channel_sum_args sum = {};
	sum.channels = 12;
	ASSERT_OK(channel_sum(&bf16, &sum, 3, 100));
	EXPECT_EQ("channel_sum bf16 3x12x100", asked);
	asked = "nothing";
	sum.channels = 0;
	ASSERT_OK(channel_sum(&bf16, &sum, 3, 100));
	EXPECT_EQ("nothing", asked);
	fake_rc = -1;
	sum.channels = 12;
	EXPECT_EQ(-1, channel_sum(&bf16, &sum, 3, 100));
	EXPECT_STREQ("kernel channel_sum on cuda:0 fake: out of registers", err_message());
}

TEST(KernelDispatch, TheGpuIsAskedByName)
{
	plugin_api api = FakePlugin();
	struct device gpu = { DEVICE_CUDA, DEVICE_F32, "cuda:0 fake", &api, nullptr };
	leaky_relu_args map = {};
	mean_args sum = {};
	fake_rc = 0;
	ASSERT_OK(leaky_relu(&gpu, &map, 77));
	EXPECT_EQ("leaky_relu f32 77", asked);
	struct device bf16 = device_as(&gpu, DEVICE_BF16);
	ASSERT_OK(mean(&bf16, &sum, 3, 1000));
	EXPECT_EQ("mean bf16 3x1000", asked);
	asked = "nothing";
	ASSERT_OK(leaky_relu(&gpu, &map, 0));
	ASSERT_OK(mean(&gpu, &sum, 0, 5));
	EXPECT_EQ("nothing", asked) << "an empty launch is an error on a GPU";
	fake_rc = -1;
	EXPECT_EQ(-1, leaky_relu(&gpu, &map, 1));
	EXPECT_STREQ("kernel leaky_relu on cuda:0 fake: out of registers", err_message());
	EXPECT_EQ(-1, mean(&gpu, &sum, 1, 1));
	EXPECT_STREQ("kernel mean on cuda:0 fake: out of registers", err_message());
}

// The comparison all tests lean on.
TEST(AllClose, FailsForNanInEitherAndForOneOutlier)
{
	const double nan = std::numeric_limits<double>::quiet_NaN(),
		     inf = std::numeric_limits<double>::infinity();
	double a[3] = { 1, 2, 3 }, b[3] = { 1, 2, 3.001 };
	EXPECT_TRUE(AllClose(a, b, 3, 0.0011, 0));
	EXPECT_TRUE(AllClose(a, b, 3, 0, 0.0011 / 3));
	EXPECT_FALSE(AllClose(a, b, 3, 0.0009, 0));
	double with_nan[3] = { 1, nan, 3 };
	EXPECT_FALSE(AllClose(with_nan, a, 3, 1e300, 0));
	EXPECT_FALSE(AllClose(a, with_nan, 3, 1e300, 1e300));
	EXPECT_FALSE(AllClose(with_nan, with_nan, 3, 1e300, 0));
	double with_inf[3] = { 1, inf, 3 };
	EXPECT_FALSE(AllClose(with_inf, a, 3, 1e300, 0));
	testing::AssertionResult worst = AllClose(b, a, 3, 0, 0);
	EXPECT_THAT(worst.message(), testing::HasSubstr("1 of 3 differ; worst at 2"));
}

TEST(Guarded, SeesAWriteOnEitherSide)
{
	Guarded block(10);
	uint8_t *bytes = (uint8_t *)block.data();
	EXPECT_TRUE(block.intact());
	bytes[0] = bytes[9] = 1;
	EXPECT_TRUE(block.intact());
	bytes[10] = 0;
	EXPECT_FALSE(block.intact());
	Guarded other(10);
	((uint8_t *)other.data())[-1] = 0;
	EXPECT_FALSE(other.intact());
	Guarded floats(8);
	EXPECT_TRUE(std::isnan(((float *)floats.data())[1])) << "poisoned";
}

} // namespace

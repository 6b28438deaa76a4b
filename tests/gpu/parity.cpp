#include "tests/gpu/parity.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

namespace
{

constexpr size_t kGuard = 64;
constexpr uint8_t kGuardByte = 0xA5, kPoison = 0xFF; // 0xFF.. is NaN in all four storages

uint16_t ToBf16(double value)
{
	float f = (float)value;
	uint32_t bits;
	memcpy(&bits, &f, sizeof(bits));
	return (uint16_t)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

double FromBf16(uint16_t half)
{
	uint32_t bits = (uint32_t)half << 16;
	float f;
	memcpy(&f, &bits, sizeof(f));
	return f;
}

void Encode(uint8_t *to, size_t bytes, double value)
{
	float f = (float)value;
	uint16_t half = ToBf16(value);
	memcpy(to,
		bytes == 8   ? (const void *)&value
		: bytes == 4 ? (const void *)&f
			     : (const void *)&half,
		bytes);
}

double Decode(const uint8_t *from, size_t bytes)
{
	double value;
	float f;
	uint16_t half;
	if (bytes == 8) {
		memcpy(&value, from, 8);
		return value;
	}
	if (bytes == 4) {
		memcpy(&f, from, 4);
		return f;
	}
	memcpy(&half, from, 2);
	return FromBf16(half);
}

} // namespace

std::vector<double> Values(int64_t n, unsigned seed, double low, double high)
{
	std::mt19937 engine(seed);
	std::vector<double> values((size_t)n);
	for (double &v : values)
		v = low + (high - low) * (double)engine() / 4294967295.0;
	return values;
}

double RoundToBf16(double value)
{
	return FromBf16(ToBf16(value));
}

Bench::Bench(const struct device *device, bool inputs_as_bf16)
    : device_(device), inputs_as_bf16_(inputs_as_bf16)
{
}

Bench::~Bench()
{
	for (Buffer &b : buffers_)
		memory_free(&b.memory);
}

size_t Bench::BytesOf(Store store) const
{
	if (store == Store::kElem)
		return device_elem_bytes(device_->elem);
	if (store == Store::kFloat)
		return 4;
	return store == Store::kDouble || device_->elem == DEVICE_F64 ? 8 : 4;
}

void *Bench::Make(Store store, int64_t n, const double *values, bool output)
{
	size_t each = BytesOf(store), bytes = (size_t)n * each;
	std::vector<uint8_t> image(bytes + 2 * kGuard, kGuardByte);
	std::fill(image.begin() + kGuard, image.begin() + kGuard + (ptrdiff_t)bytes, kPoison);
	for (int64_t i = 0; values && i < n; i++) {
		double v = values[i];
		if (store == Store::kElem)
			v = inputs_as_bf16_ ? RoundToBf16(v) : (double)(float)v;
		else if (store == Store::kMaster || store == Store::kFloat)
			v = (double)(float)v;
		Encode(image.data() + kGuard + (size_t)i * each, each, v);
	}
	buffers_.push_back({ {}, n, store, output });
	struct memory *m = &buffers_.back().memory;
	EXPECT_OK(memory_alloc(m, device_, image.size(), "test buffer"));
	EXPECT_OK(memory_write(m, 0, image.data(), image.size()));
	return (uint8_t *)m->data + kGuard;
}

void *Bench::In(Store store, const std::vector<double> &values)
{
	return Make(store, (int64_t)values.size(), values.data(), false);
}

void *Bench::Out(Store store, int64_t n)
{
	return Make(store, n, nullptr, true);
}

void *Target(Bench &b, Store store, int64_t n, int64_t accumulate)
{
	return accumulate ? b.InOut(store, Values(n, 99)) : b.Out(store, n);
}

void *Bench::InOut(Store store, const std::vector<double> &values)
{
	return Make(store, (int64_t)values.size(), values.data(), true);
}

void *Bench::Bytes(const void *values, size_t bytes)
{
	buffers_.push_back({ {}, 0, Store::kDouble, false });
	struct memory *m = &buffers_.back().memory;
	EXPECT_OK(memory_alloc(m, device_, bytes, "test buffer"));
	EXPECT_OK(memory_write(m, 0, values, bytes));
	return m->data;
}

int64_t Bench::outputs() const
{
	return std::count_if(buffers_.begin(), buffers_.end(), [](const Buffer &b) { return b.output; });
}

std::vector<double> Bench::Output(int64_t i) const
{
	for (const Buffer &b : buffers_) {
		if (!b.output || i-- > 0)
			continue;
		size_t each = BytesOf(b.store);
		std::vector<uint8_t> image((size_t)b.n * each);
		EXPECT_OK(memory_read(image.data(), &b.memory, kGuard, image.size()));
		std::vector<double> values((size_t)b.n);
		for (size_t k = 0; k < values.size(); k++)
			values[k] = Decode(image.data() + k * each, each);
		return values;
	}
	return {};
}

Store Bench::OutputStore(int64_t i) const
{
	for (const Buffer &b : buffers_)
		if (b.output && i-- == 0)
			return b.store;
	return Store::kDouble;
}

bool Bench::Intact() const
{
	for (const Buffer &b : buffers_) {
		if (b.n == 0)
			continue;
		uint8_t guard[kGuard];
		for (size_t at : { (size_t)0, kGuard + (size_t)b.n * BytesOf(b.store) }) {
			EXPECT_OK(memory_read(guard, &b.memory, at, kGuard));
			if (std::any_of(guard, guard + kGuard, [](uint8_t v) { return v != kGuardByte; }))
				return false;
		}
	}
	return true;
}

std::string ParityName(const ::testing::TestParamInfo<const char *> &info)
{
	std::string name = info.param;
	std::replace(name.begin(), name.end(), '-', '_');
	return name;
}

void Parity::SetUp()
{
	std::string wanted = GetParam();
	ASSERT_OK(device_open(&ref_, "ref"));
	if (wanted == "cpu") {
		ASSERT_OK(device_open(&base_, "cpu"));
		device_ = base_;
		return;
	}
	if (!WhyNoGpu().empty()) {
		if (GpuRequired())
			FAIL() << WhyNoGpu();
		GTEST_SKIP() << WhyNoGpu();
	}
	ASSERT_OK(device_open(&base_, "cuda:0"));
	device_ = device_as(&base_, wanted == "cuda-bf16" ? DEVICE_BF16 : DEVICE_F32);
}

void Parity::TearDown()
{
	device_close(&base_);
	device_close(&ref_);
}

void Parity::Check(const std::string &what, const std::function<int(Bench &)> &call, double tolerance)
{
	SCOPED_TRACE(what);
	Bench tested(&device_, bf16()), oracle(&ref_, bf16());
	ASSERT_OK(call(oracle));
	ASSERT_OK(call(tested));
	ASSERT_OK(device_synchronize(&device_));
	ASSERT_GT(tested.outputs(), 0);
	EXPECT_TRUE(tested.Intact()) << "wrote outside an output, or into an input's guard";
	for (int64_t i = 0; i < tested.outputs(); i++) {
		std::vector<double> got = tested.Output(i), want = oracle.Output(i);
		double largest = 0;
		for (double v : want)
			largest = std::max(largest, std::fabs(v));
		bool rounded = bf16() && tested.OutputStore(i) == Store::kElem;
		EXPECT_TRUE(AllClose(
			got.data(), want.data(), got.size(), tolerance * largest, rounded ? 1.0 / 256 : 0))
			<< "output " << i;
	}
}

double RelativeL2(const std::vector<double> &a, const std::vector<double> &b)
{
	double difference = 0, size = 0;
	for (size_t i = 0; i < b.size(); i++) {
		difference += (a[i] - b[i]) * (a[i] - b[i]);
		size += b[i] * b[i];
	}
	return std::sqrt(difference / size);
}

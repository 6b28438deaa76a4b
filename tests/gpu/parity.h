// Runs the same calls on two devices and compares what they write.
//
// The oracle is always `ref` (double on the CPU).  `cpu` runs everywhere, which also tests this file on
// machines without a GPU; "cuda-f32" and "cuda-bf16" need one.  Inputs are rounded to the tested storage
// first, for the oracle too, so only arithmetic and the rounding of results differ.
#ifndef TESTS_GPU_PARITY_H
#define TESTS_GPU_PARITY_H
#include <cstdint>
#include <functional>
#include <string>
#include <vector>
#include "host/run/memory.h"
#include "tests/support/devices.h"
#include "tests/support/support.h"

enum class Store { kElem, kMaster, kDouble, kFloat }; // tensors, k_master, double or float on every device

// Repeatable values in [low, high].
std::vector<double> Values(int64_t n, unsigned seed, double low = -1, double high = 1);
// Nearest bfloat16, ties to even.
double RoundToBf16(double value);

// Buffers of one run on one device, each between guard bytes; outputs start as NaN.
class Bench
{
      public:
	Bench(const struct device *device, bool inputs_as_bf16);
	~Bench();
	Bench(const Bench &) = delete;
	Bench &operator=(const Bench &) = delete;
	const struct device *device() const
	{
		return device_;
	}
	void *In(Store store, const std::vector<double> &values);
	void *Out(Store store, int64_t n);
	void *InOut(Store store, const std::vector<double> &values); // compared as well
	void *Bytes(const void *values, size_t bytes);		     // copied as they are
	int64_t outputs() const;
	std::vector<double> Output(int64_t i) const;
	Store OutputStore(int64_t i) const;
	bool Intact() const;

      private:
	struct Buffer {
		struct memory memory;
		int64_t n;
		Store store;
		bool output;
	};
	void *Make(Store store, int64_t n, const double *values, bool output);
	size_t BytesOf(Store store) const;
	const struct device *device_;
	bool inputs_as_bf16_;
	std::vector<Buffer> buffers_;
};

// An output, or with `accumulate` one that is added to.
void *Target(Bench &b, Store store, int64_t n, int64_t accumulate);

// The device under test: "cpu", "cuda-f32" or "cuda-bf16".
class Parity : public ::testing::TestWithParam<const char *>
{
      protected:
	void SetUp() override;
	void TearDown() override;
	bool bf16() const
	{
		return device_.elem == DEVICE_BF16;
	}
	// Runs `call` on the device and on the oracle; every output must agree within its storage's rounding,
	// or `tolerance` of the output's largest value.
	void Check(const std::string &what, const std::function<int(Bench &)> &call, double tolerance = 1e-5);
	struct device device_ = {}, ref_ = {};

      private:
	struct device base_ = {};
};
#define PARITY_DEVICES ::testing::Values("cpu", "cuda-f32", "cuda-bf16")
std::string ParityName(const ::testing::TestParamInfo<const char *> &info);

// |a - b| / |b|, both as vectors.
double RelativeL2(const std::vector<double> &a, const std::vector<double> &b);
#endif

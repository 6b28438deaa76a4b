#include "host/run/memory.h"

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <vector>
#include <gmock/gmock.h>
#include <unistd.h>
#include "tests/support/child.h"
#include "tests/support/support.h"

using testing::HasSubstr;

namespace
{

TEST(Memory, IsZeroedAlignedAndOnTheHost)
{
	for (size_t bytes : { 1u, 63u, 64u, 65u, 100003u }) {
		struct memory m = {};
		ASSERT_OK(memory_alloc(&m, nullptr, bytes, "test"));
		EXPECT_EQ(bytes, m.bytes);
		EXPECT_EQ(nullptr, m.where);
		EXPECT_EQ(0u, (uintptr_t)m.data % 64);
		std::vector<uint8_t> got(bytes, 1);
		ASSERT_OK(memory_read(got.data(), &m, 0, bytes));
		EXPECT_EQ(std::vector<uint8_t>(bytes), got);
		memory_free(&m);
	}
}

// Large blocks, from the system and kept: no one sees what another wrote.
TEST(Memory, KeptBlocksComeBackZeroed)
{
	const size_t large = 9 << 20, other = 8 << 20;
	struct memory m = {}, n = {};
	memory_keep(2 * large);
	ASSERT_OK(memory_alloc(&m, nullptr, large, "test"));
	EXPECT_EQ(0u, (uintptr_t)m.data % 64);
	const void *first = m.data;
	memset(m.data, 1, large);
	memory_free(&m);
	ASSERT_OK(memory_alloc(&m, nullptr, other, "test"));
	EXPECT_EQ(first, m.data) << "it was kept";
	const char *bytes = static_cast<const char *>(m.data);
	EXPECT_EQ(nullptr, memchr(bytes, 1, other));
	ASSERT_OK(memory_alloc(&n, nullptr, large, "test"));
	EXPECT_NE(m.data, n.data);
	memset(m.data, 2, other);
	EXPECT_EQ(nullptr, memchr(n.data, 2, large));
	memory_free(&m);
	memory_free(&n);
	ASSERT_OK(memory_alloc(&m, nullptr, 5 * large, "test"));
	EXPECT_EQ(0, static_cast<char *>(m.data)[5 * large - 1]) << "too large for any that is kept";
	memory_free(&m);
	memory_keep(0);
}

TEST(Memory, ABlockOfTheCpuDeviceIsHostMemory)
{
	for (const char *spec : { "cpu", "ref" }) {
		struct device device;
		ASSERT_OK(device_open(&device, spec));
		struct memory m = {};
		ASSERT_OK(memory_alloc(&m, &device, 12, "test"));
		device_close(&device); // host memory outlives the device that asked for it
		static_cast<char *>(m.data)[11] = 'x';
		memory_free(&m);
	}
}

TEST(Memory, EmptyAndFreedBlocks)
{
	struct memory m = {};
	memory_free(&m);
	ASSERT_OK(memory_alloc(&m, nullptr, 0, "nothing"));
	EXPECT_EQ(nullptr, m.data);
	EXPECT_OK(memory_zero(&m, 0, 0));
	EXPECT_OK(memory_write(&m, 0, nullptr, 0));
	EXPECT_OK(memory_read(nullptr, &m, 0, 0));
	ASSERT_OK(memory_alloc(&m, nullptr, 8, "test"));
	memory_free(&m);
	EXPECT_EQ(nullptr, m.data);
	EXPECT_EQ(0u, m.bytes);
	memory_free(&m);
}

TEST(Memory, TooLargeIsAResourceError)
{
	for (size_t bytes : { SIZE_MAX, SIZE_MAX - 63, SIZE_MAX / 2, (size_t)1 << 60 }) {
		struct memory m = {};
		EXPECT_EQ(-1, memory_alloc(&m, nullptr, bytes, "the CT"));
		EXPECT_EQ(EXIT_CODE_RESOURCE, err_code());
		EXPECT_THAT(err_message(), HasSubstr("the CT: "));
		EXPECT_THAT(err_message(), HasSubstr(std::to_string(bytes)));
		EXPECT_EQ(nullptr, m.data);
		EXPECT_EQ(0u, m.bytes);
		memory_free(&m);
	}
}

TEST(Memory, CopiesAtOffsets)
{
	struct memory a = {}, b = {};
	ASSERT_OK(memory_alloc(&a, nullptr, 16, "a"));
	ASSERT_OK(memory_alloc(&b, nullptr, 10, "b"));
	std::vector<uint8_t> count(16);
	std::iota(count.begin(), count.end(), 1);
	ASSERT_OK(memory_write(&a, 0, count.data(), 16));
	ASSERT_OK(memory_copy(&b, 3, &a, 9, 7));
	std::vector<uint8_t> got(10);
	ASSERT_OK(memory_read(got.data(), &b, 0, 10));
	EXPECT_EQ((std::vector<uint8_t>{ 0, 0, 0, 10, 11, 12, 13, 14, 15, 16 }), got);
	ASSERT_OK(memory_zero(&b, 4, 2));
	ASSERT_OK(memory_read(got.data(), &b, 2, 6));
	EXPECT_EQ((std::vector<uint8_t>{ 0, 10, 0, 0, 13, 14 }),
		std::vector<uint8_t>(got.begin(), got.begin() + 6));
	memory_free(&a);
	memory_free(&b);
}

TEST(Memory, OverlappingCopyKeepsTheBytes)
{
	struct memory a = {};
	ASSERT_OK(memory_alloc(&a, nullptr, 6, "a"));
	ASSERT_OK(memory_write(&a, 0, "abcdef", 6));
	ASSERT_OK(memory_copy(&a, 1, &a, 0, 5));
	EXPECT_EQ(0, memcmp(a.data, "aabcde", 6));
	memory_free(&a);
}

TEST(Memory, LeavingTheBlockIsAProgrammersError)
{
	struct memory a = {};
	ASSERT_OK(memory_alloc(&a, nullptr, 8, "a"));
	char bytes[32] = { 0 };
	auto aborts = [&](auto body) {
		return InChild([&](int fd) {
			dup2(fd, STDERR_FILENO);
			return body();
		}).signal == SIGABRT;
	};
	EXPECT_TRUE(aborts([&] { return memory_write(&a, 1, bytes, 8); }));
	EXPECT_TRUE(aborts([&] { return memory_read(bytes, &a, 9, 0); }));
	EXPECT_TRUE(aborts([&] { return memory_zero(&a, SIZE_MAX, 2); }));
	EXPECT_TRUE(aborts([&] { return memory_copy(&a, 4, &a, 0, SIZE_MAX - 1); }));
	EXPECT_FALSE(aborts([&] { return memory_read(bytes, &a, 8, 0); }));
	memory_free(&a);
}

// A GPU made of host memory: counts its blocks and writes down which way the bytes went.
struct FakeGpu {
	static int blocks, rc;
	static std::string went;
	plugin_api api = {};
	struct device device = { DEVICE_CUDA, DEVICE_F32, "cuda:0 fake", &api, nullptr };
	FakeGpu()
	{
		blocks = rc = 0;
		went.clear();
		api.last_error = []() { return "it is a fake"; };
		api.memory_alloc = [](plugin_device *, void **address, size_t bytes) {
			*address = bytes < 1000000 ? malloc(bytes) : nullptr;
			blocks += *address != nullptr;
			return *address ? 0 : -1;
		};
		api.memory_free = [](plugin_device *, void *address) {
			blocks--;
			free(address);
		};
		api.memory_available = [](plugin_device *, size_t *bytes) {
			*bytes = 4096;
			return rc;
		};
		api.memory_zero = [](plugin_device *, void *address, size_t bytes) {
			memset(address, 0, bytes);
			return rc;
		};
		api.memory_to_device = [](plugin_device *, void *to, const void *from, size_t n) {
			return Copy("up ", to, from, n);
		};
		api.memory_to_host = [](plugin_device *, void *to, const void *from, size_t n) {
			return Copy("down ", to, from, n);
		};
		api.memory_on_device = [](plugin_device *, void *to, const void *from, size_t n) {
			return Copy("across ", to, from, n);
		};
	}
	static int Copy(const char *way, void *to, const void *from, size_t n)
	{
		went += way;
		memcpy(to, from, n);
		return rc;
	}
};
int FakeGpu::blocks, FakeGpu::rc;
std::string FakeGpu::went;

TEST(MemoryOnAGpu, BytesGoTheRightWay)
{
	FakeGpu gpu;
	struct memory a = {}, b = {};
	ASSERT_OK(memory_alloc(&a, &gpu.device, 8, "a"));
	ASSERT_OK(memory_alloc(&b, &gpu.device, 8, "b"));
	EXPECT_EQ(&gpu.device, a.where);
	EXPECT_EQ(0, memcmp(a.data, "\0\0\0\0\0\0\0\0", 8));
	ASSERT_OK(memory_write(&a, 2, "xyz", 3));
	ASSERT_OK(memory_copy(&b, 0, &a, 2, 3));
	char got[3];
	ASSERT_OK(memory_read(got, &b, 0, 3));
	EXPECT_EQ("up across down ", FakeGpu::went);
	EXPECT_EQ(0, memcmp(got, "xyz", 3));
	EXPECT_OK(memory_write(&a, 8, got, 0));
	EXPECT_EQ("up across down ", FakeGpu::went) << "no call for no bytes";
	memory_free(&a);
	memory_free(&a);
	memory_free(&b);
	EXPECT_EQ(0, FakeGpu::blocks);
}

TEST(MemoryOnAGpu, SaysWhatIsLeft)
{
	FakeGpu gpu;
	EXPECT_EQ(4096u, memory_available(&gpu.device));
	FakeGpu::rc = -1;
	EXPECT_EQ(SIZE_MAX, memory_available(&gpu.device));
}

TEST(MemoryOnAGpu, ItsFailuresAreNamedAndLeakNothing)
{
	FakeGpu gpu;
	struct memory m = {};
	EXPECT_EQ(-1, memory_alloc(&m, &gpu.device, 5000000, "weights"));
	EXPECT_EQ(EXIT_CODE_RESOURCE, err_code());
	EXPECT_STREQ("weights: no memory for 5000000 bytes on cuda:0 fake: it is a fake", err_message());
	memory_free(&m);
	FakeGpu::rc = -1;
	EXPECT_EQ(-1, memory_alloc(&m, &gpu.device, 8, "weights"));
	EXPECT_EQ(nullptr, m.data);
	EXPECT_EQ(0, FakeGpu::blocks);
	FakeGpu::rc = 0;
	ASSERT_OK(memory_alloc(&m, &gpu.device, 8, "weights"));
	FakeGpu::rc = -1;
	EXPECT_EQ(-1, memory_write(&m, 0, "x", 1));
	EXPECT_STREQ("copy to device on cuda:0 fake: it is a fake", err_message());
	char got;
	EXPECT_EQ(-1, memory_read(&got, &m, 0, 1));
	EXPECT_EQ(-1, memory_zero(&m, 0, 8));
	memory_free(&m);
	EXPECT_EQ(0, FakeGpu::blocks);
}

} // namespace

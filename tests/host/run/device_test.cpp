#include "host/run/device.h"

#include <cstdlib>
#include <string>
#include <gmock/gmock.h>
#include "tests/support/child.h"
#include "tests/support/support.h"

using testing::HasSubstr;
using testing::StartsWith;

namespace
{

TEST(Device, CpuStoresFloatAndRefStoresDouble)
{
	struct {
		const char *spec;
		device_elem elem;
	} cases[] = { { "cpu", DEVICE_F32 }, { "ref", DEVICE_F64 } };
	for (const auto &c : cases) {
		struct device device;
		ASSERT_OK(device_open(&device, c.spec));
		EXPECT_EQ(DEVICE_CPU, device.kind);
		EXPECT_EQ(c.elem, device.elem);
		EXPECT_STREQ(c.spec, device.name);
		EXPECT_EQ(nullptr, device.plugin);
		EXPECT_EQ(nullptr, device.handle);
		EXPECT_OK(device_synchronize(&device));
		device_close(&device);
		device_close(&device);
	}
	struct device empty = {};
	device_close(&empty);
}

TEST(Device, ElementsAndTheirBytes)
{
	EXPECT_EQ(4u, device_elem_bytes(DEVICE_F32));
	EXPECT_EQ(8u, device_elem_bytes(DEVICE_F64));
	EXPECT_EQ(2u, device_elem_bytes(DEVICE_BF16));
	struct device cpu;
	ASSERT_OK(device_open(&cpu, "cpu"));
	struct device other = device_as(&cpu, DEVICE_F64);
	EXPECT_EQ(DEVICE_F64, other.elem);
	EXPECT_EQ(DEVICE_CPU, other.kind);
	EXPECT_EQ(DEVICE_F32, cpu.elem);
	device_close(&cpu);
}

TEST(Device, OtherWordsAreUsageErrors)
{
	for (const char *spec : { "", "gpu", "CPU", "cpu:0", "cuda:", "cuda:x", "cuda:-1", "cuda:0x", "cuda0",
		     "cuda:99999999999", "cuda:1024" }) {
		struct device device;
		EXPECT_EQ(-1, device_open(&device, spec)) << spec;
		EXPECT_EQ(EXIT_CODE_USAGE, err_code()) << spec;
		EXPECT_THAT(err_message(), HasSubstr("cpu, cuda:N or auto"));
		EXPECT_THAT(err_message(), HasSubstr(std::string("'") + spec + "'"));
		device_close(&device);
	}
}

// Opens a device in a child whose $XBMD_PLUGIN is `plugin`; says "code message".
std::string OpenWith(const std::string &plugin, const char *spec)
{
	return InChild([&](int fd) {
		setenv("XBMD_PLUGIN", plugin.c_str(), 1);
		struct device device;
		if (device_open(&device, spec) == 0)
			Say(fd, std::string("0 ") + device.name);
		else
			Say(fd, std::to_string(err_code()) + " " + err_message());
		device_close(&device);
		return 0;
	}).out;
}

TEST(Device, AMissingPluginIsAResourceErrorWithItsReason)
{
	for (const char *spec : { "cuda:0", "cuda:3", "cuda" }) {
		std::string said = OpenWith("/nowhere/libxbmd_cuda.so", spec);
		EXPECT_THAT(said, StartsWith("7 no GPU: "));
		EXPECT_THAT(said, HasSubstr("/nowhere/libxbmd_cuda.so"));
	}
	EXPECT_EQ("0 cpu", OpenWith("/nowhere/libxbmd_cuda.so", "auto"));
	EXPECT_EQ("0 cpu", OpenWith("/nowhere/libxbmd_cuda.so", "cpu"));
}

TEST(Device, AFileThatIsNoPluginIsNamed)
{
	ScratchFolder scratch;
	WriteFile(scratch / "text.so", "this is no library\n");
	std::string said = OpenWith(scratch / "text.so", "cuda:0");
	EXPECT_THAT(said, StartsWith("7 no GPU: "));
	EXPECT_THAT(said, HasSubstr("text.so"));
	said = OpenWith("libm.so.6", "cuda:0");
	EXPECT_THAT(said, StartsWith("7 no GPU: "));
	EXPECT_THAT(said, HasSubstr("another version"));
}

TEST(Device, ThisMachineHasAGpuOrSaysWhyNot)
{
	const plugin_api *api = device_plugin();
	int count = 0;
	EXPECT_EQ(api == nullptr, device_plugin_reason()[0] != '\0');
	bool has_gpu = api && api->device_count(&count) == 0 && count > 0;
	struct device device;
	ASSERT_OK(device_open(&device, "auto"));
	EXPECT_EQ(has_gpu ? DEVICE_CUDA : DEVICE_CPU, device.kind);
	device_close(&device);
	EXPECT_EQ(-1, device_open(&device, "cuda:1000"));
	EXPECT_EQ(EXIT_CODE_RESOURCE, err_code());
	EXPECT_THAT(err_message(), StartsWith("no GPU"));
	EXPECT_GT(std::string(err_message()).size(), std::string("no GPU: ").size());
}

} // namespace

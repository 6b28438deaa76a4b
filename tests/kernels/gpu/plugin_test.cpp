// The plugin as the program sees it, and what can be said about it without a GPU.
#include <cstring>
#include "host/run/device.h"
#include "tests/support/devices.h"
#include "tests/support/support.h"
#include "kernels/gpu/cudnn_conv.h"
#include "kernels/gpu/why.h"

namespace
{

TEST(Plugin, LoadsWithoutADriverAndTellsItsVersions)
{
	const plugin_api *api = device_plugin();
	ASSERT_NE(nullptr, api) << device_plugin_reason();
	EXPECT_STREQ("", device_plugin_reason());
	EXPECT_EQ(0, strncmp(api->versions(), "CUDA ", 5)) << api->versions();
	EXPECT_NE(nullptr, strstr(api->versions(), "sm_80")) << api->versions();
}

TEST(Plugin, TableIsComplete)
{
	const plugin_api *api = device_plugin();
	ASSERT_NE(nullptr, api) << device_plugin_reason();
	const void *empty = nullptr;
	for (size_t at = offsetof(plugin_api, last_error); at < sizeof(*api); at += sizeof(empty))
		EXPECT_NE(0, memcmp((const char *)api + at, &empty, sizeof(empty))) << "entry at byte " << at;
}

TEST(Plugin, AskingForAnAbsentGpuSaysWhyWithExitCode7)
{
	if (WhyNoGpu().empty())
		GTEST_SKIP() << "this machine has a GPU";
	struct device device = {};
	EXPECT_EQ(-1, device_open(&device, "cuda:0"));
	EXPECT_EQ(EXIT_CODE_RESOURCE, err_code());
	EXPECT_EQ(0, strncmp(err_message(), "no GPU: ", 8)) << err_message();
	EXPECT_NE(nullptr, strstr(err_message(), device_plugin()->last_error())) << err_message();
	ASSERT_OK(device_open(&device, "auto"));
	EXPECT_STREQ("cpu", device.name);
	device_close(&device);
}

plugin_conv_shape Good()
{
	plugin_conv_shape s = {};
	s.n = 2;
	s.cin = 3;
	s.cout = 5;
	s.groups = 1;
	const int64_t in[3] = { 1, 17, 16 }, out[3] = { 1, 9, 8 };
	for (int k = 0; k < 3; k++) {
		s.in[k] = in[k];
		s.out[k] = out[k];
		s.kernel[k] = k == 0 ? 1 : 3;
		s.stride[k] = k == 0 ? 1 : 2;
		s.pad[k] = k == 0 ? 0 : 1;
		s.dilation[k] = 1;
	}
	return s;
}

TEST(ConvolutionShape, BadSizesAreNamed)
{
	plugin_conv_shape s = Good();
	EXPECT_EQ(0, cudnn_conv_check(&s)) << why_last();
	s.cin = 0;
	EXPECT_EQ(-1, cudnn_conv_check(&s));
	s = Good();
	s.out[1] = 7; // would need rows taken away
	EXPECT_EQ(-1, cudnn_conv_check(&s));
	EXPECT_NE(nullptr, strstr(why_last(), "17x16")) << why_last();
	s = Good();
	s.groups = 2;
	EXPECT_EQ(-1, cudnn_conv_check(&s));
	EXPECT_NE(nullptr, strstr(why_last(), "2 groups")) << why_last();
	s = Good();
	s.n = 1 << 30;
	EXPECT_EQ(-1, cudnn_conv_check(&s));
	EXPECT_NE(nullptr, strstr(why_last(), "2^31")) << why_last();
}

// More zeros after the last row than before the first: what a transposed convolution of an odd size may need.
TEST(ConvolutionShape, OneMoreRowThanSymmetricPaddingGives)
{
	plugin_conv_shape s = Good();
	s.out[1] = 10;
	EXPECT_EQ(0, cudnn_conv_check(&s)) << why_last();
}

} // namespace

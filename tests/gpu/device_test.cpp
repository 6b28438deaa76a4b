// Memory, graphs and errors of the GPU plugin.
#include "tests/gpu/parity.h"

#include <cstring>
#include "kernels/leaky_relu.h"

namespace
{

TEST(GpuMemory, BytesSurviveTheRoundTrip)
{
	GPU_OR_SKIP(gpu);
	std::vector<uint8_t> there(100003), back(there.size());
	for (size_t i = 0; i < there.size(); i++)
		there[i] = (uint8_t)(i * 7 + i / 256);
	struct memory a = {}, b = {};
	ASSERT_OK(memory_alloc(&a, &gpu.device, there.size(), "a"));
	ASSERT_OK(memory_alloc(&b, &gpu.device, there.size(), "b"));
	ASSERT_OK(memory_read(back.data(), &a, 0, back.size()));
	EXPECT_EQ(std::vector<uint8_t>(there.size(), 0), back) << "fresh memory is zero";
	ASSERT_OK(memory_write(&a, 0, there.data(), there.size()));
	ASSERT_OK(memory_copy(&b, 0, &a, 0, there.size()));
	ASSERT_OK(memory_zero(&b, 10, 5));
	ASSERT_OK(memory_read(back.data(), &b, 0, back.size()));
	memset(there.data() + 10, 0, 5);
	EXPECT_EQ(there, back);
	memory_free(&a);
	memory_free(&b);
	memory_free(&b);
}

TEST(GpuMemory, TooMuchIsRefusedAndTheDeviceGoesOn)
{
	GPU_OR_SKIP(gpu);
	struct memory m = {};
	EXPECT_EQ(-1, memory_alloc(&m, &gpu.device, (size_t)1 << 50, "everything"));
	EXPECT_EQ(EXIT_CODE_RESOURCE, err_code());
	EXPECT_NE(nullptr, strstr(err_message(), "everything")) << err_message();
	ASSERT_OK(memory_alloc(&m, &gpu.device, 1000, "little"));
	EXPECT_OK(device_synchronize(&gpu.device));
	memory_free(&m);
}

TEST(GpuDevice, TellsItsNameAndVersions)
{
	GPU_OR_SKIP(gpu);
	EXPECT_EQ(0, strncmp(gpu.device.name, "cuda:0 ", 7)) << gpu.device.name;
	EXPECT_NE(nullptr, strstr(gpu.device.plugin->versions(), "cuDNN")) << gpu.device.plugin->versions();
}

TEST(GpuDevice, UnknownKernelIsAnError)
{
	GPU_OR_SKIP(gpu);
	int64_t nothing = 0;
	EXPECT_EQ(-1, gpu.device.plugin->launch_map(
			      gpu.device.handle, "no_such_operator", PLUGIN_F32, &nothing, 1));
	EXPECT_NE(nullptr, strstr(gpu.device.plugin->last_error(), "no_such_operator_f32"))
		<< gpu.device.plugin->last_error();
	EXPECT_OK(device_synchronize(&gpu.device));
}

// The kernel's first launch falls into the recording: loading it there must not spoil the graph.
TEST(GpuGraph, ReplayReadsItsInputsAnew)
{
	GPU_OR_SKIP(gpu);
	const int64_t n = 1000;
	const struct plugin_api *api = gpu.device.plugin;
	std::vector<float> x(n), y(n);
	struct memory in = {}, middle = {}, out = {};
	ASSERT_OK(memory_alloc(&in, &gpu.device, n * 4, "in"));
	ASSERT_OK(memory_alloc(&middle, &gpu.device, n * 4, "middle"));
	ASSERT_OK(memory_alloc(&out, &gpu.device, n * 4, "out"));
	struct leaky_relu_args first = {}, second = {};
	first.y = middle.data;
	first.x = in.data;
	second.y = out.data;
	second.x = middle.data;
	first.slope = second.slope = 0.5F;
	void *graph = nullptr;
	size_t nodes = 0;
	ASSERT_EQ(0, api->graph_begin(gpu.device.handle, 1)) << api->last_error();
	ASSERT_OK(leaky_relu(&gpu.device, &first, n));
	ASSERT_OK(leaky_relu(&gpu.device, &second, n));
	ASSERT_EQ(0, api->graph_end(gpu.device.handle, &graph, &nodes)) << api->last_error();
	EXPECT_EQ(2u, nodes);
	for (int round = 1; round <= 3; round++) {
		for (int64_t i = 0; i < n; i++)
			x[(size_t)i] = (float)(round * (i - n / 2));
		ASSERT_OK(memory_write(&in, 0, x.data(), n * 4));
		ASSERT_EQ(0, api->graph_launch(gpu.device.handle, graph)) << api->last_error();
		ASSERT_OK(memory_read(y.data(), &out, 0, n * 4));
		for (int64_t i = 0; i < n; i++)
			ASSERT_EQ(x[(size_t)i] > 0 ? x[(size_t)i] : x[(size_t)i] * 0.25F, y[(size_t)i]) << i;
	}
	api->graph_free(graph);
	api->graph_free(nullptr);
	memory_free(&in);
	memory_free(&middle);
	memory_free(&out);
}

} // namespace

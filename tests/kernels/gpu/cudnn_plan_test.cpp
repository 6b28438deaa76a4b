// No GPU needed: asks cuDNN, for GPUs that are only described, whether every convolution of the shipped
// networks has a deterministic engine in each pass.  The keys of the description are cuDNN's own and
// undocumented: tests only.
#include <cstdio>
#include <cstring>
#include <ostream>
#include <string>
#include <vector>
#include "tests/support/support.h"
#include "kernels/gpu/cudnn_conv.h"
#include "kernels/gpu/cudnn_library.h"
#include "kernels/gpu/cudnn_plan.h"
#include "kernels/gpu/why.h"

namespace
{

struct Gpu {
	const char *name, *json;
};
void PrintTo(const Gpu &gpu, std::ostream *out)
{
	*out << gpu.name;
}
#define LIMITS                                                                                               \
	"\"cudaDeviceId\":0,\"driverVer\":13000,\"maxGridSize\":[2147483647,65535,65535],"                   \
	"\"maxBlockSize\":[1024,1024,64],\"regsPerBlock\":65536,\"warpSize\":32,"                            \
	"\"maxSharedMemoryPerBlock\":49152,\"reservedSharedMemoryPerBlock\":1024,"                           \
	"\"maxRegistersPerSM\":65536,\"maxCtasPerSM\":32,\"maxThreadsPerBlock\":1024,"                       \
	"\"maxThreadsPerSM\":2048,\"pciDeviceId\":0,\"isTccDriver\":0,\"supportCoopLaunch\":1,"
const Gpu kGpus[] = {
	{ "A100", "{" LIMITS "\"deviceVer\":800,\"totalGlobalMem\":85899345920,\"multiProcessorCount\":108,"
		  "\"maxSharedMemoryPerBlockOptin\":166912,\"smClockRateKHz\":1410000,"
		  "\"memClockRateKHz\":1512000,\"l2CacheSize\":41943040,\"deviceName\":\"NVIDIA "
		  "A100-SXM4-80GB\"}" },
	{ "H200", "{" LIMITS "\"deviceVer\":900,\"totalGlobalMem\":150754820096,\"multiProcessorCount\":132,"
		  "\"maxSharedMemoryPerBlockOptin\":232448,\"smClockRateKHz\":1980000,"
		  "\"memClockRateKHz\":3201000,\"l2CacheSize\":62914560,\"deviceName\":\"NVIDIA H200\"}" },
};

struct Conv {
	const char *name;
	int64_t h, w, cin, cout, kernel, stride, pad;
	int64_t n = 4, groups = 1, d = 1;
};

// Base widths 16 .. 64 at 256 x 256 (ResNet-9, U-Net), their discriminators, and odd sizes.
std::vector<Conv> ShippedConvs()
{
	std::vector<Conv> convs;
	for (int64_t base : { 16, 32, 64 }) {
		convs.push_back({ "stem 7x7", 262, 262, 1, base, 7, 1, 0 });
		convs.push_back({ "U-Net first 3x3", 256, 256, 1, base, 3, 1, 1 });
		convs.push_back({ "3x3 same", 256, 256, base, base, 3, 1, 1 });
		convs.push_back({ "down 1 3x3 s2", 256, 256, base, 2 * base, 3, 2, 1 });
		convs.push_back({ "down 2 3x3 s2", 128, 128, 2 * base, 4 * base, 3, 2, 1 });
		convs.push_back({ "residual 3x3", 66, 66, 4 * base, 4 * base, 3, 1, 0 });
		convs.push_back({ "U-Net bottom 3x3", 16, 16, 8 * base, 8 * base, 3, 1, 1 });
		convs.push_back({ "U-Net up 3x3", 32, 32, 12 * base, 4 * base, 3, 1, 1 });
		convs.push_back({ "transposed 4x4 s2", 256, 256, base, 2 * base, 4, 2, 1 });
		convs.push_back({ "head 7x7", 262, 262, base, 5, 7, 1, 0 });
		convs.push_back({ "head 7x7, one output", 262, 262, base, 1, 7, 1, 0 });
		convs.push_back({ "head 1x1", 256, 256, base, 5, 1, 1, 0 });
		convs.push_back({ "PatchGAN 4x4 s2, first", 256, 256, 6, base, 4, 2, 1 });
		convs.push_back({ "PatchGAN 4x4 s2", 128, 128, base, 2 * base, 4, 2, 1 });
		convs.push_back({ "PatchGAN 4x4 s1", 32, 32, 4 * base, 8 * base, 4, 1, 1 });
		convs.push_back({ "PatchGAN 4x4 s1, last", 31, 31, 8 * base, 1, 4, 1, 1 });
		convs.push_back({ "odd 3x3 s2", 129, 67, base, 2 * base, 3, 2, 1 });
		convs.push_back({ "stem 7x7, one image", 262, 262, 1, base, 7, 1, 0, 1 });
		convs.push_back({ "stem 7x7, 16 of 518x262", 518, 262, 1, base, 7, 1, 0, 16 });
		convs.push_back({ "residual 3x3, one image", 66, 66, 4 * base, 4 * base, 3, 1, 0, 1 });
	}
	return convs;
}

plugin_conv_shape ShapeOf(const Conv &c, plugin_elem elem)
{
	plugin_conv_shape s = {};
	s.n = c.n;
	s.cin = c.cin;
	s.cout = c.cout;
	s.groups = c.groups;
	for (int k = 0; k < 3; k++) {
		const bool flat = k == 0 && c.d == 1;
		s.in[k] = k == 0 ? c.d : k == 1 ? c.h : c.w;
		s.kernel[k] = flat ? 1 : c.kernel;
		s.stride[k] = flat ? 1 : c.stride;
		s.pad[k] = flat ? 0 : c.pad;
		s.dilation[k] = 1;
		s.out[k] = (s.in[k] + 2 * s.pad[k] - s.kernel[k]) / s.stride[k] + 1;
	}
	s.elem = elem;
	return s;
}

class CudnnPlan : public ::testing::TestWithParam<Gpu>
{
      protected:
	void SetUp() override
	{
		if (!cudnn_library())
			GTEST_SKIP() << "not checked: " << why_last();
		const char *json = GetParam().json;
		const cudnn_graph_attribute attributes[] = { { CUDNN_ATTR_DEVICEPROP_JSON_REPRESENTATION,
			CUDNN_TYPE_CHAR, (int64_t)strlen(json), json } };
		ASSERT_EQ(0, cudnn_graph_descriptor(
				     &target_.deviceprop, CUDNN_BACKEND_DEVICEPROP_DESCRIPTOR, attributes, 1))
			<< why_last();
	}
	void TearDown() override
	{
		if (target_.deviceprop)
			cudnn_library()->descriptor_destroy(target_.deviceprop);
	}
	// Number of plans; prints the first.
	int Find(const Conv &c, plugin_elem elem, cudnn_conv_pass pass)
	{
		plugin_conv_shape shape = ShapeOf(c, elem);
		cudnn_graph graph = {};
		cudnn_plan plans[CUDNN_PLAN_MOST];
		int n = 0;
		EXPECT_EQ(0, cudnn_conv_check(&shape)) << why_last();
		EXPECT_EQ(0, cudnn_conv_graph(&graph, &shape, pass, nullptr)) << why_last();
		EXPECT_EQ(0, cudnn_plan_find(plans, &n, &graph, &target_, elem)) << why_last();
		printf("%s %-4s %-23s %2d -> %3d channels, %-15s: %d plans", GetParam().name,
			elem == PLUGIN_BF16 ? "bf16" : "f32", c.name, (int)c.cin, (int)c.cout,
			cudnn_conv_pass_name(pass), n);
		if (n > 0)
			printf(", engine %d%s, workspace %.1f MB", (int)plans[0].engine,
				plans[0].tensor_cores ? " (tensor cores)" : "",
				(double)plans[0].workspace_bytes / 1048576);
		printf("\n");
		for (int i = 0; i < n; i++) {
			EXPECT_FALSE(elem == PLUGIN_F32 && plans[i].tensor_cores) << "TF32 in float mode";
			cudnn_plan_free(&plans[i]);
		}
		cudnn_graph_free(&graph);
		return n;
	}
	cudnn_plan_target target_ = {};
};

TEST_P(CudnnPlan, EveryShippedConvolutionHasADeterministicEngine)
{
	for (plugin_elem elem : { PLUGIN_F32, PLUGIN_BF16 })
		for (const Conv &c : ShippedConvs()) {
			SCOPED_TRACE(c.name);
			EXPECT_GT(Find(c, elem, CUDNN_CONV_FORWARD), 0);
			EXPECT_GT(Find(c, elem, CUDNN_CONV_BACKWARD_DATA), 0);
			// Where there is none the plugin takes kernels/conv_wgrad_direct.c.
			bool own_kernel = c.cin == 1;
			EXPECT_GE(Find(c, elem, CUDNN_CONV_BACKWARD_WEIGHT), own_kernel ? 0 : 1);
		}
}

INSTANTIATE_TEST_SUITE_P(Described, CudnnPlan, ::testing::ValuesIn(kGpus),
	[](const ::testing::TestParamInfo<Gpu> &gpu) { return gpu.param.name; });

} // namespace

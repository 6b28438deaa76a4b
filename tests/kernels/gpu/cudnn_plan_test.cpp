// No GPU needed: asks cuDNN, for GPUs that are only described, whether every convolution of the shipped
// networks (gan/model) has a deterministic engine in each pass.  The keys of the description are cuDNN's own and
// undocumented: tests only.
#include <cstdio>
#include <cstring>
#include <ostream>
#include <set>
#include <string>
#include <tuple>
#include <vector>
#include "gan/model/model.h"
#include "gan/nn/conv_depthwise.h"
#include "gan/nn/program.h"
#include "gan/nn/wide.h"
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
	std::string name;
	plugin_conv_shape shape;
};

std::string Text(const int64_t size[3])
{
	return std::to_string(size[0]) + "x" + std::to_string(size[1]) + "x" + std::to_string(size[2]);
}

std::string NameOf(const std::string &network, const plugin_conv_shape &s)
{
	return network + ": " + std::to_string(s.n) + " of " + Text(s.in) + ", " + std::to_string(s.cin) + " -> " +
	       std::to_string(s.cout) + " channels in " + std::to_string(s.groups) + " groups, kernel " +
	       Text(s.kernel) + ", stride " + std::to_string(s.stride[2]) + ", dilation " +
	       std::to_string(s.dilation[2]);
}

// Every different convolution of the networks, read off programs as gan/ builds them.
class Convolutions
{
      public:
	void Add(const std::string &network, nn_program *program)
	{
		for (int i = 0; i < program->n_nodes; i++)
			if (program->nodes[i].op == &op_conv)
				AddShape(network, op_conv_shape(program, &program->nodes[i]));
	}
	void AddShape(const std::string &network, const plugin_conv_shape &shape)
	{
		if (conv_depthwise_is(&shape)) // by kernels of our own
			return;
		const std::string name = NameOf(network, shape);
		if (known_.insert(name.substr(network.size())).second)
			convs_.push_back({ name, shape });
	}
	const std::vector<Conv> &all() const
	{
		return convs_;
	}

      private:
	std::set<std::string> known_;
	std::vector<Conv> convs_;
};

// A generator and its critic, as a configuration's words say.
struct Shipped {
	const char *generator;
	int64_t base, levels, blocks, batch;
};
void PrintTo(const Shipped &shipped, std::ostream *out)
{
	*out << shipped.generator << shipped.base;
}
// Four images at the default width, one or two at full width; the smallest of the first start.
const Shipped kShipped[] = { { "unet", 16, 5, 0, 4 }, { "unet", 64, 5, 0, 1 }, { "unet", 32, 5, 0, 2 },
	{ "resnet", 16, 2, 9, 4 }, { "resnet", 64, 2, 9, 1 }, { "hrnet", 18, 4, 0, 2 }, { "convnext", 96, 4, 9, 2 } };

void AddModel(Convolutions &convs, const Shipped &shipped)
{
	struct device ref = {};
	ASSERT_EQ(0, device_open(&ref, "ref")) << err_message();
	model_config config = model_config_default();
	snprintf(config.generator, sizeof(config.generator), "%s", shipped.generator);
	config.base = config.critic_base = shipped.base;
	config.levels = shipped.levels;
	config.blocks = shipped.blocks;
	ASSERT_EQ(0, model_check(&config, 256, 192)) << err_message();
	nn *network = nullptr;
	ASSERT_EQ(0, nn_open(&network, &ref, 1)) << err_message();
	nn_program *p = nn_program_new(network, "step");
	const int x = nn_input(p, "x", { shipped.batch, 256, 192, 1 });
	model_critic(p, &config, nn_cat(p, x, model_generator(p, &config, x)));
	EXPECT_STREQ("", p->error);
	convs.Add(std::string(shipped.generator) + " of width " + std::to_string(shipped.base), p);
	nn_close(network);
	device_close(&ref);
}

plugin_conv_shape Shape(int64_t n, int64_t d, int64_t size, int64_t cin, int64_t cout, int64_t kernel, int64_t stride,
	int64_t pad, int64_t groups = 1, int64_t dilation = 1)
{
	plugin_conv_shape s = {};
	s.n = n;
	s.cin = cin;
	s.cout = cout;
	s.groups = groups;
	for (int k = 0; k < 3; k++) {
		const bool flat = k == 0 && d == 1;
		s.in[k] = k == 0 ? d : k == 1 ? size : size - 1;
		s.kernel[k] = flat ? 1 : kernel;
		s.stride[k] = flat ? 1 : stride;
		s.pad[k] = flat ? 0 : pad;
		s.dilation[k] = flat ? 1 : dilation;
		s.out[k] = conv_output_size(s.in[k], s.kernel[k], s.stride[k], s.pad[k], s.dilation[k]);
	}
	return s;
}

// What the engine offers beyond today's networks: grouped, dilated, 3-D, dense.
void AddKinds(Convolutions &convs)
{
	convs.AddShape("depthwise, two outputs a channel", Shape(2, 1, 64, 32, 64, 3, 1, 1, 32));
	convs.AddShape("grouped", Shape(2, 1, 64, 256, 256, 3, 1, 1, 32));
	convs.AddShape("grouped, odd channels", Shape(2, 1, 65, 9, 15, 3, 1, 1, 3));
	convs.AddShape("dilated", Shape(2, 1, 64, 64, 64, 3, 1, 2, 1, 2));
	convs.AddShape("patches", Shape(2, 1, 256, 1, 96, 4, 4, 0));
	convs.AddShape("3-D, one channel", Shape(1, 32, 64, 1, 32, 3, 1, 1));
	convs.AddShape("3-D", Shape(1, 32, 64, 32, 32, 3, 1, 1));
	convs.AddShape("3-D, stride 2", Shape(1, 32, 64, 32, 64, 3, 2, 1));
	convs.AddShape("3-D, halving", Shape(1, 32, 64, 32, 64, 2, 2, 0));
	convs.AddShape("3-D, head", Shape(1, 32, 64, 32, 5, 1, 1, 0));
	convs.AddShape("3-D, depthwise", Shape(1, 16, 32, 32, 32, 3, 1, 1, 32));
	plugin_conv_shape dense = Shape(1, 1, 2, 96, 384, 1, 1, 0);
	dense.in[1] = dense.out[1] = 1;
	for (int64_t rows : { 3, 4097 }) {
		dense.in[2] = dense.out[2] = rows;
		convs.AddShape("dense", dense);
	}
}

class CudnnPlan : public ::testing::Test
{
      protected:
	void Describe(const Gpu &gpu)
	{
		if (!cudnn_library())
			GTEST_SKIP() << "not checked: " << why_last();
		const char *json = gpu.json;
		gpu_ = gpu.name;
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
		plugin_conv_shape shape = c.shape;
		cudnn_graph graph = {};
		cudnn_plan plans[CUDNN_PLAN_MOST];
		int n = 0;
		shape.elem = elem;
		if (elem == PLUGIN_BF16 && shape.groups == 1) { // as the engine stores them
			shape.cin = wide_channels(shape.cin, 8);
			shape.cout = wide_channels(shape.cout, 8);
		}
		EXPECT_EQ(0, cudnn_conv_check(&shape)) << why_last();
		EXPECT_EQ(0, cudnn_conv_graph(&graph, &shape, pass, nullptr)) << why_last();
		EXPECT_EQ(0, cudnn_plan_find(plans, &n, &graph, &target_, elem)) << why_last();
		printf("%s %-4s %s, %s: %d plans", gpu_, elem == PLUGIN_BF16 ? "bf16" : "f32",
			c.name.c_str(), cudnn_conv_pass_name(pass), n);
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
	// The weight gradient alone has a kernel of ours to fall back on, kernels/conv_wgrad_direct.c; how many shapes
	// would take it is counted, since it is slow.
	void CheckAll(const Convolutions &convs, int own_kernels_most)
	{
		int own = 0;
		ASSERT_GT(convs.all().size(), 8u);
		for (plugin_elem elem : { PLUGIN_F32, PLUGIN_BF16 })
			for (const Conv &c : convs.all()) {
				SCOPED_TRACE(c.name);
				EXPECT_GT(Find(c, elem, CUDNN_CONV_FORWARD), 0);
				EXPECT_GT(Find(c, elem, CUDNN_CONV_BACKWARD_DATA), 0);
				own += Find(c, elem, CUDNN_CONV_BACKWARD_WEIGHT) == 0;
			}
		EXPECT_LE(own, own_kernels_most) << "weight gradients without an engine";
	}
	cudnn_plan_target target_ = {};
	const char *gpu_ = "";
};

class CudnnShipped : public CudnnPlan, public ::testing::WithParamInterface<std::tuple<Gpu, Shipped>>
{
      protected:
	void SetUp() override
	{
		Describe(std::get<Gpu>(GetParam()));
	}
};

class CudnnKinds : public CudnnPlan, public ::testing::WithParamInterface<Gpu>
{
      protected:
	void SetUp() override
	{
		Describe(GetParam());
	}
};

TEST_P(CudnnShipped, EveryConvolutionHasADeterministicEngine)
{
	Convolutions convs;
	AddModel(convs, std::get<Shipped>(GetParam()));
	CheckAll(convs, 0);
}

TEST_P(CudnnKinds, EveryKindOfConvolutionHasADeterministicEngine)
{
	Convolutions convs;
	AddKinds(convs);
	CheckAll(convs, 0);
}

INSTANTIATE_TEST_SUITE_P(Described, CudnnShipped,
	::testing::Combine(::testing::ValuesIn(kGpus), ::testing::ValuesIn(kShipped)),
	[](const ::testing::TestParamInfo<std::tuple<Gpu, Shipped>> &info) {
		const Shipped &shipped = std::get<Shipped>(info.param);
		return std::string(std::get<Gpu>(info.param).name) + shipped.generator + std::to_string(shipped.base);
	});
INSTANTIATE_TEST_SUITE_P(Described, CudnnKinds, ::testing::ValuesIn(kGpus),
	[](const ::testing::TestParamInfo<Gpu> &gpu) { return gpu.param.name; });

} // namespace

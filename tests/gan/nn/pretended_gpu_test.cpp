// What the engine does around its kernels on a GPU, on a pretended one: recorded steps are the CPU's to the last bit.
#include "tests/gan/nn/pretended_engine.h"
#include "tests/gan/nn/toy.h"

namespace
{

const nn_adam kAdam = { 1e-2, 0.5, 0.999, 1e-8, 0.01 };
using Build = std::function<int(struct nn_program *, int)>;

// One program with an input and a loss, on the CPU or on a GPU.
struct Trained {
	struct nn *nn = nullptr;
	struct nn_program *p = nullptr;
	int x = -1, y = -1;
	Trained(const struct device *device, struct nn_shape shape, const Build &build, bool terms, int64_t wide)
	{
		EXPECT_OK(nn_open(&nn, device, 7));
		nn->terms = terms;
		nn->wide = wide;
		p = nn_program_new(nn, "step");
		x = nn_input(p, "x", shape);
		y = build(p, x);
		nn_keep(p, y);
		nn_loss_lsgan(p, "loss", y, 0.3, 1);
		nn_train(p, "", &kAdam);
		nn_clip(p, "", 0.5);
		EXPECT_OK(nn_compile(p, nullptr));
	}
	~Trained()
	{
		nn_close(nn);
	}
	Trained(const Trained &) = delete;
	Trained &operator=(const Trained &) = delete;
	void Step(uint64_t seed) const
	{
		ASSERT_OK(nn_set(p, x, Random(Count(nn_shape_of(p, x)), seed).data()));
		ASSERT_OK(nn_step(p));
	}
	std::vector<double> Values() const
	{
		std::vector<double> all = { Loss(p) };
		for (float v : Get(p, y))
			all.push_back((double)v);
		for (int i = 0; i < nn->n_params; i++) {
			std::vector<double> values((size_t)nn->params[i]->count);
			EXPECT_OK(nn_parameter_read(nn, nn->params[i]->name, values.data()));
			all.insert(all.end(), values.begin(), values.end());
		}
		return all;
	}
};

// Steps one by one, recorded and replayed; the replayed ones launch, allocate and send nothing but their input and scalars.
int SameWith(bool terms, const Build &build, double most)
{
	const struct nn_shape shape = { 2, 12, 16, 3 };
	const int64_t sent = Count(shape) * 4 + NN_ALIGN;
	PretendedEngine gpu;
	const int64_t wide = terms ? 8 : 1;
	const Trained there(&gpu.device, shape, build, terms, wide), here(&PretendedGpu::Cpu(), shape, build, false, wide);
	Poison(there.p);
	Poison(here.p);
	for (uint64_t i = 0; i < 4; i++) {
		const int64_t called = gpu.Calls(), allocated = gpu.allocations, before = gpu.to_device;
		there.Step(i);
		here.Step(i);
		EXPECT_EQ(i < 2, gpu.Calls() > called) << "step " << i;
		EXPECT_EQ(allocated, gpu.allocations);
		EXPECT_LE(gpu.to_device - before, sent);
		if (most > 0)
			EXPECT_LE(RelativeL2(there.Values(), here.Values()), most) << "step " << i;
		else
			EXPECT_EQ(there.Values(), here.Values()) << "step " << i;
	}
	return there.p->n_terms;
}

// As in float, and as in bfloat16: `runs` of weight gradients that a library writes in its own storage, channels filled up.
void Same(int runs, const Build &build, double most = 0)
{
	EXPECT_EQ(0, SameWith(false, build, most));
	EXPECT_EQ(runs, SameWith(true, build, most));
}

TEST(PretendedGpu, ResidualBlocksAndACat)
{
	const struct nn_conv conv = Conv(6, 3, 1, 1, true, NN_PAD_REFLECT), down = Conv(8, 3, 2, 1), up = Conv(6, 4, 2, 1, true);
	for (enum nn_norm kind : { NN_NORM_INSTANCE, NN_NORM_BATCH })
		Same(1, [&](struct nn_program *p, int x) {
			int y = nn_act(p, nn_norm(p, nn_conv(p, x, "a", &conv), "an", kind, 1e-5), NN_ACT_RELU, 0);
			const int z = nn_norm(p, nn_conv(p, y, "b", &conv), "bn", kind, 1e-5);
			y = nn_act(p, nn_add(p, y, z), NN_ACT_LEAKY, 0.1);
			const int low = nn_norm_group(p, nn_conv(p, y, "c", &down), "cn", 2, 1e-5);
			const int back = nn_conv_transpose(p, nn_act(p, low, NN_ACT_SILU, 0), "d", &up);
			y = nn_cat(p, nn_cat(p, y, back), nn_resize(p, low, 12, 16, NN_BILINEAR));
			return nn_conv(p, y, "a2", &conv);
		});
}

TEST(PretendedGpu, SharedParametersAndDropout)
{
	const struct nn_conv conv = Conv(3, 3, 1, 1, true);
	Same(0, [&](struct nn_program *p, int x) {
		for (int i = 0; i < 3; i++)
			x = nn_act(p, nn_norm(p, nn_conv(p, x, "a", &conv), "n", NN_NORM_INSTANCE, 1e-5), NN_ACT_TANH, 0);
		return nn_add(p, nn_dropout(p, x, 0.3, false), nn_pool(p, x, NN_POOL_MAX, 3, 1, 1));
	});
}

// Depthwise convolutions are kernels of our own on a GPU and oneDNN's on the CPU.
TEST(PretendedGpu, ConvNextBlock)
{
	const struct nn_conv own = With(Conv(8, 7, 1, 3, true), 8), stem = Conv(8, 2, 2, 0);
	Same(
		1,
		[&](struct nn_program *p, int x) {
			const int s = nn_norm(p, nn_conv(p, x, "stem", &stem), "sn", NN_NORM_LAYER, 1e-6);
			int y = nn_norm(p, nn_conv(p, s, "own", &own), "on", NN_NORM_LAYER, 1e-6);
			y = nn_act(p, nn_dense(p, y, "d1", 16, true, NN_INIT_HE), NN_ACT_GELU, 0);
			y = nn_channel_scale(p, nn_dense(p, y, "d2", 8, true, NN_INIT_HE), "scale", 0.1);
			return nn_add(p, s, y);
		},
		1e-6);
}

TEST(PretendedGpu, Attention)
{
	const struct nn_attention windows = { 2, 4, 2 };
	Same(1, [&](struct nn_program *p, int x) {
		const int qkv = nn_dense(p, x, "qkv", 24, false, NN_INIT_HE);
		return nn_attention(p, qkv, &windows);
	});
}

// A step that cannot be recorded is an error, and nothing of it is replayed.
TEST(PretendedGpu, AFailedRecordingIsForgotten)
{
	PretendedEngine gpu;
	const struct nn_conv conv = Conv(4, 3, 1, 1);
	const auto build = [&](struct nn_program *p, int x) {
		return nn_act(p, nn_norm(p, nn_conv(p, x, "a", &conv), "n", NN_NORM_BATCH, 1e-5), NN_ACT_TANH, 0);
	};
	const nn_shape shape = { 1, 8, 8, 2 };
	const Trained there(&gpu.device, shape, build, false, 1), here(&PretendedGpu::Cpu(), shape, build, false, 1);
	there.Step(0);
	here.Step(0);
	const auto adam_map = gpu.maps.at("adam");
	gpu.maps.erase("adam");
	EXPECT_EQ(-1, nn_step(there.p));
	EXPECT_EQ(nullptr, there.p->graph);
	gpu.maps["adam"] = adam_map;
	for (uint64_t i = 1; i < 4; i++) {
		there.Step(i);
		here.Step(i);
		EXPECT_EQ(there.Values(), here.Values()) << "step " << i;
	}
}

} // namespace

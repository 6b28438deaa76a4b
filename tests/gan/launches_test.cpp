// How much a step of a shipped network asks of a GPU: each call below is at least one kernel's launch there, which costs it
// some microseconds; a long graph is one line, which costs the host few.
#include "gan/model/model.h"
#include "gan/nn/program.h"
#include "tests/gan/nn/pretended_engine.h"
#include "tests/support/support.h"

namespace
{

struct Counts {
	int64_t convs, kernels;
	bool branches; // in the recorded step
};

// Those of a step of a generator with an L1 loss, in the sizes of experiments/bench-engine.
Counts OfGenerator(const struct model_config &config, int64_t batch)
{
	PretendedEngine gpu;
	gpu.idle = true;
	gpu.device.elem = DEVICE_BF16;
	struct nn *nn = nullptr;
	EXPECT_OK(nn_open(&nn, &gpu.device, 1));
	struct nn_program *p = nn_program_new(nn, "step");
	const int x = nn_input(p, "x", { batch, 256, 256, 1 });
	const int y = model_generator(p, &config, x), target = nn_input(p, "y", nn_shape_of(p, y));
	nn_loss_l1(p, "loss", y, target, 1);
	const nn_adam adam = { 1e-4, 0.5, 0.999, 1e-8, 0 };
	nn_train(p, "G", &adam);
	EXPECT_OK(nn_compile(p, nullptr));
	const int64_t before = gpu.Calls(), convs = gpu.convs, writes = gpu.writes;
	EXPECT_OK(nn_step(p));
	EXPECT_EQ(writes + 1, gpu.writes) << "the optimiser's scalars alone are sent";
	const int64_t calls = gpu.Calls() - before, of_convs = gpu.convs - convs;
	EXPECT_OK(nn_step(p)); // records
	const Counts c = { of_convs, calls - of_convs, gpu.branches };
	nn_close(nn);
	return c;
}

TEST(Launches, AStepOfEachGenerator)
{
	const struct model_config unet = { "unet", 32, 5, 0, 1, 3, 0, 0 }, resnet = { "resnet", 64, 2, 9, 0, 3, 0, 0 },
				  hrnet = { "hrnet", 18, 4, 0, 0, 3, 0, 0 }, convnext = { "convnext", 96, 4, 9, 0, 3, 0, 0 };
	const struct {
		const struct model_config &config;
		int64_t batch;
		Counts want; // when there are fewer, lower them here
	} cases[] = { { unet, 1, { 56, 99, true } }, { unet, 2, { 56, 113, true } }, { resnet, 1, { 71, 137, true } },
		{ resnet, 2, { 71, 160, true } }, { hrnet, 1, { 920, 1765, false } }, { convnext, 1, { 146, 521, false } } };
	for (const auto &c : cases) {
		SCOPED_TRACE(std::string(c.config.generator) + ", batch " + std::to_string(c.batch));
		const Counts found = OfGenerator(c.config, c.batch);
		EXPECT_EQ(found.convs, c.want.convs);
		EXPECT_EQ(found.kernels, c.want.kernels);
		EXPECT_EQ(found.branches, c.want.branches);
	}
}

} // namespace

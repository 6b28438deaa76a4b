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

// Those of a step of a generator with an L1 loss, as experiments/bench-engine has it.
Counts OfGenerator(const char *name, int64_t base, int64_t batch)
{
	PretendedEngine gpu;
	gpu.idle = true;
	gpu.device.elem = DEVICE_BF16;
	struct model_config config = model_config_default();
	snprintf(config.generator, sizeof(config.generator), "%s", name);
	config.base = base;
	config.levels = strcmp(name, "resnet") == 0 ? 2 : 5;
	struct nn *nn = nullptr;
	EXPECT_OK(nn_open(&nn, &gpu.device, 1));
	struct nn_program *p = nn_program_new(nn, "step");
	const int x = nn_input(p, "x", { batch, 64, 64, 1 });
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
	const struct {
		const char *name;
		int64_t base, batch;
		Counts want; // when there are fewer, lower them here
	} cases[] = { { "unet", 32, 1, { 56, 99, true } }, { "unet", 32, 2, { 56, 109, true } },
		{ "resnet", 32, 1, { 53, 102, true } }, { "resnet", 32, 2, { 53, 115, true } },
		{ "hrnet", 18, 1, { 920, 1765, false } }, { "convnext", 96, 1, { 128, 452, false } } };
	for (const auto &c : cases) {
		const Counts found = OfGenerator(c.name, c.base, c.batch);
		EXPECT_EQ(found.convs, c.want.convs) << c.name << ", batch " << c.batch;
		EXPECT_EQ(found.kernels, c.want.kernels) << c.name << ", batch " << c.batch;
		EXPECT_EQ(found.branches, c.want.branches) << c.name;
	}
}

} // namespace

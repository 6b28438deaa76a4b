// Running statistics of a batch norm: kept, used in prediction, exported, not trained.
#include "tests/gan/nn/gradient_check.h"
#include "tests/gan/nn/parity_check.h"

#include <algorithm>
#include <gmock/gmock.h>

namespace
{

TEST(Operators, BatchNormKeepsRunningStatistics)
{
	Net net("ref");
	const struct nn_shape s = { 2, 1, 2, 1 };
	struct nn_program *train = nn_program_new(net.nn, "train"), *predict = nn_program_new(net.nn, "predict");
	const int x = nn_input(train, "x", s), y = nn_norm(train, x, "n", NN_NORM_BATCH, 0.5);
	nn_keep(train, y);
	ASSERT_OK(nn_compile(train, nullptr));
	nn_evaluate(predict);
	const int u = nn_input(predict, "x", s), v = nn_norm(predict, u, "n", NN_NORM_BATCH, 0.5);
	nn_keep(predict, v);
	ASSERT_OK(nn_compile(predict, nullptr));
	const float values[] = { 1, 2, 4, 9 }; // mean 4, biased variance 38 / 4, unbiased 38 / 3
	ASSERT_OK(nn_set(train, x, values));
	ASSERT_OK(nn_forward(train));
	EXPECT_NEAR(Wide(train, y)[3], 5 / std::sqrt(9.5 + 0.5), 1e-15);
	EXPECT_NEAR(net.Parameter("n.running_mean")[0], 0.4, 1e-15);
	EXPECT_NEAR(net.Parameter("n.running_var")[0], 0.9 + 0.1 * 38 / 3, 1e-15);
	ASSERT_OK(nn_forward(train));
	const double mean = 0.9 * 0.4 + 0.4, variance = 0.9 * (0.9 + 0.1 * 38 / 3) + 0.1 * 38 / 3;
	ASSERT_OK(nn_set(predict, u, values));
	ASSERT_OK(nn_forward(predict));
	EXPECT_NEAR(Wide(predict, v)[3], (9 - mean) / std::sqrt(variance + 0.5), 1e-14);
	EXPECT_NEAR(net.Parameter("n.running_mean")[0], mean, 1e-15) << "evaluation must not move them";
}

TEST(Operators, RunningStatisticsTravelAndAreNotTrained)
{
	Net a("cpu", 1), b("cpu", 2);
	struct nn_program *programs[2];
	int x[2];
	for (Net *net : { &a, &b }) {
		const int k = net == &b;
		struct nn_program *p = programs[k] = nn_program_new(net->nn, "p");
		x[k] = nn_input(p, "x", { 2, 3, 3, 4 });
		nn_loss_lsgan(p, "l", nn_norm(p, x[k], "n", NN_NORM_BATCH, 1e-5), 1, 1);
		const struct nn_adam adam = { 1e-3, 0.9, 0.99, 1e-8, 0 };
		nn_train(p, "", &adam);
		ASSERT_OK(nn_compile(p, nullptr));
	}
	ASSERT_OK(nn_set(programs[0], x[0], Random(72, 3).data()));
	ASSERT_OK(nn_step(programs[0]));
	double one;
	EXPECT_EQ(-1, nn_gradient_read(a.nn, "n.running_mean", &one));
	struct safetensors s = {};
	ASSERT_OK(nn_export(a.nn, &s, true));
	EXPECT_NE(safetensors_find(&s, "net.n.running_var"), nullptr);
	EXPECT_EQ(safetensors_find(&s, "opt.m.n.running_var"), nullptr);
	ASSERT_OK(nn_import(b.nn, &s, true));
	EXPECT_EQ(a.Parameter("n.running_mean"), b.Parameter("n.running_mean"));
	EXPECT_EQ(a.Parameter("n.running_var"), b.Parameter("n.running_var"));
	safetensors_free(&s);
}

} // namespace

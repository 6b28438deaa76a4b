// Every operator but convolution and attention, from one table: gradients, adjoints, `cpu` against `ref`, repeatability.
#include "tests/gan/nn/gradient_check.h"
#include "tests/gan/nn/parity_check.h"

#include <omp.h>

namespace
{

struct Case {
	const char *name;
	Builder build;
	bool linear;
	double tolerance; // of cpu against ref
};

int Evaluated(struct nn_program *p, int x)
{
	nn_evaluate(p);
	return nn_norm(p, x, "n", NN_NORM_BATCH, 1e-4);
}

int Act(struct nn_program *p, int x, enum nn_act kind)
{
	return nn_act(p, x, kind, 0.2);
}

// Channels are even in all shapes.
const Case kCases[] = {
	{ "ReLU", [](struct nn_program *p, int x) { return Act(p, x, NN_ACT_RELU); }, false, 1e-5 },
	{ "leaky ReLU", [](struct nn_program *p, int x) { return Act(p, x, NN_ACT_LEAKY); }, false, 1e-5 },
	{ "tanh", [](struct nn_program *p, int x) { return Act(p, x, NN_ACT_TANH); }, false, 1e-5 },
	{ "sigmoid", [](struct nn_program *p, int x) { return Act(p, x, NN_ACT_SIGMOID); }, false, 1e-5 },
	{ "GELU", [](struct nn_program *p, int x) { return Act(p, x, NN_ACT_GELU); }, false, 1e-5 },
	{ "SiLU", [](struct nn_program *p, int x) { return Act(p, x, NN_ACT_SILU); }, false, 1e-5 },
	{ "GELU of a tensor read twice",
		[](struct nn_program *p, int x) { return nn_add(p, x, Act(p, x, NN_ACT_GELU)); }, false, 1e-5 },
	{ "instance norm",
		[](struct nn_program *p, int x) { return nn_norm(p, x, "n", NN_NORM_INSTANCE, 1e-5); }, false, 1e-5 },
	{ "batch norm", [](struct nn_program *p, int x) { return nn_norm(p, x, "n", NN_NORM_BATCH, 1e-5); }, false,
		1e-5 },
	{ "batch norm with a ReLU",
		[](struct nn_program *p, int x) {
			return Act(p, nn_norm(p, x, "n", NN_NORM_BATCH, 1e-5), NN_ACT_LEAKY);
		},
		false, 1e-5 },
	{ "batch norm, evaluated", Evaluated, false, 1e-5 },
	{ "group norm", [](struct nn_program *p, int x) { return nn_norm_group(p, x, "n", 2, 1e-5); }, false, 1e-5 },
	{ "group norm of one group", [](struct nn_program *p, int x) { return nn_norm_group(p, x, "n", 1, 1e-5); },
		false, 1e-5 },
	{ "group norm with a ReLU",
		[](struct nn_program *p, int x) {
			return Act(p, nn_norm_group(p, x, "n", 2, 1e-5), NN_ACT_LEAKY);
		},
		false, 1e-5 },
	{ "layer norm", [](struct nn_program *p, int x) { return nn_norm(p, x, "n", NN_NORM_LAYER, 1e-5); }, false,
		1e-5 },
	{ "two layer norms",
		[](struct nn_program *p, int x) {
			return nn_add(p, nn_norm(p, x, "a", NN_NORM_LAYER, 1e-5),
				nn_norm(p, x, "b", NN_NORM_LAYER, 1e-6));
		},
		false, 1e-5 },
	{ "product", [](struct nn_program *p, int x) { return nn_mul(p, x, Act(p, x, NN_ACT_TANH)); }, false, 1e-5 },
	{ "square", [](struct nn_program *p, int x) { return nn_mul(p, x, x); }, false, 1e-5 },
	{ "squeeze and excite",
		[](struct nn_program *p, int x) {
			return nn_mul(p, x, Act(p, nn_pool_global(p, x), NN_ACT_SIGMOID));
		},
		false, 1e-5 },
	{ "channel scale", [](struct nn_program *p, int x) { return nn_channel_scale(p, x, "s", 0.5); }, true, 1e-5 },
	{ "channel scale, used twice",
		[](struct nn_program *p, int x) {
			return nn_add(p, nn_channel_scale(p, x, "s", 0.5),
				nn_channel_scale(p, nn_scale(p, x, -2), "s", 0.5));
		},
		true, 1e-5 },
	{ "global average", [](struct nn_program *p, int x) { return nn_pool_global(p, x); }, true, 1e-5 },
};

TEST(Operators, GradientsAgreeWithDifferences)
{
	for (const Case &c : kCases)
		for (const struct nn_shape &s : { nn_shape{ 2, 7, 5, 6 }, nn_shape{ 3, 4, 3, 2, 2 } }) {
			SCOPED_TRACE(c.name);
			CheckOperator(s, c.build);
		}
}

const struct nn_shape kShapes[] = { { 2, 7, 5, 2 }, { 3, 11, 13, 18 }, { 2, 4, 3, 40 }, { 2, 5, 3, 18, 2 } };

TEST(Operators, CpuAgreesWithTheOracle)
{
	for (const Case &c : kCases)
		for (const struct nn_shape &s : kShapes)
			ExpectSame(c.name, s, c.build, c.tolerance);
}

TEST(Operators, SameBitsOnOneThreadAndOnThree)
{
	const int threads = omp_get_max_threads();
	for (const Case &c : kCases) {
		omp_set_num_threads(1);
		const Result one = RunOnce("cpu", { 2, 24, 21, 18 }, c.build);
		omp_set_num_threads(3);
		const Result three = RunOnce("cpu", { 2, 24, 21, 18 }, c.build);
		EXPECT_EQ(one.output, three.output) << c.name;
		EXPECT_EQ(one.input_gradient, three.input_gradient) << c.name;
		EXPECT_EQ(one.gradients, three.gradients) << c.name;
		EXPECT_EQ(one.total, three.total) << c.name;
	}
	omp_set_num_threads(threads);
}

std::vector<double> Wide(const struct nn_program *p, int tensor)
{
	const int64_t n = Count(nn_shape_of(p, tensor));
	const void *value = p->nodes[tensor].value;
	if (p->nn->device->elem == DEVICE_F64)
		return { (const double *)value, (const double *)value + n };
	return { (const float *)value, (const float *)value + n };
}

// <J x, z> against <x, J' z>, relative to the sum of the terms' sizes.
double AdjointError(const char *spec, struct nn_shape s, const Builder &build)
{
	Net net(spec);
	struct nn_program *p = nn_program_new(net.nn, "adjoint");
	const int x = nn_input(p, "x", s), y = build(p, x), z = nn_input(p, "z", nn_shape_of(p, y));
	const double n = (double)Count(nn_shape_of(p, y));
	nn_keep(p, y);
	// mean (y + z)^2 differs from mean (y - z)^2 by 4 <y, z> / n; its gradient by 4 J'z / n.
	nn_loss_lsgan(p, "plus", nn_add(p, y, z), 0, n / 4);
	nn_loss_lsgan(p, "minus", nn_add(p, y, nn_scale(p, z, -1)), 0, -n / 4);
	const int g = nn_input_gradient(p, x);
	EXPECT_OK(nn_compile(p, nullptr));
	EXPECT_OK(nn_set(p, x, Random(Count(s), 1).data()));
	EXPECT_OK(nn_set(p, z, Random((int64_t)n, 2).data()));
	EXPECT_OK(nn_step(p));
	const std::vector<double> xs = Wide(p, x), ys = Wide(p, y), zs = Wide(p, z), back = Wide(p, g);
	double forward = 0, backward = 0, size = 0;
	for (size_t i = 0; i < ys.size(); i++)
		forward += ys[i] * zs[i];
	for (size_t i = 0; i < xs.size(); i++) {
		backward += xs[i] * back[i];
		size += std::fabs(xs[i] * back[i]);
	}
	return std::fabs(forward - backward) / size;
}

TEST(Operators, AdjointOfTheLinearOnes)
{
	for (const Case &c : kCases)
		for (const struct nn_shape &s : kShapes) {
			if (!c.linear)
				continue;
			EXPECT_LE(AdjointError("ref", s, c.build), 1e-12) << c.name;
			EXPECT_LE(AdjointError("cpu", s, c.build), 1e-5) << c.name;
		}
}

// One input value and one output value of a program.
double At(const std::function<int(struct nn_program *, int)> &build, double value)
{
	Net net("ref");
	struct nn_program *p = nn_program_new(net.nn, "at");
	const int x = nn_input(p, "x", { 1, 1, 1, 1 }), y = build(p, x);
	nn_keep(p, y);
	EXPECT_OK(nn_compile(p, nullptr));
	const float in = (float)value;
	EXPECT_OK(nn_set(p, x, &in));
	EXPECT_OK(nn_forward(p));
	return Wide(p, y)[0];
}

TEST(Operators, ActivationsHaveTheirPublishedValues)
{
	auto value = [](enum nn_act kind, double x) {
		return At([&](struct nn_program *p, int t) { return Act(p, t, kind); }, x);
	};
	EXPECT_NEAR(value(NN_ACT_GELU, 1), 0.8413447460685429, 1e-15); // Phi(1)
	EXPECT_NEAR(value(NN_ACT_GELU, -2), -2 * 0.022750131948179207, 1e-15);
	EXPECT_NEAR(value(NN_ACT_SILU, 1), 0.7310585786300049, 1e-15);
	EXPECT_NEAR(value(NN_ACT_SIGMOID, 2), 0.8807970779778823, 1e-15);
	EXPECT_EQ(value(NN_ACT_SIGMOID, -800), 0);
	EXPECT_EQ(value(NN_ACT_SILU, -800), 0);
}

// The float text of erf and of the exponential, over their whole range.
TEST(Operators, FloatActivationsKeepTheirAccuracy)
{
	const int64_t n = 40001;
	std::vector<float> x((size_t)n);
	for (int64_t i = 0; i < n; i++)
		x[(size_t)i] = (float)(20.0 * (double)(i - n / 2) / (double)n);
	for (enum nn_act kind : { NN_ACT_GELU, NN_ACT_SILU, NN_ACT_SIGMOID }) {
		Net net("cpu");
		struct nn_program *p = nn_program_new(net.nn, "range");
		const int in = nn_input(p, "x", { 1, 1, n, 1 }), y = Act(p, in, kind);
		nn_keep(p, y);
		ASSERT_OK(nn_compile(p, nullptr));
		ASSERT_OK(nn_set(p, in, x.data()));
		ASSERT_OK(nn_forward(p));
		const std::vector<float> got = Get(p, y);
		double worst = 0;
		for (size_t i = 0; i < x.size(); i++) {
			const double v = x[i], s = 1 / (1 + std::exp(-v));
			const double want = kind == NN_ACT_GELU ? v * 0.5 * (1 + std::erf(v * std::sqrt(0.5)))
					    : kind == NN_ACT_SILU ? v * s
								  : s;
			worst = std::max(worst, std::fabs(got[i] - want) / std::max(1.0, std::fabs(want)));
		}
		EXPECT_LE(worst, 4e-7) << kind;
	}
}

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

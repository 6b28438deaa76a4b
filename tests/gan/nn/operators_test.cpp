// Every operator but convolution and attention, from one table: gradients, adjoints, `cpu` against `ref`, repeatability.
#include "tests/gan/nn/adjoint_check.h"
#include "tests/gan/nn/gradient_check.h"
#include "tests/gan/nn/parity_check.h"

#include <algorithm>
#include <gmock/gmock.h>
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
	{ "softmax", [](struct nn_program *p, int x) { return nn_softmax(p, x); }, false, 1e-5 },
	{ "response norm",
		[](struct nn_program *p, int x) {
			const struct nn_response r = { 0.3, 0.75, 1.5 };
			return nn_norm_response(p, x, 5, &r);
		},
		false, 1e-5 },
	{ "response norm of an even window",
		[](struct nn_program *p, int x) {
			const struct nn_response r = { 0.3, 0.5, 1 };
			return nn_add(p, x, nn_norm_response(p, x, 2, &r));
		},
		false, 1e-5 },
	{ "dropout", [](struct nn_program *p, int x) { return nn_dropout(p, x, 0.3, false); }, true, 1e-5 },
	{ "zero pad", [](struct nn_program *p, int x) { return nn_pad(p, x, NN_PAD_ZERO, 2); }, true, 1e-5 },
	{ "replicate pad", [](struct nn_program *p, int x) { return nn_pad(p, x, NN_PAD_REPLICATE, 4); }, true, 1e-5 },
	{ "reflect pad", [](struct nn_program *p, int x) { return nn_pad(p, x, NN_PAD_REFLECT, 1); }, true, 1e-5 },
	{ "max pool", [](struct nn_program *p, int x) { return nn_pool(p, x, NN_POOL_MAX, 2, 2, 0); }, false, 1e-5 },
	{ "max pool of a ResNet",
		[](struct nn_program *p, int x) { return nn_pool(p, x, NN_POOL_MAX, 3, 2, 1); }, false, 1e-5 },
	{ "max pool, overlapping",
		[](struct nn_program *p, int x) { return nn_add(p, x, nn_pool(p, x, NN_POOL_MAX, 3, 1, 1)); }, false,
		1e-5 },
	{ "average pool", [](struct nn_program *p, int x) { return nn_pool_average(p, x, 2); }, true, 1e-5 },
	{ "average pool, overlapping",
		[](struct nn_program *p, int x) { return nn_pool(p, x, NN_POOL_AVERAGE, 3, 2, 1); }, true, 1e-5 },
	{ "average pool with gaps",
		[](struct nn_program *p, int x) { return nn_pool(p, x, NN_POOL_AVERAGE, 1, 2, 0); }, true, 1e-5 },
	{ "nearest resize",
		[](struct nn_program *p, int x) { return nn_resize(p, x, 9, 8, NN_NEAREST); }, true, 1e-5 },
	{ "bilinear resize",
		[](struct nn_program *p, int x) { return nn_resize(p, x, 9, 8, NN_BILINEAR); }, true, 1e-5 },
	{ "seven joined",
		[](struct nn_program *p, int x) {
			const int all[] = { x, nn_scale(p, x, 2), nn_slice(p, x, 0, 1), x, nn_slice(p, x, 1, 1),
				nn_scale(p, x, -1), x };
			return nn_cat_all(p, 7, all);
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

// The gradient by an operator's output, where nothing behind it wants one.
TEST(Operators, GradientByTheOutputAlone)
{
	for (const Case &c : kCases) {
		Net net("ref");
		struct nn_program *p = nn_program_new(net.nn, "p");
		const int x = nn_input(p, "x", { 2, 6, 6, 4 }), y = c.build(p, x), g = nn_input_gradient(p, y);
		const int64_t n = Count(nn_shape_of(p, y));
		nn_keep(p, y);
		nn_loss_lsgan(p, "l", y, 0, 1);
		nn_freeze(p, "");
		ASSERT_OK(nn_compile(p, nullptr));
		Poison(p);
		ASSERT_OK(nn_set(p, x, Random(288, 1).data()));
		ASSERT_OK(nn_step(p));
		std::vector<double> expected = Wide(p, y);
		for (double &v : expected)
			v *= 2 / (double)n;
		EXPECT_LE(RelativeL2(Wide(p, g), expected), 1e-14) << c.name;
	}
}

// Losses of a and b; c and the samples' weights are further inputs.
struct LossCase {
	const char *name;
	std::function<int(struct nn_program *, int, int, int)> build;
	bool target_too; // has a gradient by b
};

const LossCase kLosses[] = {
	{ "L1", [](struct nn_program *p, int a, int b, int) { return nn_loss_l1(p, "l", a, b, 2.5); }, true },
	{ "L2", [](struct nn_program *p, int a, int b, int) { return nn_loss_l2(p, "l", a, b, 2.5); }, true },
	{ "Huber", [](struct nn_program *p, int a, int b, int) { return nn_loss_huber(p, "l", a, b, 0.8, 2.5); }, true },
	{ "BCE", [](struct nn_program *p, int a, int b, int) { return nn_loss_bce(p, "l", a, b, 2.5); }, true },
	{ "BCE, constant",
		[](struct nn_program *p, int a, int b, int) {
			return nn_loss_bce_constant(p, "l", nn_add(p, a, b), 0.9, 2.5);
		},
		true },
	{ "LSGAN", [](struct nn_program *p, int a, int b, int) { return nn_loss_lsgan(p, "l", nn_add(p, a, b), 1, 2.5); },
		true },
	{ "hinge, real",
		[](struct nn_program *p, int a, int b, int) { return nn_loss_hinge(p, "l", nn_add(p, a, b), true, 2.5); },
		true },
	{ "hinge, fake",
		[](struct nn_program *p, int a, int b, int) { return nn_loss_hinge(p, "l", nn_add(p, a, b), false, 2.5); },
		true },
	{ "hinge, generator",
		[](struct nn_program *p, int a, int b, int) {
			return nn_loss_hinge_generator(p, "l", nn_mul(p, a, b), 2.5);
		},
		true },
	{ "Gaussian",
		[](struct nn_program *p, int a, int b, int c) { return nn_loss_gaussian(p, "l", a, c, b, 2.5); }, true },
	{ "NCC", [](struct nn_program *p, int a, int b, int) { return nn_loss_ncc(p, "l", a, b, 2.5); }, true },
	{ "Dice",
		[](struct nn_program *p, int a, int b, int) {
			return nn_loss_dice(p, "l", nn_softmax(p, a), nn_act(p, b, NN_ACT_SIGMOID, 0), 2.5);
		},
		true },
	{ "cross-entropy",
		[](struct nn_program *p, int a, int b, int) {
			return nn_loss_cross_entropy(p, "l", a, nn_detach(p, nn_softmax(p, b)), 2.5);
		},
		false },
};

TEST(Operators, LossGradientsAgreeWithDifferences)
{
	for (const LossCase &loss : kLosses)
		for (bool weighted : { false, true })
			for (const struct nn_shape &s : { nn_shape{ 2, 5, 4, 3 }, nn_shape{ 3, 3, 2, 2, 2 } }) {
				SCOPED_TRACE(loss.name);
				Check c;
				const int a = c.Add(s), b = c.Add(s), v = c.Add(s, 0.5);
				c.Differentiate(0);
				if (loss.target_too)
					c.Differentiate(1);
				if (std::string(loss.name) == "Gaussian")
					c.Differentiate(2);
				const int weights = c.Add({ s.n, 1, 1, 1 }, 2);
				const int l = loss.build(c.p, a, b, v);
				if (weighted) {
					ASSERT_EQ(0, nn_loss_weights(c.p, l, weights));
				}
				c.Run();
			}
}

struct LossResult {
	double value;
	std::vector<double> gradients;
};

LossResult RunLoss(const char *spec, struct nn_shape s, const LossCase &loss)
{
	LossResult r;
	Net net(spec);
	struct nn_program *p = nn_program_new(net.nn, "losses");
	const int a = nn_input(p, "a", s), b = nn_input(p, "b", s), c = nn_input(p, "c", s);
	const int w = nn_input(p, "w", { s.n, 1, 1, 1 }), ga = nn_input_gradient(p, a);
	const int gb = loss.target_too ? nn_input_gradient(p, b) : ga;
	nn_loss_weights(p, loss.build(p, a, b, c), w);
	EXPECT_OK(nn_compile(p, nullptr));
	Poison(p);
	uint64_t stream = 1;
	for (int t : { a, b, c, w })
		EXPECT_OK(nn_set(p, t, Random(Count(nn_shape_of(p, t)), stream++).data()));
	EXPECT_OK(nn_step(p));
	for (int g : { ga, gb })
		for (float v : Get(p, g))
			r.gradients.push_back(v);
	r.value = Loss(p, "l");
	return r;
}

TEST(Operators, LossesOnTheCpuAgreeWithTheOracle)
{
	for (const LossCase &loss : kLosses)
		for (const struct nn_shape &s : { nn_shape{ 2, 33, 35, 5 }, nn_shape{ 1, 70, 90, 2 } }) {
			const LossResult cpu = RunLoss("cpu", s, loss), ref = RunLoss("ref", s, loss);
			EXPECT_LE(std::fabs(cpu.value - ref.value), 1e-6 * std::fabs(ref.value)) << loss.name;
			EXPECT_LE(RelativeL2(cpu.gradients, ref.gradients), 1e-5) << loss.name;
		}
}

TEST(Operators, LossesGiveTheSameBitsOnOneThreadAndOnThree)
{
	const int threads = omp_get_max_threads();
	for (const LossCase &loss : kLosses) {
		omp_set_num_threads(1);
		const LossResult one = RunLoss("cpu", { 2, 33, 35, 5 }, loss);
		omp_set_num_threads(3);
		const LossResult three = RunLoss("cpu", { 2, 33, 35, 5 }, loss);
		EXPECT_EQ(one.value, three.value) << loss.name;
		EXPECT_EQ(one.gradients, three.gradients) << loss.name;
	}
	omp_set_num_threads(threads);
}

// What is computed again in the backward pass gives the same bits.
TEST(Operators, SameBitsWithRecomputation)
{
	for (const Case &c : kCases) {
		const Result kept = RunOnce("cpu", { 2, 9, 8, 18 }, [&](struct nn_program *p, int x) {
			const int y = c.build(p, nn_scale(p, x, 0.5));
			return nn_mul(p, y, y);
		});
		const Result again = RunOnce("cpu", { 2, 9, 8, 18 }, [&](struct nn_program *p, int x) {
			nn_recompute(p);
			const int y = c.build(p, nn_scale(p, x, 0.5));
			return nn_mul(p, y, y);
		});
		EXPECT_EQ(kept.output, again.output) << c.name;
		EXPECT_EQ(kept.input_gradient, again.input_gradient) << c.name;
		EXPECT_EQ(kept.gradients, again.gradients) << c.name;
	}
}

TEST(Operators, AdjointOfTheLinearOnes)
{
	for (const Case &c : kCases)
		for (const struct nn_shape &s : kShapes) {
			if (!c.linear)
				continue;
			EXPECT_LE(Adjoint("ref", s, c.build).input, 1e-12) << c.name;
			EXPECT_LE(Adjoint("cpu", s, c.build).input, 1e-5) << c.name;
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

// The value of one loss of given numbers, all samples of one pixel and channel unless `s` says otherwise.
double LossOf(struct nn_shape s, const std::vector<std::vector<float>> &inputs,
	const std::function<int(struct nn_program *, const std::vector<int> &)> &build)
{
	Net net("ref");
	struct nn_program *p = nn_program_new(net.nn, "value");
	std::vector<int> handles;
	for (size_t i = 0; i < inputs.size(); i++) {
		struct nn_shape t = s;
		if ((int64_t)inputs[i].size() != Count(s)) // a class for each pixel, or a weight for each sample
			t = (int64_t)inputs[i].size() == s.n ? nn_shape{ s.n, 1, 1, 1 } : nn_shape{ s.n, s.h, s.w, 1 };
		handles.push_back(nn_input(p, ("x" + std::to_string(i)).c_str(), t));
	}
	build(p, handles);
	EXPECT_OK(nn_compile(p, nullptr));
	for (size_t i = 0; i < inputs.size(); i++)
		EXPECT_OK(nn_set(p, handles[i], inputs[i].data()));
	EXPECT_OK(nn_forward(p));
	return Loss(p);
}

TEST(Operators, LossesHaveTheirDefinedValues)
{
	using H = const std::vector<int> &;
	const struct nn_shape two = { 2, 1, 1, 1 };
	EXPECT_NEAR(LossOf(two, { { 1, 4 }, { 2, 0 } }, [](auto *p, H x) { return nn_loss_l2(p, "l", x[0], x[1], 1); }),
		(1 + 16) / 2.0, 1e-14);
	EXPECT_NEAR(LossOf(two, { { 1, 4 }, { 1.5, 0 } },
			    [](auto *p, H x) { return nn_loss_huber(p, "l", x[0], x[1], 1, 1); }),
		(0.125 + 3.5) / 2, 1e-14);
	EXPECT_NEAR(LossOf(two, { { 2, -3 }, { 1, 0.25 } },
			    [](auto *p, H x) { return nn_loss_bce(p, "l", x[0], x[1], 1); }),
		(std::log1p(std::exp(-2)) - 0.25 * std::log(1 / (1 + std::exp(3))) -
			0.75 * std::log(1 / (1 + std::exp(-3)))) /
			2,
		1e-14);
	EXPECT_NEAR(LossOf(two, { { 0.25, -3 } }, [](auto *p, H x) { return nn_loss_hinge(p, "l", x[0], true, 1); }),
		(0.75 + 4) / 2, 1e-14);
	EXPECT_NEAR(LossOf(two, { { 0.25, -3 } }, [](auto *p, H x) { return nn_loss_hinge(p, "l", x[0], false, 1); }),
		1.25 / 2, 1e-14);
	EXPECT_NEAR(LossOf(two, { { 0.25, -3 } }, [](auto *p, H x) { return nn_loss_hinge_generator(p, "l", x[0], 1); }),
		2.75 / 2, 1e-14);
	EXPECT_NEAR(LossOf(two, { { 1, 3 }, { 0, 2 }, { 0, 0 } },
			    [](auto *p, H x) { return nn_loss_gaussian(p, "l", x[0], x[1], x[2], 1); }),
		(1 + 2 + 9 * std::exp(-2)) / 4, 1e-14);
	EXPECT_NEAR(LossOf({ 1, 1, 2, 1 }, { { 0.5, 1 }, { 0, 1 } },
			    [](auto *p, H x) { return nn_loss_dice(p, "l", x[0], x[1], 1); }),
		1 - 3 / 3.5, 1e-14);
	EXPECT_NEAR(LossOf({ 1, 1, 4, 1 }, { { 1, 2, 3, 4 }, { -2, -4, -6, -8 } },
			    [](auto *p, H x) { return nn_loss_ncc(p, "l", x[0], x[1], 1); }),
		2, 1e-6);
	// three pixels of the classes 1, 0 and "unknown"
	EXPECT_NEAR(LossOf({ 1, 1, 3, 2 }, { { 0, 1, 2, -1, 5, 5 }, { 1, 0, -1 } },
			    [](auto *p, H x) { return nn_loss_cross_entropy(p, "l", x[0], x[1], 1); }),
		(std::log1p(std::exp(-1)) + std::log1p(std::exp(-3))) / 3, 1e-14);
	// the second sample's label is missing
	EXPECT_NEAR(LossOf({ 2, 1, 2, 1 }, { { 1, 4, 9, 9 }, { 2, 0, 0, 0 }, { 1, 0 } },
			    [](auto *p, H x) {
				    int l = nn_loss_l1(p, "l", x[0], x[1], 1);
				    return nn_loss_weights(p, l, x[2]);
			    }),
		5 / 4.0, 1e-14);
	EXPECT_NEAR(LossOf(two, { { 1, 4 }, { 2, 0 }, { 7, 7 }, { 8, 8 } },
			    [](auto *p, H x) {
				    const int real[] = { x[0], x[2] }, fake[] = { x[1], x[3] };
				    return nn_loss_feature_matching(p, "l", 2, real, fake, 1);
			    }),
		(2.5 + 1) / 2, 1e-14);
}

TEST(Operators, LargestIsTheFirstAndNanIsSeen)
{
	Net net("cpu");
	struct nn_program *p = nn_program_new(net.nn, "p");
	const int x = nn_input(p, "x", { 1, 2, 4, 1 }), y = nn_pool(p, x, NN_POOL_MAX, 2, 2, 0);
	nn_keep(p, y);
	nn_loss_lsgan(p, "l", y, 0, 1);
	const int g = nn_input_gradient(p, x);
	ASSERT_OK(nn_compile(p, nullptr));
	const float equal[] = { 3, 3, 1, 2, 3, 0, 5, 4 };
	ASSERT_OK(nn_set(p, x, equal));
	ASSERT_OK(nn_step(p));
	EXPECT_EQ(Get(p, y), (std::vector<float>{ 3, 5 }));
	EXPECT_EQ(Get(p, g), (std::vector<float>{ 3, 0, 0, 0, 0, 0, 5, 0 }));
	const float bad[] = { 3, 3, 1, 2, 3, NAN, 5, 4 };
	ASSERT_OK(nn_set(p, x, bad));
	ASSERT_OK(nn_forward(p));
	EXPECT_TRUE(std::isnan(Get(p, y)[0]));
	EXPECT_EQ(Get(p, y)[1], 5);
}

} // namespace

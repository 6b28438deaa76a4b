// The CPU backend (float, oneDNN) against the oracle (double, plain loops): values and gradients, buffers
// poisoned.
#include "tests/gan/nn/parity_check.h"

#include <omp.h>

namespace
{

const struct nn_shape kShapes[] = { { 1, 9, 7, 1 }, { 2, 16, 12, 16 }, { 3, 11, 13, 5 }, { 2, 8, 8, 40 } };

TEST(Parity, Convolutions)
{
	const struct nn_conv convs[] = { Conv(1, 3, 1, 1, true), Conv(16, 3, 1, 1), Conv(5, 4, 2, 1, true),
		Conv(33, 1, 1, 0), Conv(2, 7, 1, 3, true, NN_PAD_REFLECT), Conv(3, 2, 3, 0),
		Conv(8, 5, 2, 3) };
	for (const struct nn_shape &s : kShapes)
		for (const struct nn_conv &conv : convs)
			ExpectSame("convolution " + std::to_string(s.c) + " to " + std::to_string(conv.cout) +
					   ", kernel " + std::to_string(conv.kernel),
				s, [&](struct nn_program *p, int x) { return nn_conv(p, x, "c", &conv); });
}

// Large 3x3 ones go by Winograd's algorithm where the processor has it: rounded more coarsely, in odd tiles too, and the
// same bits each time; but for the weights' gradient on any number of threads.
TEST(Parity, LargeConvolutions)
{
	const struct nn_conv convs[] = { Conv(48, 3, 1, 0, true), Conv(64, 3, 1, 1), Conv(50, 3, 1, 1, true, NN_PAD_REFLECT) };
	const struct nn_shape s = { 2, 37, 33, 53 };
	for (const struct nn_conv &conv : convs) {
		const auto build = [&](struct nn_program *p, int x) { return nn_conv(p, x, "c", &conv); };
		ExpectSame("large convolution to " + std::to_string(conv.cout), s, build, 5e-6);
		ExpectSame("large transposed convolution to " + std::to_string(conv.cout), s,
			[&](struct nn_program *p, int x) {
				struct nn_conv back = conv;
				back.pad_mode = NN_PAD_ZERO;
				return nn_conv_transpose(p, x, "c", &back);
			}, 5e-6);
		const Result once = RunOnce("cpu", s, build), again = RunOnce("cpu", s, build);
		EXPECT_EQ(once.output, again.output);
		EXPECT_EQ(once.input_gradient, again.input_gradient);
		EXPECT_EQ(once.gradients, again.gradients);
		const int threads = omp_get_max_threads();
		omp_set_num_threads(threads == 1 ? 3 : 1);
		const Result others = RunOnce("cpu", s, build);
		omp_set_num_threads(threads);
		EXPECT_EQ(once.output, others.output);
		EXPECT_EQ(once.input_gradient, others.input_gradient);
	}
}

TEST(Parity, TransposedConvolutions)
{
	const struct nn_conv convs[] = { Conv(1, 3, 2, 1, true, NN_PAD_ZERO, 1), Conv(16, 4, 2, 1),
		Conv(5, 2, 2, 0, true), Conv(3, 3, 1, 1), Conv(7, 5, 3, 2, false, NN_PAD_ZERO, 2) };
	for (const struct nn_shape &s : kShapes)
		for (const struct nn_conv &conv : convs)
			ExpectSame("transposed convolution " + std::to_string(s.c) + " to " +
					   std::to_string(conv.cout) + ", kernel " +
					   std::to_string(conv.kernel),
				s, [&](struct nn_program *p, int x) {
					return nn_conv_transpose(p, x, "c", &conv);
				});
}

TEST(Parity, DilatedGroupedAndVolumeConvolutions)
{
	const struct nn_conv flat[] = { With(Conv(6, 3, 1, 2, true), 1, 2), With(Conv(24, 3, 2, 1), 2),
		With(Conv(36, 3, 1, 1), 3), With(Conv(12, 7, 1, 3, true), 12), With(Conv(24, 3, 2, 1), 12, 2) };
	const struct nn_conv volume[] = { With(Conv(5, 3, 1, 1, true), 1, 1, 3), With(Conv(24, 3, 2, 1), 2, 1, 3),
		With(Conv(12, 3, 1, 2), 12, 2, 3), Conv(7, 3, 1, 1),
		Anisotropic(6, { 1, 1, 0, 1, 0 }, { 3, 1, 1, 1, 0 }, { 5, 2, 2, 1, 0 }) };
	for (const struct nn_conv &conv : flat) {
		const std::string what = "groups " + std::to_string(conv.groups) + ", kernel " + std::to_string(conv.kernel);
		ExpectSame(what, { 2, 13, 10, 12 },
			[&](struct nn_program *p, int x) { return nn_conv(p, x, "c", &conv); });
		ExpectSame("transposed, " + what, { 2, 8, 7, 12 },
			[&](struct nn_program *p, int x) { return nn_conv_transpose(p, x, "c", &conv); });
	}
	for (const struct nn_conv &conv : volume) {
		const std::string what = "volume, groups " + std::to_string(conv.groups);
		ExpectSame(what, { 2, 7, 6, 12, 5 },
			[&](struct nn_program *p, int x) { return nn_conv(p, x, "c", &conv); });
		ExpectSame("transposed " + what, { 1, 5, 4, 12, 3 },
			[&](struct nn_program *p, int x) { return nn_conv_transpose(p, x, "c", &conv); });
	}
}

TEST(Parity, Dense)
{
	for (const struct nn_shape &s : { nn_shape{ 3, 1, 1, 70 }, nn_shape{ 2, 13, 11, 33 }, nn_shape{ 1, 3, 4, 5, 6 } })
		ExpectSame("dense", s,
			[](struct nn_program *p, int x) { return nn_dense(p, x, "d", 40, true, NN_INIT_HE); });
}

TEST(Parity, Attention)
{
	const struct nn_attention settings[] = { { 1, 0, 0 }, { 4, 0, 0 }, { 2, 4, 0 }, { 8, 7, 3 } };
	for (const struct nn_attention &a : settings)
		for (const struct nn_shape &s : { nn_shape{ 2, 13, 11, 24 }, nn_shape{ 1, 8, 16, 96 }, nn_shape{ 1, 5, 7, 48, 3 } })
			ExpectSame("attention, window " + std::to_string(a.window), s,
				[&](struct nn_program *p, int x) { return nn_attention(p, x, &a); });
}

TEST(Parity, OneTensorReadByTwoConvolutions)
{
	const struct nn_conv conv = Conv(6, 3, 1, 1);
	ExpectSame("two convolutions", { 2, 9, 8, 5 }, [&](struct nn_program *p, int x) {
		const int t = nn_act(p, x, NN_ACT_TANH, 0);
		return nn_add(p, nn_conv(p, t, "a", &conv), nn_conv(p, t, "b", &conv));
	});
	ExpectSame("one set of weights, used twice", { 2, 9, 8, 6 }, [&](struct nn_program *p, int x) {
		return nn_conv(p, nn_act(p, nn_conv(p, x, "a", &conv), NN_ACT_TANH, 0), "a", &conv);
	});
}

TEST(Parity, NormActShapes)
{
	for (const struct nn_shape &s : kShapes) {
		ExpectSame("norm", s, [](struct nn_program *p, int x) {
			return nn_act(p, nn_norm(p, x, "n", NN_NORM_INSTANCE, 1e-5), NN_ACT_LEAKY, 0.2);
		});
		ExpectSame("shapes", s, [](struct nn_program *p, int x) {
			const int pooled = nn_pool_average(p, nn_pad_reflect(p, x, 2), 3);
			const int up =
				nn_resize(p, pooled, nn_shape_of(p, x).h, nn_shape_of(p, x).w, NN_BILINEAR);
			const int both = nn_cat(p, x, nn_act(p, up, NN_ACT_TANH, 0));
			return nn_slice(p, nn_resize(p, both, 9, 20, NN_NEAREST), 1, 1);
		});
	}
}

// Through masks at kinks the error may be larger where a value is within rounding of 0.
TEST(Parity, WholeNetwork)
{
	ExpectSame(
		"U-Net", { 2, 24, 20, 1 },
		[](struct nn_program *p, int x) { return SmallUNet(p, "G", x, 8, 5); }, 1e-4);
	ExpectSame(
		"PatchGAN", { 2, 26, 21, 6 },
		[](struct nn_program *p, int x) { return SmallPatchGan(p, "D", x, 8); }, 1e-4);
}

TEST(Parity, Losses)
{
	using Pair = std::function<int(struct nn_program *, int, int)>;
	const Pair losses[] = {
		[](struct nn_program *p, int a, int b) { return nn_loss_l1(p, "loss", a, b, 3); },
		[](struct nn_program *p, int a, int b) {
			return nn_loss_gradient_correlation(p, "loss", a, b, 3);
		},
		[](struct nn_program *p, int a, int b) { return nn_loss_intensity_sum(p, "loss", a, b, 3); },
		[](struct nn_program *p, int a, int b) {
			return nn_loss_lsgan(p, "loss", nn_add(p, a, b), 1, 3);
		},
	};
	for (const struct nn_shape &s : { nn_shape{ 2, 33, 35, 5 }, nn_shape{ 1, 70, 90, 2 } })
		for (const Pair &loss : losses) {
			std::vector<double> values, gradients[2];
			for (const char *spec : { "cpu", "ref" }) {
				Net net(spec);
				struct nn_program *p = nn_program_new(net.nn, "losses");
				const int a = nn_input(p, "a", s), b = nn_input(p, "b", s);
				loss(p, a, b);
				const int ga = nn_input_gradient(p, a), gb = nn_input_gradient(p, b);
				ASSERT_OK(nn_compile(p, nullptr));
				Poison(p);
				ASSERT_OK(nn_set(p, a, Random(Count(s), 1).data()));
				ASSERT_OK(nn_set(p, b, Random(Count(s), 2).data()));
				ASSERT_OK(nn_step(p));
				for (int g : { ga, gb })
					for (float v : Get(p, g))
						gradients[values.size()].push_back(v);
				values.push_back(Loss(p, "loss"));
			}
			EXPECT_TRUE(std::fabs(values[0] - values[1]) <= 1e-6 * values[1]);
			EXPECT_TRUE(RelativeL2(gradients[0], gradients[1]) <= 1e-5);
		}
}

} // namespace

// Gradients of every operator and loss on `ref` against central differences in double.
#include "tests/gan/nn/gradient_check.h"

namespace
{

const struct nn_shape kOdd = { 2, 7, 5, 3 }, kSix = { 2, 7, 5, 6 }, kVolume = { 2, 5, 3, 2, 4 };

TEST(Gradient, Convolution)
{
	const struct nn_conv convs[] = { Conv(4, 3, 1, 1, true), Conv(2, 4, 2, 1), Conv(3, 1, 1, 0),
		Conv(1, 5, 3, 2, true), Conv(2, 3, 1, 2, true, NN_PAD_REFLECT), Conv(2, 2, 3, 0) };
	for (const struct nn_conv &conv : convs)
		CheckOperator(kOdd, [&](struct nn_program *p, int x) { return nn_conv(p, x, "c", &conv); });
}

TEST(Gradient, TransposedConvolution)
{
	const struct nn_conv convs[] = { Conv(4, 3, 2, 1, true, NN_PAD_ZERO, 1), Conv(2, 4, 2, 1),
		Conv(3, 3, 1, 0), Conv(1, 2, 3, 0, true, NN_PAD_ZERO, 2) };
	for (const struct nn_conv &conv : convs)
		CheckOperator(kOdd,
			[&](struct nn_program *p, int x) { return nn_conv_transpose(p, x, "c", &conv); });
}

TEST(Gradient, DilatedAndGroupedConvolution)
{
	const struct nn_conv convs[] = { With(Conv(4, 3, 1, 2, true), 1, 2), With(Conv(6, 3, 2, 1), 2),
		With(Conv(9, 2, 1, 1, true), 3, 3), With(Conv(6, 5, 1, 2), 6), With(Conv(12, 3, 3, 1, true), 6, 2),
		With(Conv(6, 3, 1, 1, false, NN_PAD_REFLECT), 6) };
	for (const struct nn_conv &conv : convs)
		CheckOperator(kSix, [&](struct nn_program *p, int x) { return nn_conv(p, x, "c", &conv); });
	const struct nn_conv transposed[] = { With(Conv(4, 3, 2, 1, true, NN_PAD_ZERO, 1), 2),
		With(Conv(6, 2, 2, 0), 6), With(Conv(3, 3, 3, 1, true, NN_PAD_ZERO, 2), 3, 2) };
	for (const struct nn_conv &conv : transposed)
		CheckOperator(kSix,
			[&](struct nn_program *p, int x) { return nn_conv_transpose(p, x, "c", &conv); });
}

TEST(Gradient, VolumeConvolution)
{
	const struct nn_conv_axis one = { 1, 1, 0, 1, 0 }, two = { 2, 2, 0, 1, 0 }, three = { 3, 1, 1, 1, 0 },
				  wide = { 3, 2, 2, 2, 0 }, up = { 3, 2, 1, 1, 1 };
	const struct nn_conv convs[] = { With(Conv(3, 3, 1, 1, true), 1, 1, 3), With(Conv(4, 2, 2, 0), 2, 1, 3),
		With(Conv(2, 3, 2, 1), 2, 1, 3), Conv(3, 3, 2, 1, true), Anisotropic(2, one, three, wide),
		Anisotropic(3, two, wide, one) };
	for (const struct nn_conv &conv : convs)
		CheckOperator(kVolume, [&](struct nn_program *p, int x) { return nn_conv(p, x, "c", &conv); });
	const struct nn_conv transposed[] = { With(Conv(3, 3, 2, 1, true, NN_PAD_ZERO, 1), 1, 1, 3),
		With(Conv(4, 2, 2, 0), 2, 1, 3), Anisotropic(3, two, up, one) };
	for (const struct nn_conv &conv : transposed)
		CheckOperator(kVolume,
			[&](struct nn_program *p, int x) { return nn_conv_transpose(p, x, "c", &conv); });
}

// The first user of a parameter writes its gradient, the others add.
TEST(Gradient, SharedParameters)
{
	const struct nn_conv conv = Conv(6, 3, 1, 1, true), own = With(Conv(6, 3, 1, 1), 6), up = Conv(6, 3, 1, 1, true);
	using Layer = std::function<int(struct nn_program *, int)>;
	const Layer layers[] = {
		[&](struct nn_program *p, int x) { return nn_conv(p, x, "s", &conv); },
		[&](struct nn_program *p, int x) { return nn_conv(p, x, "s", &own); },
		[&](struct nn_program *p, int x) { return nn_conv_transpose(p, x, "s", &up); },
		[](struct nn_program *p, int x) { return nn_dense(p, x, "s", 6, true, NN_INIT_HE); },
		[](struct nn_program *p, int x) { return nn_norm(p, x, "s", NN_NORM_INSTANCE, 1e-5); },
		[](struct nn_program *p, int x) { return nn_norm(p, x, "s", NN_NORM_BATCH, 1e-5); },
		[](struct nn_program *p, int x) { return nn_norm(p, x, "s", NN_NORM_LAYER, 1e-5); },
		[](struct nn_program *p, int x) { return nn_norm_group(p, x, "s", 2, 1e-5); },
		[](struct nn_program *p, int x) { return nn_channel_scale(p, x, "s", 1); },
	};
	for (const Layer &layer : layers)
		CheckOperator(kSix, [&](struct nn_program *p, int x) {
			return layer(p, nn_act(p, layer(p, x), NN_ACT_TANH, 0));
		});
}

TEST(Gradient, Dense)
{
	for (const struct nn_shape &s : { kOdd, kVolume, nn_shape{ 3, 1, 1, 7 } })
		CheckOperator(s,
			[](struct nn_program *p, int x) { return nn_dense(p, x, "d", 4, true, NN_INIT_HE); });
}

TEST(Gradient, Attention)
{
	const struct nn_attention settings[] = { { 1, 0, 0 }, { 2, 0, 0 }, { 2, 3, 0 }, { 1, 3, 1 }, { 3, 2, 1 } };
	for (const struct nn_attention &a : settings) {
		CheckOperator({ 2, 7, 5, 18 }, [&](struct nn_program *p, int x) { return nn_attention(p, x, &a); });
		CheckOperator({ 1, 3, 4, 18, 3 }, [&](struct nn_program *p, int x) {
			return nn_attention(p, nn_add(p, x, nn_scale(p, x, 0.5)), &a);
		});
	}
	CheckOperator({ 1, 4, 6, 4 }, [](struct nn_program *p, int x) { // as in a transformer's block
		const struct nn_attention a = { 2, 4, 2 };
		const int qkv = nn_dense(p, x, "qkv", 12, true, NN_INIT_HE);
		return nn_add(p, x, nn_dense(p, nn_attention(p, qkv, &a), "out", 4, true, NN_INIT_HE));
	});
}

TEST(Gradient, OtherOperatorsOnAVolume)
{
	CheckOperator(kVolume, [](struct nn_program *p, int x) {
		int y = nn_act(p, nn_norm(p, x, "n", NN_NORM_INSTANCE, 1e-5), NN_ACT_TANH, 0);
		y = nn_cat(p, nn_slice(p, y, 1, 1), nn_add(p, x, nn_scale(p, y, 2)));
		return nn_pool_average(p, nn_resize(p, nn_pad_reflect(p, y, 1), 6, 4, NN_BILINEAR), 2);
	});
	Check c;
	const int a = c.Add(kVolume), b = c.Add(kVolume);
	c.Differentiate(0);
	c.Differentiate(1);
	nn_loss_l1(c.p, "l1", a, b, 1);
	nn_loss_intensity_sum(c.p, "sum", a, b, 3);
	nn_loss_gradient_correlation(c.p, "gc", a, b, 0.5);
	c.Run();
}

TEST(Gradient, NormAloneAndFusedWithAnActivation)
{
	CheckOperator(
		kOdd, [](struct nn_program *p, int x) { return nn_norm(p, x, "n", NN_NORM_INSTANCE, 1e-5); });
	CheckOperator(kOdd, [](struct nn_program *p, int x) {
		return nn_act(p, nn_norm(p, x, "n", NN_NORM_INSTANCE, 1e-5), NN_ACT_LEAKY, 0.2);
	});
	CheckOperator(kOdd, [](struct nn_program *p, int x) { // tanh does not fuse
		return nn_act(p, nn_norm(p, x, "n", NN_NORM_INSTANCE, 1e-3), NN_ACT_TANH, 0);
	});
	CheckOperator(kOdd, [](struct nn_program *p, int x) { // two readers: no fusion
		int n = nn_norm(p, x, "n", NN_NORM_INSTANCE, 1e-5);
		return nn_add(p, n, nn_act(p, n, NN_ACT_RELU, 0));
	});
}

TEST(Gradient, Activations)
{
	CheckOperator(kOdd, [](struct nn_program *p, int x) { return nn_act(p, x, NN_ACT_RELU, 0); });
	CheckOperator(kOdd, [](struct nn_program *p, int x) { return nn_act(p, x, NN_ACT_LEAKY, 0.2); });
	CheckOperator(kOdd, [](struct nn_program *p, int x) { return nn_act(p, x, NN_ACT_TANH, 0); });
}

TEST(Gradient, PadAddCatSliceScale)
{
	CheckOperator(kOdd, [](struct nn_program *p, int x) { return nn_pad_reflect(p, x, 3); });
	CheckOperator({ 1, 2, 2, 1 }, [](struct nn_program *p, int x) { return nn_pad_reflect(p, x, 1); });
	CheckOperator(kOdd, [](struct nn_program *p, int x) { return nn_add(p, x, nn_scale(p, x, -0.6)); });
	CheckOperator(kOdd, [](struct nn_program *p, int x) { return nn_add(p, x, x); });
	CheckOperator(
		kOdd, [](struct nn_program *p, int x) { return nn_cat(p, x, nn_act(p, x, NN_ACT_TANH, 0)); });
	CheckOperator(kOdd, [](struct nn_program *p, int x) { return nn_slice(p, x, 1, 1); });
	CheckOperator(kOdd, [](struct nn_program *p, int x) {
		return nn_cat(p, nn_slice(p, x, 1, 2), nn_slice(p, x, 0, 2));
	});
}

TEST(Gradient, ResizeAndPool)
{
	for (enum nn_interp interp : { NN_NEAREST, NN_BILINEAR })
		for (int64_t h : { 14, 7, 3, 11, 1 })
			CheckOperator(kOdd, [&](struct nn_program *p, int x) {
				return nn_resize(p, x, h, h + 2, interp);
			});
	for (int64_t kernel : { 1, 2, 3, 5 })
		CheckOperator(
			kOdd, [&](struct nn_program *p, int x) { return nn_pool_average(p, x, kernel); });
}

TEST(Gradient, DetachStopsIt)
{
	Check c;
	const int x = c.Add(kOdd);
	c.Differentiate(0);
	const int y = nn_scale(c.p, x, 2);
	nn_loss_lsgan(c.p, "probe", nn_add(c.p, y, nn_detach(c.p, y)), 0, 1);
	ASSERT_OK(nn_compile(c.p, nullptr));
	ASSERT_OK(nn_set(c.p, x, c.inputs[0].values.data()));
	ASSERT_OK(nn_step(c.p));
	// mean of (2x + d)^2 with d = 2x held fixed: 2 * 4x * 2 / n
	const std::vector<float> g = Get(c.p, c.inputs[0].gradient);
	for (size_t i = 0; i < g.size(); i++)
		EXPECT_NEAR(g[i], 16 * c.inputs[0].values[i] / 210.0, 1e-6);
}

// A gradient may be asked for behind the detachment; before it there is none by that way.
TEST(Gradient, OfADetachedTensor)
{
	for (bool both : { false, true }) {
		Check c;
		const int x = c.Add(kOdd);
		c.Differentiate(0);
		const int y = nn_channel_scale(c.p, x, "s", 1), d = nn_detach(c.p, y), g = nn_input_gradient(c.p, d);
		nn_loss_lsgan(c.p, "behind", d, 0, 1);
		if (both)
			nn_loss_lsgan(c.p, "by itself", y, 0, 1);
		else
			nn_loss_lsgan(c.p, "of x", x, 0, 1);
		ASSERT_OK(nn_compile(c.p, nullptr));
		Poison(c.p);
		ASSERT_OK(nn_set(c.p, x, c.inputs[0].values.data()));
		ASSERT_OK(nn_step(c.p));
		const std::vector<float> behind = Get(c.p, g), before = Get(c.p, c.inputs[0].gradient);
		for (size_t i = 0; i < behind.size(); i++) {
			EXPECT_NEAR(behind[i], 2 * c.inputs[0].values[i] / 210.0, 1e-7);
			EXPECT_NEAR(before[i], 2 * c.inputs[0].values[i] / 210.0, 1e-7);
		}
	}
}

TEST(Gradient, Losses)
{
	using Builder = std::function<int(struct nn_program *, int, int)>;
	const Builder builders[] = {
		[](struct nn_program *p, int a, int b) { return nn_loss_l1(p, "loss", a, b, 2.5); },
		[](struct nn_program *p, int a, int b) {
			return nn_loss_gradient_correlation(p, "loss", a, b, 2.5);
		},
		[](struct nn_program *p, int a, int b) {
			return nn_loss_intensity_sum(p, "loss", a, b, 2.5);
		},
		[](struct nn_program *p, int a, int b) {
			return nn_loss_lsgan(p, "loss", nn_add(p, a, b), 1, 2.5);
		},
	};
	for (const Builder &build : builders)
		for (int both = 0; both < 3; both++) {
			Check c;
			const int a = c.Add({ 2, 6, 7, 3 }), b = c.Add({ 2, 6, 7, 3 });
			if (both != 1)
				c.Differentiate(0);
			if (both != 0)
				c.Differentiate(1);
			build(c.p, a, b);
			c.Run();
		}
}

TEST(Gradient, LossesOnOneTensorAddUp)
{
	Check c;
	const int a = c.Add({ 1, 9, 8, 2 }), b = c.Add({ 1, 9, 8, 2 });
	c.Differentiate(0);
	nn_loss_l1(c.p, "l1", a, b, 1);
	nn_loss_gradient_correlation(c.p, "gc", b, a, 0.5);
	nn_loss_intensity_sum(c.p, "sum", a, b, 3);
	nn_loss_lsgan(c.p, "adv", a, 1, 0.1);
	c.Run();
}

TEST(Gradient, UNetWithPatchGan)
{
	Check c;
	const int x = c.Add({ 2, 10, 12, 1 });
	c.Differentiate(0);
	const int y = SmallUNet(c.p, "G", x, 3, 2), target = c.Add({ 2, 10, 12, 2 });
	nn_loss_l1(c.p, "l1", y, target, 10);
	nn_loss_gradient_correlation(c.p, "gc", y, target, 1);
	nn_loss_lsgan(c.p, "adv", SmallPatchGan(c.p, "D", nn_cat(c.p, x, y), 3), 1, 1);
	nn_loss_lsgan(c.p, "adv_half", SmallPatchGan(c.p, "D", nn_pool_average(c.p, nn_cat(c.p, x, y), 1), 3),
		1, 0.5);
	c.Run();
}

} // namespace

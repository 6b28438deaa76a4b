// Adjoint identity of every linear operator: 1e-12 on `ref`, 1e-5 in float.  Element-wise ones are in operators_test.cpp.
#include "tests/gan/nn/adjoint_check.h"

namespace
{

using Builder = std::function<int(struct nn_program *, int)>;

const struct nn_shape kFlat = { 2, 11, 7, 6 }, kVolume = { 2, 7, 6, 6, 5 };

void ExpectAdjoint(const std::string &what, struct nn_shape s, const Builder &build)
{
	for (const char *spec : { "ref", "cpu" }) {
		const double bound = strcmp(spec, "ref") == 0 ? 1e-12 : 1e-5;
		const AdjointErrors errors = Adjoint(spec, s, build);
		EXPECT_LE(errors.input, bound) << what << " on " << spec;
		EXPECT_LE(errors.parameters, bound) << what << ", parameters, on " << spec;
	}
}

std::string Text(const struct nn_conv &c)
{
	std::string text = std::to_string(c.dims == 3 ? 3 : 2) + "-D to " + std::to_string(c.cout) + ", groups " +
			   std::to_string(c.groups);
	for (int64_t n : { c.kernel, c.stride, c.pad, c.dilation, c.output_pad })
		text += " " + std::to_string(n);
	return text;
}

// Kernel, stride, pad; groups, dilation: odd sizes that do not divide, windows beyond the border, rows no window reaches.
TEST(Adjoint, Convolution)
{
	const struct nn_conv flat[] = { Conv(4, 3, 1, 1), Conv(5, 3, 2, 1), Conv(1, 4, 2, 1), Conv(3, 1, 1, 0),
		Conv(2, 1, 3, 0), Conv(2, 5, 3, 4), Conv(3, 2, 3, 0), Conv(7, 7, 1, 3), Conv(3, 3, 1, 2, false, NN_PAD_REFLECT),
		Conv(3, 3, 2, 2, false, NN_PAD_REPLICATE), With(Conv(4, 3, 1, 2), 1, 2), With(Conv(4, 3, 2, 3), 2, 3),
		With(Conv(9, 2, 1, 1), 3), With(Conv(6, 5, 1, 2), 6), With(Conv(12, 3, 3, 1), 6, 2) };
	for (const struct nn_conv &conv : flat)
		for (const struct nn_shape &s : { kFlat, kVolume })
			ExpectAdjoint("convolution " + Text(conv), s,
				[&](struct nn_program *p, int x) { return nn_conv(p, x, "c", &conv); });
}

TEST(Adjoint, VolumeConvolution)
{
	struct nn_conv odd = Anisotropic(4, { 1, 2, 0, 1, 0 }, { 3, 1, 1, 1, 0 }, { 3, 2, 2, 2, 0 });
	odd.bias = false;
	const struct nn_conv volume[] = { With(Conv(3, 3, 1, 1), 1, 1, 3), With(Conv(4, 2, 2, 0), 2, 1, 3),
		With(Conv(5, 3, 2, 1), 1, 1, 3), With(Conv(6, 3, 1, 2), 6, 2, 3), With(Conv(9, 3, 3, 2), 3, 2, 3), odd };
	for (const struct nn_conv &conv : volume)
		ExpectAdjoint("convolution " + Text(conv), kVolume,
			[&](struct nn_program *p, int x) { return nn_conv(p, x, "c", &conv); });
}

TEST(Adjoint, TransposedConvolution)
{
	const struct nn_conv all[] = { Conv(4, 3, 1, 1), Conv(3, 3, 2, 1, false, NN_PAD_ZERO, 1), Conv(2, 4, 2, 1),
		Conv(1, 2, 3, 0, false, NN_PAD_ZERO, 2), With(Conv(4, 3, 2, 1, false, NN_PAD_ZERO, 1), 2),
		With(Conv(6, 2, 2, 0), 6), With(Conv(3, 3, 3, 1, false, NN_PAD_ZERO, 2), 3, 2) };
	for (struct nn_conv conv : all)
		for (int dims : { 2, 3 }) {
			conv.dims = dims;
			for (const struct nn_shape &s : { kFlat, kVolume })
				ExpectAdjoint("transposed convolution " + Text(conv), s, [&](struct nn_program *p, int x) {
					return nn_conv_transpose(p, x, "t", &conv);
				});
		}
	struct nn_conv odd = Anisotropic(4, { 2, 2, 0, 1, 1 }, { 3, 1, 1, 1, 0 }, { 3, 2, 1, 2, 1 });
	odd.bias = false;
	ExpectAdjoint("transposed convolution along each axis otherwise", kVolume,
		[&](struct nn_program *p, int x) { return nn_conv_transpose(p, x, "t", &odd); });
}

// A bias adds what is no multiple of x, so that here weights and bias alone are x: the input's error has no meaning.
TEST(Adjoint, BiasAndWeightsTogether)
{
	const struct nn_conv convs[] = { Conv(4, 3, 2, 1, true), With(Conv(4, 3, 2, 1, true), 2, 1, 3) };
	for (const char *spec : { "ref", "cpu" })
		for (const struct nn_conv &conv : convs) {
			auto moved = [&](struct nn_program *p, int x) { // a bias that starts at 0 would prove nothing
				const int y = nn_conv(p, x, "c", &conv);
				const std::vector<double> bias = { 0.5, -2, 1, 3 };
				EXPECT_OK(nn_parameter_write(p->nn, "c.bias", bias.data()));
				return y;
			};
			EXPECT_LE(Adjoint(spec, kVolume, moved).parameters, strcmp(spec, "ref") == 0 ? 1e-12 : 1e-5) << spec;
		}
}

TEST(Adjoint, Dense)
{
	for (const struct nn_shape &s : { kFlat, kVolume, nn_shape{ 3, 1, 1, 17 }, nn_shape{ 1, 5, 1, 33 } })
		ExpectAdjoint("dense", s,
			[](struct nn_program *p, int x) { return nn_dense(p, x, "d", 7, false, NN_INIT_HE); });
}

// Attention is linear in V where Q and K are held: its products P V and P' dO.
TEST(Adjoint, AttentionInItsValues)
{
	const struct nn_attention settings[] = { { 1, 0, 0 }, { 3, 0, 0 }, { 2, 4, 0 }, { 3, 3, 1 }, { 6, 4, 3 } };
	for (const struct nn_attention &a : settings)
		for (const struct nn_shape &s : { kFlat, kVolume })
			ExpectAdjoint("attention, window " + std::to_string(a.window), s, [&](struct nn_program *p, int x) {
				const int q = nn_act(p, x, NN_ACT_TANH, 0), k = nn_scale(p, x, -1.5);
				const int qkv[] = { nn_detach(p, q), nn_detach(p, k), x };
				return nn_attention(p, nn_cat_all(p, 3, qkv), &a);
			});
}

TEST(Adjoint, PadResizePool)
{
	for (const struct nn_shape &s : { kFlat, kVolume, nn_shape{ 1, 5, 9, 1 } }) {
		for (enum nn_pad kind : { NN_PAD_ZERO, NN_PAD_REFLECT, NN_PAD_REPLICATE })
			for (int64_t pixels : { 1, 4 })
				ExpectAdjoint("pad", s,
					[&](struct nn_program *p, int x) { return nn_pad(p, x, kind, pixels); });
		for (enum nn_interp interp : { NN_NEAREST, NN_BILINEAR })
			for (int64_t h : { 22, 14, 7, 4, 1 })
				ExpectAdjoint("resize", s,
					[&](struct nn_program *p, int x) { return nn_resize(p, x, h, h + 3, interp); });
		for (int64_t kernel : { 1, 2, 3, 5 })
			for (int64_t stride : { 1, 2, 7 })
				ExpectAdjoint("average pool", s, [&](struct nn_program *p, int x) {
					return nn_pool(p, x, NN_POOL_AVERAGE, kernel, stride, kernel / 2);
				});
		ExpectAdjoint("global pool", s, [](struct nn_program *p, int x) { return nn_pool_global(p, x); });
	}
}

TEST(Adjoint, ChannelsAndProducts)
{
	for (const struct nn_shape &s : { kFlat, kVolume }) {
		ExpectAdjoint("slice", s, [](struct nn_program *p, int x) { return nn_slice(p, x, 2, 3); });
		ExpectAdjoint("cat", s, [](struct nn_program *p, int x) {
			const int parts[] = { nn_slice(p, x, 5, 1), x, nn_scale(p, x, 3), nn_slice(p, x, 1, 3), x };
			return nn_cat_all(p, 5, parts);
		});
		ExpectAdjoint("sum", s, [](struct nn_program *p, int x) { return nn_add(p, x, nn_scale(p, x, -0.6)); });
		ExpectAdjoint("product", s, [](struct nn_program *p, int x) {
			return nn_mul(p, x, nn_detach(p, nn_act(p, x, NN_ACT_TANH, 0)));
		});
		ExpectAdjoint("product with a number for each channel", s, [](struct nn_program *p, int x) {
			return nn_mul(p, x, nn_detach(p, nn_pool_global(p, nn_act(p, x, NN_ACT_SIGMOID, 0))));
		});
		ExpectAdjoint("channel scale", s,
			[](struct nn_program *p, int x) { return nn_channel_scale(p, x, "s", 0.5); });
		ExpectAdjoint("dropout", s, [](struct nn_program *p, int x) { return nn_dropout(p, x, 0.3, false); });
	}
}

// A batch norm of fixed statistics and no shift is one too.
TEST(Adjoint, NormOfFixedStatistics)
{
	for (const struct nn_shape &s : { kFlat, kVolume })
		ExpectAdjoint("batch norm, evaluated", s, [](struct nn_program *p, int x) {
			nn_evaluate(p);
			return nn_norm(p, x, "n", NN_NORM_BATCH, 1e-4);
		});
}

} // namespace

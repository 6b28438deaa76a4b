// Values that can be found by hand.
#include "tests/gan/nn/toy.h"

namespace
{

// y of one input through `build` on both CPU backends.
template <class Build>
std::vector<float> Value(const char *spec, struct nn_shape s, const std::vector<float> &x, Build build)
{
	Net net(spec);
	struct nn_program *p = nn_program_new(net.nn, "value");
	const int y = build(net, p, nn_input(p, "x", s));
	nn_keep(p, y);
	EXPECT_OK(nn_compile(p, nullptr));
	Poison(p);
	EXPECT_OK(nn_set(p, 0, x.data()));
	EXPECT_OK(nn_forward(p));
	return Get(p, y);
}

const std::vector<const char *> kBackends = { "cpu", "ref" };

TEST(Values, ConvolutionOfAnImpulseIsTheMirroredKernel)
{
	for (const char *spec : kBackends) {
		std::vector<float> x(25, 0);
		x[2 * 5 + 1] = 1; // at row 2, column 1
		const std::vector<float> y =
			Value(spec, { 1, 5, 5, 1 }, x, [](Net &net, nn_program *p, int in) {
				const struct nn_conv conv = Conv(1, 3, 1, 1, true);
				const int out = nn_conv(p, in, "c", &conv);
				net.Write("c.weight", { 1, 2, 3, 4, 5, 6, 7, 8, 9 });
				net.Write("c.bias", { 0.5 });
				return out;
			});
		for (int r = 0; r < 5; r++)
			for (int c = 0; c < 5; c++) {
				const int ky = 2 - r + 1,
					  kx = 1 - c + 1; // what output (r, c) reads the impulse with
				const bool seen = ky >= 0 && ky < 3 && kx >= 0 && kx < 3;
				EXPECT_EQ(y[(size_t)(r * 5 + c)], 0.5F + (float)(seen ? 1 + ky * 3 + kx : 0));
			}
	}
}

TEST(Values, ConvolutionSumsChannelsWithStride)
{
	for (const char *spec : kBackends) {
		// x[h, w, c] = c + 1: an inner 2x2 window of both channels sums to 4 (1 * 10 + 2 * 100).
		std::vector<float> x;
		for (int i = 0; i < 16; i++)
			for (float c : { 1.0F, 2.0F })
				x.push_back(c);
		const std::vector<float> y =
			Value(spec, { 1, 4, 4, 2 }, x, [](Net &net, nn_program *p, int in) {
				const struct nn_conv conv = Conv(1, 2, 2, 0);
				const int out = nn_conv(p, in, "c", &conv);
				net.Write("c.weight", { 10, 100, 10, 100, 10, 100, 10, 100 });
				return out;
			});
		EXPECT_EQ(y, std::vector<float>(4, 840));
	}
}

TEST(Values, TransposedConvolutionPaintsTheKernel)
{
	for (const char *spec : kBackends) {
		const std::vector<float> y =
			Value(spec, { 1, 1, 2, 1 }, { 1, 10 }, [](Net &net, nn_program *p, int in) {
				const struct nn_conv conv = Conv(1, 3, 2, 0);
				const int out = nn_conv_transpose(p, in, "c", &conv);
				net.Write("c.weight", { 1, 2, 3, 4, 5, 6, 7, 8, 9 });
				return out;
			});
		EXPECT_EQ(y, (std::vector<float>{ 1, 2, 13, 20, 30, 4, 5, 46, 50, 60, 7, 8, 79, 80, 90 }));
	}
}

TEST(Values, TransposedSizes)
{
	Net net("cpu");
	struct nn_program *p = nn_program_new(net.nn, "sizes");
	const int x = nn_input(p, "x", { 1, 5, 7, 2 });
	const struct nn_conv a = Conv(1, 3, 2, 1, false, NN_PAD_ZERO, 1), b = Conv(1, 4, 2, 1),
			     c = Conv(1, 2, 3, 0);
	EXPECT_EQ(nn_shape_of(p, nn_conv_transpose(p, x, "a", &a)).h, 10);
	EXPECT_EQ(nn_shape_of(p, nn_conv_transpose(p, x, "b", &b)).w, 14);
	EXPECT_EQ(nn_shape_of(p, nn_conv_transpose(p, x, "c", &c)).h, 14);
}

TEST(Values, ReflectPad)
{
	for (const char *spec : kBackends) {
		const std::vector<float> y = Value(spec, { 1, 3, 3, 1 }, { 1, 2, 3, 4, 5, 6, 7, 8, 9 },
			[](Net &, nn_program *p, int in) { return nn_pad_reflect(p, in, 2); });
		const std::vector<float> row0 = { 9, 8, 7, 8, 9, 8, 7 }, row2 = { 3, 2, 1, 2, 3, 2, 1 };
		EXPECT_EQ(std::vector<float>(y.begin(), y.begin() + 7), row0);
		EXPECT_EQ(std::vector<float>(y.begin() + 14, y.begin() + 21), row2);
	}
}

TEST(Values, BilinearResizeIsExactOnARamp)
{
	for (const char *spec : kBackends) {
		// Inside, interpolation of a linear image is linear: value at (i + 1/2) / 2 - 1/2.
		const std::vector<float> y = Value(spec, { 1, 4, 1, 1 }, { 0, 1, 2, 3 },
			[](Net &, nn_program *p, int in) { return nn_resize(p, in, 8, 1, NN_BILINEAR); });
		EXPECT_EQ(y, (std::vector<float>{ 0, 0.25F, 0.75F, 1.25F, 1.75F, 2.25F, 2.75F, 3 }));
		const std::vector<float> n = Value(spec, { 1, 1, 3, 1 }, { 5, 6, 7 },
			[](Net &, nn_program *p, int in) { return nn_resize(p, in, 1, 6, NN_NEAREST); });
		EXPECT_EQ(n, (std::vector<float>{ 5, 5, 6, 6, 7, 7 }));
		const std::vector<float> h = Value(spec, { 1, 1, 4, 1 }, { 0, 2, 4, 6 },
			[](Net &, nn_program *p, int in) { return nn_resize(p, in, 1, 2, NN_BILINEAR); });
		EXPECT_EQ(h, (std::vector<float>{ 1, 5 }));
	}
}

TEST(Values, InstanceNormHasMeanBetaAndDeviationGamma)
{
	for (const char *spec : kBackends) {
		const std::vector<float> x = Random(2 * 11 * 9 * 3, 4, 5);
		const std::vector<float> y =
			Value(spec, { 2, 11, 9, 3 }, x, [](Net &net, nn_program *p, int in) {
				const int out = nn_norm(p, in, "n", NN_NORM_INSTANCE, 1e-12);
				net.Write("n.gamma", { 1, 2, -3 });
				net.Write("n.beta", { 0, 10, 20 });
				return out;
			});
		for (int n = 0; n < 2; n++)
			for (int c = 0; c < 3; c++) {
				double sum = 0, square = 0;
				for (int i = 0; i < 99; i++) {
					const double v = y[(size_t)((n * 99 + i) * 3 + c)];
					sum += v;
					square += v * v;
				}
				EXPECT_NEAR(sum / 99, 10 * c, 1e-5);
				EXPECT_NEAR(std::sqrt(square / 99 - sum * sum / 99 / 99), c + 1, 1e-4);
			}
	}
}

TEST(Values, AveragePoolLeavesOddRowsOut)
{
	for (const char *spec : kBackends) {
		const std::vector<float> y =
			Value(spec, { 1, 3, 5, 1 }, { 1, 3, 5, 7, 99, 1, 3, 5, 7, 99, 9, 9, 9, 9, 9 },
				[](Net &, nn_program *p, int in) { return nn_pool_average(p, in, 2); });
		EXPECT_EQ(y, (std::vector<float>{ 2, 6 }));
	}
}

// Values of the four losses for images a and b.
std::vector<double> Losses(
	const char *spec, struct nn_shape s, const std::vector<float> &a, const std::vector<float> &b)
{
	Net net(spec);
	struct nn_program *p = nn_program_new(net.nn, "losses");
	const int x = nn_input(p, "a", s), y = nn_input(p, "b", s);
	nn_loss_l1(p, "l1", x, y, 100);
	nn_loss_lsgan(p, "lsgan", x, 1, 10);
	nn_loss_gradient_correlation(p, "gc", x, y, 2);
	nn_loss_intensity_sum(p, "sum", x, y, 0.5);
	EXPECT_OK(nn_compile(p, nullptr));
	Poison(p);
	EXPECT_OK(nn_set(p, x, a.data()));
	EXPECT_OK(nn_set(p, y, b.data()));
	EXPECT_OK(nn_forward(p));
	const std::vector<double> v = { Loss(p, "l1"), Loss(p, "lsgan"), Loss(p, "gc"), Loss(p, "sum") };
	EXPECT_NEAR(
		Loss(p), 100 * v[0] + 10 * v[1] + 2 * v[2] + 0.5 * v[3], 1e-6 * (1 + std::fabs(v[0]) * 100));
	return v;
}

// 1 - mean of the two NCCs of Sobel gradients over the interior, by the definition.
double Correlation(struct nn_shape s, const std::vector<float> &a, const std::vector<float> &b)
{
	const int kx[3][3] = { { -1, 0, 1 }, { -2, 0, 2 }, { -1, 0, 1 } };
	double total = 0;
	for (int64_t n = 0; n < s.n; n++)
		for (int64_t c = 0; c < s.c; c++)
			for (int axis = 0; axis < 2; axis++) {
				std::vector<double> g[2];
				for (int64_t y = 1; y + 1 < s.h; y++)
					for (int64_t x = 1; x + 1 < s.w; x++)
						for (int k = 0; k < 2; k++) {
							double sum = 0;
							for (int v = -1; v <= 1; v++)
								for (int u = -1; u <= 1; u++)
									sum += (axis == 0 ? kx[v + 1][u + 1]
											  : kx[u + 1]
											      [v + 1]) *
									       (double)(k == 0 ? a : b)[(
										       size_t)(((n * s.h + y +
													v) * s.w +
												       x +
												       u) *
												       s.c +
											       c)];
							g[k].push_back(sum);
						}
				double mean[2] = { 0, 0 }, dot = 0, square[2] = { 0, 0 };
				for (int k = 0; k < 2; k++)
					for (double v : g[k])
						mean[k] += v / (double)g[k].size();
				for (size_t i = 0; i < g[0].size(); i++) {
					dot += (g[0][i] - mean[0]) * (g[1][i] - mean[1]);
					for (int k = 0; k < 2; k++)
						square[k] += (g[k][i] - mean[k]) * (g[k][i] - mean[k]);
				}
				total += 0.5 - 0.5 * dot / (std::sqrt(square[0] * square[1]) + 1e-6);
			}
	return total / (double)(s.n * s.c);
}

TEST(Values, LossesByDefinition)
{
	const struct nn_shape s = { 2, 9, 8, 3 };
	const std::vector<float> a = Random(Count(s), 1), b = Random(Count(s), 2);
	double l1 = 0, lsgan = 0, sum = 0;
	std::vector<double> difference(6, 0);
	for (size_t i = 0; i < a.size(); i++) {
		l1 += std::fabs((double)a[i] - b[i]) / (double)a.size();
		lsgan += ((double)a[i] - 1) * ((double)a[i] - 1) / (double)a.size();
		difference[i / 216 * 3 + i % 3] += ((double)a[i] - b[i]) / 72;
	}
	for (double d : difference)
		sum += std::fabs(d) / 6;
	for (const char *spec : kBackends) {
		const std::vector<double> v = Losses(spec, s, a, b);
		const double tolerance = spec == kBackends[0] ? 1e-6 : 1e-13;
		EXPECT_NEAR(v[0], l1, tolerance);
		EXPECT_NEAR(v[1], lsgan, tolerance);
		EXPECT_NEAR(v[2], Correlation(s, a, b), tolerance);
		EXPECT_NEAR(v[3], sum, tolerance);
	}
}

TEST(Values, GradientCorrelationIgnoresScaleOffsetAndSlope)
{
	const struct nn_shape s = { 1, 12, 11, 2 };
	const std::vector<float> a = Random(Count(s), 1);
	std::vector<float> same = a, opposite = a, flat(a.size(), 3);
	for (size_t i = 0; i < a.size(); i++) {
		same[i] = 4 * a[i] + 7 + (float)(i / 22); // a ramp along the rows adds a constant gradient
		opposite[i] = -a[i];
	}
	for (const char *spec : kBackends) {
		EXPECT_NEAR(Losses(spec, s, a, a)[2], 0, 1e-6);
		EXPECT_NEAR(Losses(spec, s, a, same)[2], 0, 1e-6);
		EXPECT_NEAR(Losses(spec, s, a, opposite)[2], 2, 1e-6);
		EXPECT_NEAR(Losses(spec, s, a, flat)[2], 1, 1e-6); // nothing to correlate
	}
}

// Two AdamW steps on one weight by the published formula, gradient known by hand.
TEST(Values, AdamByHand)
{
	for (const char *spec : kBackends) {
		Net net(spec);
		struct nn_program *p = nn_program_new(net.nn, "adam");
		const int x = nn_input(p, "x", { 1, 1, 1, 1 });
		const struct nn_conv conv = Conv(1, 1, 1, 0);
		nn_loss_lsgan(p, "loss", nn_conv(p, x, "c", &conv), 0, 1);
		const struct nn_adam adam = { 0.1, 0.9, 0.99, 1e-3, 0.05 };
		nn_train(p, "c.", &adam);
		ASSERT_OK(nn_compile(p, nullptr));
		const float input = 2;
		ASSERT_OK(nn_set(p, x, &input));
		net.Write("c.weight", { 0.5 });
		double w = 0.5, m = 0, v = 0;
		for (int t = 1; t <= 5; t++) {
			const double rate = t < 4 ? 0.1 : 0.02, g = 2 * (2 * w) * 2; // d (2 w)^2 / d w
			if (t == 4)
				nn_set_learning_rate(p, rate);
			ASSERT_OK(nn_step(p));
			w -= rate * 0.05 * w;
			m = 0.9 * m + 0.1 * g;
			v = 0.99 * v + 0.01 * g * g;
			w -= rate * (m / (1 - std::pow(0.9, t))) /
			     (std::sqrt(v / (1 - std::pow(0.99, t))) + 1e-3);
			EXPECT_NEAR(net.Parameter("c.weight")[0], w, spec == kBackends[0] ? 2e-6 : 1e-14)
				<< t;
		}
	}
}

} // namespace

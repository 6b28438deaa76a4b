// Gradients of every operator and loss on `ref` against central differences in double.
#include "tests/gan/nn/toy.h"

#include <functional>

namespace
{

constexpr double kStep = 1.0 / 65536; // truncation about 1e-10, rounding about 1e-11

// One scalar varied through `write`; the numeric derivative of the total loss.  `smooth` is false where half
// the step gives another slope: a kink lies within it.
double Numeric(struct nn_program *p, const std::function<void(double)> &write, bool *smooth)
{
	double slope[2];
	for (int k = 0; k < 2; k++) {
		const double h = k == 0 ? kStep : kStep / 2;
		write(h);
		EXPECT_OK(nn_forward(p));
		const double high = Loss(p);
		write(-h);
		EXPECT_OK(nn_forward(p));
		slope[k] = (high - Loss(p)) / (2 * h);
	}
	write(0);
	*smooth = std::fabs(slope[0] - slope[1]) <= 1e-8 + 1e-6 * std::fabs(slope[1]);
	return slope[1];
}

struct Input {
	int tensor, gradient;
	std::vector<float> values, analytic;
};

// Builds with `build`, then compares up to 60 elements of every parameter's and input's gradient.
class Check
{
      public:
	Net net{ "ref" };
	struct nn_program *p = nn_program_new(net.nn, "check");
	std::vector<Input> inputs;

	int Add(struct nn_shape s, double sd = 1)
	{
		const std::string name = "x" + std::to_string(inputs.size());
		Input in;
		in.tensor = nn_input(p, name.c_str(), s);
		in.gradient = -1;
		in.values = Random(Count(s), 100 + inputs.size(), sd);
		inputs.push_back(in);
		return in.tensor;
	}
	void Differentiate(size_t input)
	{
		inputs[input].gradient = nn_input_gradient(p, inputs[input].tensor);
	}
	// A smooth loss of y with a generic gradient.
	void Probe(int y)
	{
		const int noise = Add(nn_shape_of(p, y));
		nn_loss_lsgan(p, "probe", nn_add(p, y, noise), 0.3, 0.7);
	}
	void Run()
	{
		ASSERT_OK(nn_compile(p, nullptr));
		Poison(p);
		for (Input &in : inputs)
			ASSERT_OK(nn_set(p, in.tensor, in.values.data()));
		for (int i = 0; i < net.nn->n_params; i++) // away from the exact 0 and 1 of a fresh network
			Shake(net.nn->params[i]);
		ASSERT_OK(nn_step(p));
		for (Input &in : inputs) // before another forward pass takes the memory
			if (in.gradient >= 0)
				in.analytic = Get(p, in.gradient);
		for (int i = 0; i < net.nn->n_params; i++)
			CheckParameter(net.nn->params[i]);
		for (Input &in : inputs)
			if (in.gradient >= 0)
				CheckInput(in);
		EXPECT_GT(checked, 0);
		EXPECT_LE(kinks, checked / 20);
	}
	int checked = 0, kinks = 0;

      private:
	void Shake(const struct nn_param *param)
	{
		std::vector<double> values = net.Parameter(param->name);
		const std::vector<float> shift = Random(param->count, (uint64_t)param->count, 0.1);
		for (size_t i = 0; i < values.size(); i++)
			values[i] += shift[i];
		net.Write(param->name, values);
	}
	void Compare(const std::vector<double> &analytic, const std::string &what,
		const std::function<void(size_t, double)> &write)
	{
		double largest = 0;
		for (double g : analytic)
			largest = std::max(largest, std::fabs(g));
		const size_t n = analytic.size(), stride = n > 60 ? n / 60 : 1;
		for (size_t i = 0; i < n; i += stride) {
			bool smooth;
			const double numeric = Numeric(
				p, [&](double h) { write(i, h); }, &smooth);
			checked++;
			if (!smooth) {
				kinks++;
				continue;
			}
			const double error = std::fabs(analytic[i] - numeric);
			EXPECT_TRUE(error <= 1e-6 * std::max(largest, std::fabs(numeric)) + 1e-9)
				<< what << "[" << i << "]: " << analytic[i] << " against " << numeric;
		}
	}
	void CheckParameter(const struct nn_param *param)
	{
		const std::vector<double> at = net.Parameter(param->name), g = net.Gradient(param->name);
		Compare(g, param->name, [&](size_t i, double h) {
			std::vector<double> moved = at;
			moved[i] += h;
			net.Write(param->name, moved);
		});
	}
	void CheckInput(Input &in)
	{
		Compare(std::vector<double>(in.analytic.begin(), in.analytic.end()), "input",
			[&](size_t i, double h) {
				std::vector<float> moved = in.values;
				moved[i] = (float)((double)moved[i] + h);
				ASSERT_OK(nn_set(p, in.tensor, moved.data()));
			});
	}
};

// One operator between an input and the probe.
void CheckOperator(struct nn_shape s, const std::function<int(struct nn_program *, int)> &build)
{
	Check c;
	const int x = c.Add(s);
	c.Differentiate(0);
	c.Probe(build(c.p, x));
	c.Run();
}

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

// <J x, y> = <x, J' y> for the linear operators, to the last digits of double.
TEST(Gradient, AdjointOfLinearOperators)
{
	using Builder = std::function<int(struct nn_program *, int)>;
	const struct nn_conv conv = Conv(4, 3, 2, 1), transposed = Conv(2, 4, 2, 1);
	const Builder builders[] = {
		[&](struct nn_program *p, int x) { return nn_conv(p, x, "c", &conv); },
		[&](struct nn_program *p, int x) { return nn_conv_transpose(p, x, "t", &transposed); },
		[](struct nn_program *p, int x) { return nn_pad_reflect(p, x, 4); },
		[](struct nn_program *p, int x) { return nn_resize(p, x, 13, 9, NN_BILINEAR); },
		[](struct nn_program *p, int x) { return nn_resize(p, x, 4, 3, NN_BILINEAR); },
		[](struct nn_program *p, int x) { return nn_resize(p, x, 10, 11, NN_NEAREST); },
		[](struct nn_program *p, int x) { return nn_pool_average(p, x, 2); },
		[](struct nn_program *p, int x) { return nn_slice(p, x, 1, 2); },
		[](struct nn_program *p, int x) { return nn_cat(p, x, nn_scale(p, x, 3)); },
	};
	for (size_t k = 0; k < sizeof(builders) / sizeof(builders[0]); k++) {
		Net net("ref");
		struct nn_program *p = nn_program_new(net.nn, "adjoint");
		const struct nn_shape s = { 2, 7, 5, 3 };
		const int x = nn_input(p, "x", s), y = builders[k](p, x);
		const struct nn_shape out = nn_shape_of(p, y);
		const int z = nn_input(p, "z", out);
		// mean (y + z)^2 differs from mean (y - z)^2 by 4 <y, z> / n; its gradient by 4 J'z / n.
		nn_keep(p, y);
		nn_loss_lsgan(p, "plus", nn_add(p, y, z), 0, (double)Count(out) / 4);
		nn_loss_lsgan(p, "minus", nn_add(p, y, nn_scale(p, z, -1)), 0, -(double)Count(out) / 4);
		const int g = nn_input_gradient(p, x);
		ASSERT_OK(nn_compile(p, nullptr));
		const std::vector<float> xs = Random(Count(s), 1), zs = Random(Count(out), 2);
		ASSERT_OK(nn_set(p, x, xs.data()));
		ASSERT_OK(nn_set(p, z, zs.data()));
		ASSERT_OK(nn_step(p));
		const std::vector<float> ys = Get(p, y), back = Get(p, g);
		double forward = 0, backward = 0, size = 0;
		for (size_t i = 0; i < ys.size(); i++)
			forward += (double)ys[i] * zs[i];
		for (size_t i = 0; i < xs.size(); i++) {
			backward += (double)xs[i] * back[i];
			size += std::fabs((double)xs[i] * back[i]);
		}
		EXPECT_TRUE(std::fabs(forward - backward) <= 1e-7 * size)
			<< "operator " << k << ": " << forward << " against " << backward;
	}
}

} // namespace

// Every operator of kernels/ against the oracle, on odd sizes, between guards, outputs poisoned with NaN.
#include "tests/gpu/parity.h"

#include "kernels/activation.h"
#include "kernels/activation_grad.h"
#include "kernels/adam.h"
#include "kernels/add.h"
#include "kernels/bias_add.h"
#include "kernels/channel_copy.h"
#include "kernels/channel_pad.h"
#include "kernels/channel_sum.h"
#include "kernels/clip_factor.h"
#include "kernels/conv_wgrad_give.h"
#include "kernels/conv_wgrad_direct.h"
#include "kernels/leaky_relu.h"
#include "kernels/mean.h"
#include "kernels/norm_apply.h"
#include "kernels/norm_grad.h"
#include "kernels/norm_grad_sums.h"
#include "kernels/norm_stats.h"
#include "kernels/resize.h"
#include "kernels/resize_grad.h"
#include "kernels/sample_sum.h"
#include "kernels/scale.h"
#include "kernels/square_sum.h"

namespace
{

constexpr Store E = Store::kElem, M = Store::kMaster;

struct Size {
	int64_t samples, h, w, channels;
	int64_t pixels() const
	{
		return h * w;
	}
	int64_t rows() const
	{
		return samples * pixels();
	}
	int64_t n() const
	{
		return rows() * channels;
	}
	int64_t groups() const
	{
		return samples * channels;
	}
};
const Size kSizes[] = { { 2, 7, 9, 5 }, { 3, 33, 35, 19 }, { 1, 5, 4, 1 }, { 2, 40, 33, 64 }, { 1, 6, 7, 8 } };

class Operators : public Parity
{
      protected:
	void ForSizes(const std::string &name, const std::function<int(Bench &, const Size &)> &call,
		double tolerance = 1e-5)
	{
		for (const Size &s : kSizes)
			Check(
				name + " with " + std::to_string(s.channels) + " channels",
				[&](Bench &b) { return call(b, s); }, tolerance);
	}
};
INSTANTIATE_TEST_SUITE_P(On, Operators, PARITY_DEVICES, ParityName);

TEST_P(Operators, LeakyReluAndMean)
{
	for (int64_t n : { 1, 255, 256, 257, 100003 })
		Check("leaky_relu of " + std::to_string(n), [n](Bench &b) {
			struct leaky_relu_args a = {};
			a.y = b.Out(E, n);
			a.x = b.In(E, Values(n, 1));
			a.slope = 0.2F;
			return leaky_relu(b.device(), &a, n);
		});
	for (int64_t count : { 1, 100, 257, 10007 })
		Check("mean of " + std::to_string(count), [count](Bench &b) {
			struct mean_args a = {};
			a.mean = b.Out(M, 13);
			a.x = b.In(E, Values(13 * count, 2));
			a.count = count;
			return mean(b.device(), &a, 13, count);
		});
}

TEST_P(Operators, SumsOfMoreGroupsThanBlocks)
{
	const int64_t groups = 70001;
	Check("mean", [](Bench &b) {
		struct mean_args a = {};
		a.mean = b.Out(M, groups);
		a.x = b.In(E, Values(groups * 3, 3));
		a.count = 3;
		return mean(b.device(), &a, groups, 3);
	});
}

TEST_P(Operators, Activation)
{
	for (enum activation_kind kind : { ACTIVATION_LEAKY, ACTIVATION_TANH })
		ForSizes("activation", [kind](Bench &b, const Size &s) {
			struct activation_args a = {};
			a.y = b.Out(E, s.n());
			a.x = b.In(E, Values(s.n(), 1, -3, 3));
			a.channels = s.channels;
			a.kind = kind;
			a.slope = 0.2;
			return activation(b.device(), &a, s.rows());
		});
}

TEST_P(Operators, ActivationGradient)
{
	for (enum activation_kind kind : { ACTIVATION_LEAKY, ACTIVATION_TANH })
		for (int64_t accumulate : { 0, 1 })
			ForSizes("activation_grad", [=](Bench &b, const Size &s) {
				struct activation_grad_args a = {};
				a.dx = accumulate ? b.InOut(E, Values(s.n(), 1)) : b.Out(E, s.n());
				a.dy = b.In(E, Values(s.n(), 2));
				a.at = b.In(E, Values(s.n(), 3));
				a.channels = s.channels;
				a.accumulate = accumulate;
				a.kind = kind;
				a.slope = 0.2;
				return activation_grad(b.device(), &a, s.rows());
			});
}

TEST_P(Operators, Adam)
{
	ForSizes("adam", [](Bench &b, const Size &s) {
		struct adam_args a = {};
		a.parameter = b.InOut(M, Values(s.n(), 1));
		a.m = b.InOut(M, Values(s.n(), 2));
		a.v = b.InOut(M, Values(s.n(), 3, 0.1, 1));
		a.gradient = b.In(M, Values(s.n(), 4));
		a.copy = b.Out(E, s.n());
		a.average = b.InOut(M, Values(s.n(), 5));
		a.step = b.In(M, { 2e-4, 0.5, 0.002, 0.01, 0.7 });
		a.channels = s.channels;
		a.beta1 = 0.5;
		a.beta2 = 0.999;
		a.epsilon = 1e-8;
		a.weight_decay = 0.01;
		return adam(b.device(), &a, s.rows());
	});
}

TEST_P(Operators, ClipFactor)
{
	constexpr int64_t kRun = 64;
	ForSizes("square_sum", [](Bench &b, const Size &s) {
		struct square_sum_args a = {};
		const int64_t groups = (s.n() + kRun - 1) / kRun;
		a.part = (double *)b.Out(Store::kDouble, groups);
		a.x = b.In(M, Values(s.n(), 1));
		a.n = s.n();
		a.run = kRun;
		return square_sum(b.device(), &a, groups, kRun);
	});
	for (double largest : { 0.5, 1e6 })
		ForSizes("clip_factor", [=](Bench &b, const Size &s) {
			struct clip_factor_args a = {};
			a.factor = b.Out(M, 1);
			a.norm = b.Out(M, 1);
			a.part = (const double *)b.In(Store::kDouble, Values(s.n(), 1, 0.1, 1));
			a.largest = largest;
			return clip_factor(b.device(), &a, 1, s.n());
		});
}

TEST_P(Operators, AddScaleBias)
{
	ForSizes("add", [](Bench &b, const Size &s) {
		struct add_args a = {};
		a.y = b.Out(E, s.n());
		a.a = b.In(E, Values(s.n(), 1));
		a.b = b.In(E, Values(s.n(), 2));
		a.channels = s.channels;
		return add(b.device(), &a, s.rows());
	});
	for (int64_t accumulate : { 0, 1 })
		ForSizes("scale", [=](Bench &b, const Size &s) {
			struct scale_args a = {};
			a.y = accumulate ? b.InOut(E, Values(s.n(), 1)) : b.Out(E, s.n());
			a.x = b.In(E, Values(s.n(), 2));
			a.channels = s.channels;
			a.accumulate = accumulate;
			a.factor = -0.37;
			return scale(b.device(), &a, s.rows());
		});
	ForSizes("bias_add", [](Bench &b, const Size &s) {
		struct bias_add_args a = {};
		a.y = b.InOut(E, Values(s.n(), 1));
		a.bias = b.In(M, Values(s.channels, 2));
		a.channels = s.channels;
		return bias_add(b.device(), &a, s.rows());
	});
}

TEST_P(Operators, ChannelCopyAndSum)
{
	for (int64_t accumulate : { 0, 1 })
		ForSizes("channel_copy", [=](Bench &b, const Size &s) {
			struct channel_copy_args a = {};
			a.y = b.InOut(E, Values(s.rows() * (s.channels + 3), 1));
			a.x = b.In(E, Values(s.rows() * (s.channels + 2), 2));
			a.channels = s.channels;
			a.y_channels = s.channels + 3;
			a.y_first = 2;
			a.x_channels = s.channels + 2;
			a.x_first = 1;
			a.accumulate = accumulate;
			return channel_copy(b.device(), &a, s.rows());
		});
	ForSizes("channel_sum", [](Bench &b, const Size &s) {
		struct channel_sum_args a = {};
		a.sum = b.Out(M, s.groups());
		a.x = b.In(E, Values(s.n(), 1));
		a.pixels = s.pixels();
		a.channels = s.channels;
		return channel_sum(b.device(), &a, s.samples, s.pixels());
	});
	ForSizes("channel_sum that adds", [](Bench &b, const Size &s) {
		struct channel_sum_args a = {};
		a.sum = b.InOut(M, Values(s.channels, 2, 20, 30));
		a.x = b.In(E, Values(s.n(), 1));
		a.pixels = s.rows();
		a.channels = s.channels;
		a.accumulate = 1;
		return channel_sum(b.device(), &a, 1, s.rows());
	});
	for (int64_t form : { 0, 1, 2 })
		ForSizes("sample_sum", [=](Bench &b, const Size &s) {
			struct sample_sum_args a = {};
			for (int k = 0; k < 2; k++) {
				a.accumulate[k] = form == k;
				a.total[k] = form == 2 && k == 0 ? nullptr : Target(b, M, s.channels, a.accumulate[k]);
				a.part[k] = b.In(M, Values(s.groups(), (unsigned)(2 + k)));
			}
			a.samples = s.samples;
			a.n = s.channels;
			return sample_sum(b.device(), &a, 2 * s.channels);
		});
}

TEST_P(Operators, ConvolutionWeightGradient)
{
	for (int64_t stride : { 1, 2, 3 })
		ForSizes("conv_wgrad_direct", [=](Bench &b, const Size &s) {
			struct conv_wgrad_direct_args a = {};
			const plugin_conv_shape conv = { s.samples, 2, s.channels, 1, { 1, s.h, s.w },
				{ 1, (s.h + 2 - 3) / stride + 1, (s.w + 2 - 4) / stride + 1 }, { 1, 3, 4 },
				{ 1, stride, stride }, { 0, 1, 1 }, { 1, 1, 1 }, PLUGIN_F32 };
			a.s = conv;
			a.accumulate = stride == 2;
			a.term = stride == 3;
			a.dweight = Target(b, a.term ? E : M, conv.cout * 12 * conv.cin, a.accumulate);
			a.x = b.In(E, Values(s.rows() * conv.cin, 2));
			a.dy = b.In(E, Values(conv_wgrad_direct_count(&a) * conv.cout, 3));
			return conv_wgrad_direct(
				b.device(), &a, conv_wgrad_direct_groups(&a), conv_wgrad_direct_count(&a));
		});
	for (int64_t accumulate : { 0, 1 })
		ForSizes("conv_wgrad_give", [=](Bench &b, const Size &s) {
			struct conv_wgrad_give_args a = {};
			a.dweight = Target(b, M, s.n(), accumulate);
			a.term = b.In(E, Values(s.n(), 2));
			a.accumulate = accumulate;
			return conv_wgrad_give(b.device(), &a, s.n());
		});
	for (int64_t channels : { 8, 24 })
		for (int64_t count : { 3, 5, 8 })
			Check("channel_pad to " + std::to_string(channels), [=](Bench &b) {
				struct channel_pad_args a = {};
				a.y = b.Out(E, 40 * channels);
				a.channels = channels;
				a.count = count;
				a.x_channels = count + 4;
				a.x_first = count - 3;
				a.x = b.In(E, Values(40 * a.x_channels, 3));
				return channel_pad(b.device(), &a, 40);
			});
}

TEST_P(Operators, InstanceNorm)
{
	ForSizes("norm_stats", [](Bench &b, const Size &s) {
		struct norm_stats_args a = {};
		a.mean = b.Out(M, s.groups());
		a.rstd = b.Out(M, s.groups());
		a.x = b.In(E, Values(s.n(), 1, 1, 3));
		a.pixels = s.pixels();
		a.channels = s.channels;
		a.epsilon = 1e-5;
		return norm_stats(b.device(), &a, s.samples, s.pixels());
	});
	ForSizes("norm_apply", [](Bench &b, const Size &s) {
		struct norm_apply_args a = {};
		a.y = b.Out(E, s.n());
		a.x = b.In(E, Values(s.n(), 1));
		a.mean = b.In(M, Values(s.groups(), 2));
		a.rstd = b.In(M, Values(s.groups(), 3, 0.5, 2));
		a.gamma = b.In(M, Values(s.channels, 4));
		a.beta = b.In(M, Values(s.channels, 5));
		a.pixels = s.pixels();
		a.channels = s.channels;
		a.slope = 0.2;
		return norm_apply(b.device(), &a, s.rows());
	});
	for (int64_t pad : { 0, 1 })
		ForSizes("norm_apply, residual and pad", [=](Bench &b, const Size &s) {
			struct norm_apply_args a = {};
			const int64_t fits = pad < s.h && pad < s.w ? pad : 0;
			a.y = b.Out(E, s.samples * (s.h + 2 * fits) * (s.w + 2 * fits) * s.channels);
			a.x = b.In(E, Values(s.n(), 1));
			a.residual = b.In(E, Values(s.n(), 6));
			a.mean = b.In(M, Values(s.groups(), 2));
			a.rstd = b.In(M, Values(s.groups(), 3, 0.5, 2));
			a.gamma = b.In(M, Values(s.channels, 4));
			a.beta = b.In(M, Values(s.channels, 5));
			a.pixels = s.pixels();
			a.channels = s.channels;
			a.h = s.h;
			a.w = s.w;
			a.pad = fits;
			a.slope = 0.2;
			a.sum_slope = pad ? 1 : 0.1;
			return norm_apply(b.device(), &a, s.samples * (s.h + 2 * fits) * (s.w + 2 * fits));
		});
	ForSizes("norm_grad_sums", [](Bench &b, const Size &s) {
		struct norm_grad_sums_args a = {};
		a.sum_g = b.Out(M, s.groups());
		a.sum_g_hat = b.Out(M, s.groups());
		a.dy = b.In(E, Values(s.n(), 1));
		a.x = b.In(E, Values(s.n(), 2));
		a.mean = b.In(M, Values(s.groups(), 3));
		a.rstd = b.In(M, Values(s.groups(), 4, 0.5, 2));
		a.gamma = b.In(M, Values(s.channels, 5));
		a.beta = b.In(M, Values(s.channels, 6));
		a.pixels = s.pixels();
		a.channels = s.channels;
		a.slope = 0.2;
		return norm_grad_sums(b.device(), &a, s.samples, s.pixels());
	});
}

TEST_P(Operators, BatchNormParameterGradients)
{
	for (int64_t add : { 0, 1 })
		ForSizes("norm_grad_sums of one sample", [=](Bench &b, const Size &s) {
			struct norm_grad_sums_args a = {};
			a.sum_g = b.Out(M, s.channels);
			a.sum_g_hat = b.Out(M, s.channels);
			a.add_gamma = add;
			a.add_beta = 1 - add;
			a.dgamma = Target(b, M, s.channels, a.add_gamma);
			a.dbeta = Target(b, M, s.channels, a.add_beta);
			a.dy = b.In(E, Values(s.n(), 1));
			a.x = b.In(E, Values(s.n(), 2));
			a.mean = b.In(M, Values(s.channels, 3));
			a.rstd = b.In(M, Values(s.channels, 4, 0.5, 2));
			a.gamma = b.In(M, Values(s.channels, 5));
			a.beta = b.In(M, Values(s.channels, 6));
			a.pixels = s.rows();
			a.channels = s.channels;
			a.slope = 0.2;
			return norm_grad_sums(b.device(), &a, 1, s.rows());
		});
}

TEST_P(Operators, InstanceNormGradient)
{
	for (int64_t accumulate : { 0, 1 })
		ForSizes("norm_grad", [=](Bench &b, const Size &s) {
			struct norm_grad_args a = {};
			a.dx = accumulate ? b.InOut(E, Values(s.n(), 1)) : b.Out(E, s.n());
			a.dy = b.In(E, Values(s.n(), 2));
			a.x = b.In(E, Values(s.n(), 3));
			a.mean = b.In(M, Values(s.groups(), 4));
			a.rstd = b.In(M, Values(s.groups(), 5, 0.5, 2));
			a.sum_g = b.In(M, Values(s.groups(), 6));
			a.sum_g_hat = b.In(M, Values(s.groups(), 7));
			a.gamma = b.In(M, Values(s.channels, 8));
			a.beta = b.In(M, Values(s.channels, 9));
			a.pixels = s.pixels();
			a.channels = s.channels;
			a.accumulate = accumulate;
			a.slope = 0.2;
			return norm_grad(b.device(), &a, s.rows());
		});
}

TEST_P(Operators, Resize)
{
	for (enum resize_kind kind : { RESIZE_NEAREST, RESIZE_BILINEAR }) {
		ForSizes("resize", [kind](Bench &b, const Size &s) {
			struct resize_args a = {};
			a.h = s.h;
			a.w = s.w;
			a.out_h = 2 * s.h;
			a.out_w = s.w + 3;
			a.channels = s.channels;
			a.y_channels = s.channels + (kind == RESIZE_BILINEAR ? 3 : 0); // as a part of a cat
			a.y = b.InOut(E, Values(s.samples * a.out_h * a.out_w * a.y_channels, 2));
			a.x = b.In(E, Values(s.n(), 1));
			a.kind = kind;
			return resize(b.device(), &a, s.samples * a.out_h * a.out_w);
		});
		ForSizes("resize_grad", [kind](Bench &b, const Size &s) {
			struct resize_grad_args a = {};
			a.h = s.h;
			a.w = s.w;
			a.out_h = 2 * s.h;
			a.out_w = s.w + 3;
			a.dx = b.Out(E, s.n());
			a.channels = s.channels;
			a.dy_channels = s.channels + (kind == RESIZE_BILINEAR ? 3 : 0);
			a.dy = b.In(E, Values(s.samples * a.out_h * a.out_w * a.dy_channels, 1));
			a.kind = kind;
			return resize_grad(b.device(), &a, s.rows());
		});
	}
}

} // namespace

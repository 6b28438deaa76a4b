// The network engine's operators besides convolution: norms, products, activations, pads, pools.
#include "tests/gpu/parity.h"

#include "kernels/activation.h"
#include "kernels/activation_grad.h"
#include "kernels/channel_dot.h"
#include "kernels/channel_multiply.h"
#include "kernels/dropout.h"
#include "kernels/layer_norm.h"
#include "kernels/layer_norm_grad.h"
#include "kernels/layer_norm_sums.h"
#include "kernels/norm_grad.h"
#include "kernels/norm_group.h"
#include "kernels/norm_group_sums.h"
#include "kernels/norm_stats.h"
#include "kernels/pad.h"
#include "kernels/pad_grad.h"
#include "kernels/pool.h"
#include "kernels/pool_grad.h"
#include "kernels/response_norm.h"
#include "kernels/response_norm_grad.h"
#include "kernels/softmax.h"
#include "kernels/softmax_grad.h"
#include "kernels/softmax_stats.h"

namespace
{

constexpr Store E = Store::kElem, M = Store::kMaster;

struct Size {
	int64_t samples, pixels, channels;
	int64_t rows() const
	{
		return samples * pixels;
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
const Size kSizes[] = { { 2, 63, 6 }, { 3, 1155, 38 }, { 1, 20, 2 }, { 2, 3001, 40 }, { 1, 21, 16 } };

class Engine : public Parity
{
      protected:
	void ForSizes(const std::string &name, const std::function<int(Bench &, const Size &)> &call)
	{
		for (const Size &s : kSizes)
			Check(name + " with " + std::to_string(s.channels) + " channels",
				[&](Bench &b) { return call(b, s); });
	}
};
INSTANTIATE_TEST_SUITE_P(On, Engine, PARITY_DEVICES, ParityName);

TEST_P(Engine, SmoothActivations)
{
	for (enum activation_kind kind : { ACTIVATION_SIGMOID, ACTIVATION_GELU, ACTIVATION_SILU }) {
		ForSizes("activation", [kind](Bench &b, const Size &s) {
			struct activation_args a = {};
			a.y = b.Out(E, s.n());
			a.x = b.In(E, Values(s.n(), 1, -6, 6));
			a.channels = s.channels;
			a.kind = kind;
			return activation(b.device(), &a, s.rows());
		});
		for (int64_t accumulate : { 0, 1 })
			ForSizes("activation_grad", [=](Bench &b, const Size &s) {
				struct activation_grad_args a = {};
				a.dx = Target(b, E, s.n(), accumulate);
				a.dy = b.In(E, Values(s.n(), 2));
				a.at = b.In(E, Values(s.n(), 3, -6, 6));
				a.channels = s.channels;
				a.accumulate = accumulate;
				a.kind = kind;
				return activation_grad(b.device(), &a, s.rows());
			});
	}
}

TEST_P(Engine, StatisticsOfBatchesAndGroups)
{
	ForSizes("norm_stats of a batch", [](Bench &b, const Size &s) {
		struct norm_stats_args a = {};
		a.mean = b.Out(M, s.channels);
		a.rstd = b.Out(M, s.channels);
		a.variance = b.Out(M, s.channels);
		a.running_mean = b.InOut(M, Values(s.channels, 2));
		a.running_variance = b.InOut(M, Values(s.channels, 3, 0.1, 2));
		a.momentum = 0.1;
		a.x = b.In(E, Values(s.n(), 1, 1, 3));
		a.pixels = s.rows();
		a.channels = s.channels;
		a.epsilon = 1e-5;
		return norm_stats(b.device(), &a, 1, s.rows());
	});
	for (int64_t size : { 1, 2 }) {
		ForSizes("norm_group", [size](Bench &b, const Size &s) {
			struct norm_group_args a = {};
			a.mean = b.Out(M, s.groups());
			a.rstd = b.Out(M, s.groups());
			a.channel_mean = b.In(M, Values(s.groups(), 1));
			a.channel_variance = b.In(M, Values(s.groups(), 2, 0.1, 2));
			a.size = size;
			a.epsilon = 1e-5;
			return norm_group(b.device(), &a, s.groups());
		});
		ForSizes("norm_group_sums", [size](Bench &b, const Size &s) {
			struct norm_group_sums_args a = {};
			a.group_g = b.Out(M, s.groups());
			a.group_g_hat = b.Out(M, s.groups());
			a.sum_g = b.In(M, Values(s.groups(), 1));
			a.sum_g_hat = b.In(M, Values(s.groups(), 2));
			a.gamma = b.In(M, Values(s.channels, 3));
			a.channels = s.channels;
			a.size = size;
			return norm_group_sums(b.device(), &a, s.groups());
		});
	}
}

TEST_P(Engine, NormGradientOfSharedAndFixedStatistics)
{
	for (enum norm_grad_kind kind : { NORM_GRAD_SHARED, NORM_GRAD_FIXED })
		ForSizes("norm_grad", [kind](Bench &b, const Size &s) {
			struct norm_grad_args a = {};
			a.dx = b.Out(E, s.n());
			a.dy = b.In(E, Values(s.n(), 2));
			a.x = b.In(E, Values(s.n(), 3));
			a.mean = b.In(M, Values(s.groups(), 4));
			a.rstd = b.In(M, Values(s.groups(), 5, 0.5, 2));
			a.sum_g = b.In(M, Values(s.groups(), 6));
			a.sum_g_hat = b.In(M, Values(s.groups(), 7));
			a.gamma = b.In(M, Values(s.channels, 8));
			a.beta = b.In(M, Values(s.channels, 9));
			a.pixels = s.pixels;
			a.channels = s.channels;
			a.slope = 1;
			a.kind = kind;
			return norm_grad(b.device(), &a, s.rows());
		});
}

TEST_P(Engine, LayerNorm)
{
	ForSizes("layer_norm", [](Bench &b, const Size &s) {
		struct layer_norm_args a = {};
		a.y = b.Out(E, s.n());
		a.mean = b.Out(M, s.rows());
		a.rstd = b.Out(M, s.rows());
		a.x = b.In(E, Values(s.n(), 1, 1, 3));
		a.gamma = b.In(M, Values(s.channels, 2));
		a.beta = b.In(M, Values(s.channels, 3));
		a.channels = s.channels;
		a.epsilon = 1e-2;
		return layer_norm(b.device(), &a, s.rows());
	});
	for (int64_t accumulate : { 0, 1 })
		ForSizes("layer_norm_grad", [=](Bench &b, const Size &s) {
			struct layer_norm_grad_args a = {};
			a.dx = Target(b, E, s.n(), accumulate);
			a.dy = b.In(E, Values(s.n(), 1));
			a.x = b.In(E, Values(s.n(), 2));
			a.mean = b.In(M, Values(s.rows(), 3));
			a.rstd = b.In(M, Values(s.rows(), 4, 0.5, 2));
			a.gamma = b.In(M, Values(s.channels, 5));
			a.channels = s.channels;
			a.accumulate = accumulate;
			return layer_norm_grad(b.device(), &a, s.rows());
		});
	for (int64_t add : { 0, 1 })
		ForSizes("layer_norm_sums", [=](Bench &b, const Size &s) {
			struct layer_norm_sums_args a = {};
			a.add_beta = add;
			a.add_gamma = 1 - add;
			a.dbeta = Target(b, M, s.channels, a.add_beta);
			a.dgamma = Target(b, M, s.channels, a.add_gamma);
			a.dy = b.In(E, Values(s.n(), 1));
			a.x = b.In(E, Values(s.n(), 2));
			a.mean = b.In(M, Values(s.rows(), 3));
			a.rstd = b.In(M, Values(s.rows(), 4, 0.5, 2));
			a.channels = s.channels;
			return layer_norm_sums(b.device(), &a, 1, s.rows());
		});
}

TEST_P(Engine, Products)
{
	for (int64_t accumulate : { 0, 1 })
		for (int form = 0; form < 4; form++) // elementwise, for each sample, learned, without x
			ForSizes("channel_multiply, form " + std::to_string(form), [=](Bench &b, const Size &s) {
				struct channel_multiply_args a = {};
				a.y = Target(b, E, s.n(), accumulate);
				a.x = form == 3 ? nullptr : b.In(E, Values(s.n(), 1));
				a.pixels = form == 0 ? 1 : form == 2 ? s.rows() : s.pixels;
				a.factor = b.In(form == 2 ? M : E, Values(s.rows() / a.pixels * s.channels, 2));
				a.channels = s.channels;
				a.master = form == 2;
				a.accumulate = accumulate;
				a.scale = 0.7;
				return channel_multiply(b.device(), &a, s.rows());
			});
	for (int form = 0; form < 4; form++) // bit 0: into k_master; bit 1: of one tensor
		ForSizes("channel_dot, form " + std::to_string(form), [=](Bench &b, const Size &s) {
			struct channel_dot_args a = {};
			a.out = Target(b, form & 1 ? M : E, s.groups(), form & 1);
			a.a = b.In(E, Values(s.n(), 1, 0, 1));
			a.b = form & 2 ? nullptr : b.In(E, Values(s.n(), 2));
			a.pixels = s.pixels;
			a.channels = s.channels;
			a.master = form & 1;
			a.accumulate = form & 1;
			a.scale = 0.3;
			return channel_dot(b.device(), &a, s.samples, s.pixels);
		});
}

TEST_P(Engine, Softmax)
{
	ForSizes("softmax_stats", [](Bench &b, const Size &s) {
		struct softmax_stats_args a = {};
		a.top = b.Out(M, s.rows());
		a.sum = b.Out(M, s.rows());
		a.x = b.In(E, Values(s.n(), 1, -9, 9));
		a.channels = s.channels;
		return softmax_stats(b.device(), &a, s.rows());
	});
	ForSizes("softmax", [](Bench &b, const Size &s) {
		struct softmax_args a = {};
		a.y = b.Out(E, s.n());
		a.x = b.In(E, Values(s.n(), 1, -9, 2));
		a.top = b.In(M, Values(s.rows(), 2, 2, 3));
		a.sum = b.In(M, Values(s.rows(), 3, 1, 3));
		a.channels = s.channels;
		return softmax(b.device(), &a, s.rows());
	});
	for (int64_t accumulate : { 0, 1 })
		ForSizes("softmax_grad", [=](Bench &b, const Size &s) {
			struct softmax_grad_args a = {};
			a.dx = Target(b, E, s.n(), accumulate);
			a.dy = b.In(E, Values(s.n(), 1));
			a.y = b.In(E, Values(s.n(), 2, 0, 1));
			a.channels = s.channels;
			a.accumulate = accumulate;
			return softmax_grad(b.device(), &a, s.rows());
		});
}

TEST_P(Engine, ResponseNorm)
{
	for (int64_t size : { 2, 5 }) {
		ForSizes("response_norm", [size](Bench &b, const Size &s) {
			struct response_norm_args a = { b.Out(E, s.n()), b.In(E, Values(s.n(), 1)), s.channels, size,
				0.5, 0.75, 1 };
			return response_norm(b.device(), &a, s.rows());
		});
		ForSizes("response_norm_grad", [size](Bench &b, const Size &s) {
			struct response_norm_grad_args a = { Target(b, E, s.n(), size == 2), b.In(E, Values(s.n(), 1)),
				b.In(E, Values(s.n(), 2)), s.channels, size, size == 2, 0.5, 0.75, 1 };
			return response_norm_grad(b.device(), &a, s.rows());
		});
	}
}

TEST_P(Engine, Dropout)
{
	for (int64_t accumulate : { 0, 1 })
		ForSizes("dropout", [=](Bench &b, const Size &s) {
			const uint64_t draw = 5000000007;
			struct dropout_args a = {};
			a.y = Target(b, E, s.n(), accumulate);
			a.x = b.In(E, Values(s.n(), 1));
			a.draw = (const uint64_t *)b.Bytes(&draw, sizeof(draw));
			a.seed = 7;
			a.stream = 0xFEDCBA9876543210u;
			a.channels = s.channels;
			a.accumulate = accumulate;
			a.probability = 0.3;
			return dropout(b.device(), &a, s.rows());
		});
}

struct Image {
	int64_t samples, h, w, channels;
};
const Image kImages[] = { { 2, 7, 9, 5 }, { 3, 13, 15, 19 }, { 1, 5, 4, 1 } };

TEST_P(Engine, Pads)
{
	const int64_t pad_by = 3;
	for (enum pad_kind kind : { PAD_ZERO, PAD_REFLECT, PAD_REPLICATE })
		for (const Image &s : kImages) {
			const int64_t rows = s.samples * s.h * s.w;
			const int64_t padded = s.samples * (s.h + 2 * pad_by) * (s.w + 2 * pad_by);
			Check("pad", [&](Bench &b) {
				struct pad_args a = { b.Out(E, padded * s.channels),
					b.In(E, Values(rows * s.channels, 1)), s.h, s.w, pad_by, s.channels, kind };
				return pad(b.device(), &a, padded);
			});
			Check("pad_grad", [&](Bench &b) {
				struct pad_grad_args a = { Target(b, E, rows * s.channels, kind == PAD_ZERO),
					b.In(E, Values(padded * s.channels, 1)), s.h, s.w, pad_by, s.channels,
					kind == PAD_ZERO, kind };
				return pad_grad(b.device(), &a, rows);
			});
		}
}

TEST_P(Engine, Pools)
{
	const int64_t forms[][3] = { { 2, 2, 0 }, { 3, 2, 1 }, { 3, 1, 1 }, { 2, 3, 0 } };
	for (enum pool_kind kind : { POOL_AVERAGE, POOL_MAX })
		for (const int64_t(&form)[3] : forms)
			for (const Image &s : kImages) {
				const int64_t kernel = form[0], stride = form[1], edge = form[2];
				const int64_t oh = (s.h + 2 * edge - kernel) / stride + 1;
				const int64_t ow = (s.w + 2 * edge - kernel) / stride + 1;
				const int64_t out = s.samples * oh * ow * s.channels, in = s.samples * s.h * s.w * s.channels;
				const struct pool_shape shape = { s.h, s.w, oh, ow, kernel, stride, edge, kind };
				const std::vector<uint8_t> winners((size_t)out, 1);
				Check("pool", [&](Bench &b) {
					struct pool_args a = { b.Out(E, out), (uint8_t *)b.Bytes(winners.data(), (size_t)out),
						b.In(E, Values(in, 1)), shape, s.channels };
					return pool(b.device(), &a, s.samples * oh * ow);
				});
				Check("pool_grad", [&](Bench &b) {
					struct pool_grad_args a = { Target(b, E, in, stride == 1), b.In(E, Values(out, 1)),
						(const uint8_t *)b.Bytes(winners.data(), (size_t)out), shape, s.channels,
						stride == 1 };
					return pool_grad(b.device(), &a, s.samples * s.h * s.w);
				});
			}
}

} // namespace

// Small networks for the engine's tests: opening, random values, the arena poisoned with NaN.
#ifndef TESTS_GAN_NN_TOY_H
#define TESTS_GAN_NN_TOY_H
#include <cmath>
#include <cstring>
#include <string>
#include <vector>
#include "gan/nn/nn.h"
#include "gan/nn/program.h"
#include "host/run/rng.h"
#include "tests/support/support.h"

struct Net {
	struct device device;
	struct nn *nn = nullptr;
	explicit Net(const char *spec, uint64_t seed = 7)
	{
		if (device_open(&device, spec) != 0 || nn_open(&nn, &device, seed) != 0)
			throw std::runtime_error(err_message());
	}
	~Net()
	{
		nn_close(nn);
		device_close(&device);
	}
	Net(const Net &) = delete;
	Net &operator=(const Net &) = delete;

	std::vector<double> Parameter(const std::string &name) const
	{
		std::vector<double> values((size_t)nn_parameter_count(nn, name.c_str()));
		EXPECT_OK(nn_parameter_read(nn, name.c_str(), values.data()));
		return values;
	}
	std::vector<double> AllParameters() const
	{
		std::vector<double> all;
		for (int i = 0; i < nn->n_params; i++)
			for (double v : Parameter(nn->params[i]->name))
				all.push_back(v);
		return all;
	}
	std::vector<double> Gradient(const std::string &name) const
	{
		std::vector<double> values((size_t)nn_parameter_count(nn, name.c_str()));
		EXPECT_OK(nn_gradient_read(nn, name.c_str(), values.data()));
		return values;
	}
	void Write(const std::string &name, const std::vector<double> &values)
	{
		ASSERT_EQ(nn_parameter_count(nn, name.c_str()), (int64_t)values.size());
		ASSERT_OK(nn_parameter_write(nn, name.c_str(), values.data()));
	}
};

inline int64_t Count(struct nn_shape s)
{
	return s.n * (s.d == 0 ? 1 : s.d) * s.h * s.w * s.c;
}

// Normal values rounded to multiples of 2^-16, so that small steps from them are exact in float.
inline std::vector<float> Random(int64_t n, uint64_t stream, double sd = 1)
{
	struct rng r = rng_init(11, stream);
	std::vector<float> x((size_t)n);
	for (float &v : x)
		v = (float)(std::round(sd * rng_normal(&r) * 65536) / 65536);
	return x;
}

inline std::vector<float> Get(struct nn_program *p, int tensor)
{
	std::vector<float> x((size_t)Count(nn_shape_of(p, tensor)));
	EXPECT_OK(nn_get(p, tensor, x.data()));
	return x;
}

inline std::vector<double> Wide(const struct nn_program *p, int tensor)
{
	const int64_t n = Count(nn_shape_of(p, tensor));
	const void *value = p->nodes[tensor].value;
	if (p->nn->device->elem == DEVICE_F64)
		return { (const double *)value, (const double *)value + n };
	return { (const float *)value, (const float *)value + n };
}

inline double Loss(struct nn_program *p, const char *name = "total")
{
	double value = NAN;
	EXPECT_OK(nn_loss_value(p, name, &value));
	return value;
}

// Fills everything a step should write before it reads with NaN: all but the parameters, their moments, and what lies between
// gradients, which is zero from the start.
inline void Poison(struct nn_program *p)
{
	for (struct memory *m : { &p->arena, &p->saved, &p->workspace }) {
		std::vector<unsigned char> bytes(m->bytes, 0xff);
		ASSERT_OK(memory_write(m, 0, bytes.data(), bytes.size()));
	}
	for (int i = 0; i < p->n_wanted; i++) {
		struct nn_param *param = p->wanted[i];
		const std::vector<double> nan((size_t)param->count, NAN);
		ASSERT_OK(param_write_block(p->nn, param, &param->gradient, nan.data()));
	}
}

inline struct nn_conv Conv(int64_t cout, int64_t kernel, int64_t stride, int64_t pad, bool bias = false,
	enum nn_pad mode = NN_PAD_ZERO, int64_t output_pad = 0)
{
	struct nn_conv c = {};
	c.cout = cout;
	c.kernel = kernel;
	c.stride = stride;
	c.pad = pad;
	c.pad_mode = mode;
	c.bias = bias;
	c.init = NN_INIT_HE;
	c.output_pad = output_pad;
	return c;
}

// The same with groups, dilation and, for 3-D, dims = 3.
inline struct nn_conv With(struct nn_conv c, int64_t groups, int64_t dilation = 1, int dims = 2)
{
	c.groups = groups;
	c.dilation = dilation;
	c.dims = dims;
	return c;
}

// Its own kernel, stride, pad and dilation along each of d, h, w.
inline struct nn_conv Anisotropic(int64_t cout, struct nn_conv_axis d, struct nn_conv_axis h, struct nn_conv_axis w)
{
	struct nn_conv c = Conv(cout, 0, 0, 0, true);
	c.dims = 3;
	c.axis[0] = d;
	c.axis[1] = h;
	c.axis[2] = w;
	return c;
}

inline double RelativeL2(const std::vector<double> &a, const std::vector<double> &b)
{
	double d = 0, n = 0;
	if (a.size() != b.size())
		return NAN;
	for (size_t i = 0; i < a.size(); i++) {
		d += (a[i] - b[i]) * (a[i] - b[i]);
		n += b[i] * b[i];
	}
	return n > 0 ? std::sqrt(d / n) : std::sqrt(d);
}

// A two-level U-Net with everything a generator uses; returns its output of `cout` channels.
inline int SmallUNet(struct nn_program *p, const char *prefix, int x, int64_t base, int64_t cout)
{
	const std::string name = prefix;
	const struct nn_shape s = nn_shape_of(p, x);
	auto block = [&](int t, const std::string &at, int64_t c, int64_t kernel, int64_t stride) {
		const struct nn_conv conv = Conv(c, kernel, stride, kernel == 4 ? 1 : kernel / 2);
		t = nn_conv(p, t, (name + at).c_str(), &conv);
		t = nn_norm(p, t, (name + at + ".norm").c_str(), NN_NORM_INSTANCE, 1e-5);
		return nn_act(p, t, NN_ACT_LEAKY, 0.2);
	};
	int top = block(x, ".enc1", base, 3, 1);
	int down = block(top, ".enc2", 2 * base, 4, 2);
	const struct nn_conv residual = Conv(2 * base, 3, 1, 1, false, NN_PAD_REFLECT);
	int r = nn_conv(p, down, (name + ".res").c_str(), &residual);
	r = nn_norm(p, r, (name + ".res.norm").c_str(), NN_NORM_INSTANCE, 1e-5);
	down = nn_add(p, down, r);
	int up = nn_resize(p, down, s.h, s.w, NN_BILINEAR);
	up = block(up, ".dec1", base, 3, 1);
	const struct nn_conv head = Conv(cout, 3, 1, 1, true, NN_PAD_REFLECT);
	return nn_conv(p, nn_cat(p, top, up), (name + ".head").c_str(), &head);
}

// A PatchGAN of two strided convolutions.
inline int SmallPatchGan(struct nn_program *p, const char *prefix, int x, int64_t base)
{
	const std::string name = prefix;
	struct nn_conv c = Conv(base, 4, 2, 1, true);
	int t = nn_act(p, nn_conv(p, x, (name + ".1").c_str(), &c), NN_ACT_LEAKY, 0.2);
	c = Conv(2 * base, 4, 2, 1);
	t = nn_conv(p, t, (name + ".2").c_str(), &c);
	t = nn_act(p, nn_norm(p, t, (name + ".2.norm").c_str(), NN_NORM_INSTANCE, 1e-5), NN_ACT_LEAKY, 0.2);
	c = Conv(1, 3, 1, 1, true);
	return nn_conv(p, t, (name + ".3").c_str(), &c);
}
#endif

// A whole training step of a small U-Net and its critic-like loss: outputs, loss and every gradient against
// the oracle.
#include "tests/gpu/parity.h"

#include <cmath>
#include "gan/nn/nn.h"

namespace
{

constexpr nn_shape kInput = { 2, 18, 14, 1 };
constexpr int64_t kOutputs = 3;

// One U-Net with every kind of node, and numbers of channels that bfloat16 fills up to eights.  tanh keeps it smooth: at a
// ReLU's kink two devices may rightly differ; the leaky one behind the residual sum has a small kink.
struct Net {
	nn *engine = nullptr;
	nn_program *program = nullptr;
	int x = -1, y = -1, target = -1;
	std::vector<std::string> parameters;

	~Net()
	{
		nn_close(engine);
	}
	int Unit(int in, const char *name, int64_t cout, int64_t kernel, int64_t stride, int64_t pad)
	{
		return nn_act(program, Normed(in, name, cout, kernel, stride, pad), NN_ACT_TANH, 0);
	}
	int Normed(int in, const char *name, int64_t cout, int64_t kernel, int64_t stride, int64_t pad)
	{
		nn_conv_or_transpose(false, name);
		struct nn_conv c = {};
		c.cout = cout;
		c.kernel = kernel;
		c.stride = stride;
		c.pad = pad;
		c.init = NN_INIT_HE;
		int out = ::nn_conv(program, in, name, &c);
		std::string norm = std::string(name) + ".norm";
		parameters.push_back(norm + ".gamma");
		parameters.push_back(norm + ".beta");
		return ::nn_norm(program, out, norm.c_str(), NN_NORM_INSTANCE, 1e-5);
	}
	void nn_conv_or_transpose(bool bias, const std::string &name)
	{
		parameters.push_back(name + ".weight");
		if (bias)
			parameters.push_back(name + ".bias");
	}
	int Build(const struct device *device)
	{
		if (nn_open(&engine, device, 7) != 0)
			return -1;
		program = nn_program_new(engine, "step");
		x = nn_input(program, "x", kInput);
		target = nn_input(program, "target", { kInput.n, kInput.h, kInput.w, kOutputs });
		int top = Unit(nn_pad_reflect(program, x, 3), "G.stem", 18, 7, 1, 0);
		int low = Unit(top, "G.down", 36, 3, 2, 1);
		low = nn_add(program, low, Unit(low, "G.residual", 36, 3, 1, 1));
		low = nn_act(program, nn_add(program, low, Normed(low, "G.sum", 36, 3, 1, 1)), NN_ACT_LEAKY, 0.7);
		struct nn_conv up = {};
		up.cout = 10;
		up.kernel = 3;
		up.stride = 2;
		up.pad = 1;
		up.output_pad = 1;
		up.bias = true;
		up.init = NN_INIT_HE;
		nn_conv_or_transpose(true, "G.up");
		int high = nn_act(program, nn_conv_transpose(program, low, "G.up", &up), NN_ACT_TANH, 0);
		high = nn_cat(program, nn_cat(program, high, top),
			nn_resize(program, low, kInput.h, kInput.w, NN_BILINEAR));
		struct nn_conv head = {};
		head.cout = kOutputs;
		head.kernel = 1;
		head.bias = true;
		head.init = NN_INIT_HE;
		nn_conv_or_transpose(true, "G.head");
		y = ::nn_conv(program, high, "G.head", &head);
		nn_keep(program, y);
		nn_loss_lsgan(program, "square", y, 0.3, 1);
		nn_loss_gradient_correlation(program, "gradient", y, target, 0.5);
		nn_adam adam = { 2e-4, 0.5, 0.999, 1e-8, 0 };
		nn_train(program, "G", &adam);
		return nn_compile(program, nullptr);
	}
	int Step()
	{
		std::vector<float> values;
		for (double v : Values(kInput.n * kInput.h * kInput.w, 11, 0, 1))
			values.push_back((float)v);
		if (nn_set(program, x, values.data()) != 0)
			return -1;
		values.clear();
		for (double v : Values(kInput.n * kInput.h * kInput.w * kOutputs, 12, 0, 1))
			values.push_back((float)v);
		return nn_set(program, target, values.data()) == 0 ? nn_step(program) : -1;
	}
};

std::vector<double> OutputOf(const Net &net)
{
	std::vector<float> y((size_t)(kInput.n * kInput.h * kInput.w * kOutputs));
	EXPECT_OK(nn_get(net.program, net.y, y.data()));
	return { y.begin(), y.end() };
}

class Network : public Parity
{
};
INSTANTIATE_TEST_SUITE_P(On, Network, PARITY_DEVICES, ParityName);

TEST_P(Network, StepAgreesWithTheOracle)
{
	const double output_tolerance = bf16() ? 2e-2 : 1e-5, gradient_tolerance = bf16() ? 5e-2 : 1e-4;
	Net oracle, tested;
	ASSERT_OK(oracle.Build(&ref_));
	ASSERT_OK(tested.Build(&device_));
	for (const std::string &name : oracle.parameters) {
		int64_t n = nn_parameter_count(oracle.engine, name.c_str());
		ASSERT_GT(n, 0) << name;
		std::vector<double> values((size_t)n);
		ASSERT_OK(nn_parameter_read(oracle.engine, name.c_str(), values.data()));
		ASSERT_OK(nn_parameter_write(tested.engine, name.c_str(), values.data()));
	}
	ASSERT_OK(oracle.Step());
	ASSERT_OK(tested.Step());
	EXPECT_LE(RelativeL2(OutputOf(tested), OutputOf(oracle)), output_tolerance);
	double got = NAN, want = NAN;
	EXPECT_OK(nn_loss_value(tested.program, "total", &got));
	EXPECT_OK(nn_loss_value(oracle.program, "total", &want));
	EXPECT_NEAR(got, want, output_tolerance * want);
	for (const std::string &name : oracle.parameters) {
		std::vector<double> a((size_t)nn_parameter_count(oracle.engine, name.c_str())), b(a.size());
		ASSERT_OK(nn_gradient_read(tested.engine, name.c_str(), a.data()));
		ASSERT_OK(nn_gradient_read(oracle.engine, name.c_str(), b.data()));
		EXPECT_LE(RelativeL2(a, b), gradient_tolerance) << name;
	}
}

// Six steps, so that a recorded graph, where the device records one, is replayed too.
TEST_P(Network, SixStepsTwiceGiveTheSameBits)
{
	std::vector<double> outputs[2];
	for (std::vector<double> &out : outputs) {
		Net net;
		ASSERT_OK(net.Build(&device_));
		for (int step = 0; step < 6; step++)
			ASSERT_OK(net.Step());
		out = OutputOf(net);
	}
	EXPECT_EQ(outputs[0], outputs[1]);
	EXPECT_FALSE(std::isnan(outputs[0][0]));
}

} // namespace

// Programs: errors while building, the plan's memory, two programs that share parameters.
#include "tests/gan/nn/toy.h"

#include <gmock/gmock.h>

namespace
{

const struct nn_adam kAdam = { 2e-3, 0.5, 0.999, 1e-8, 0 };

struct Building : ::testing::Test {
	Net net{ "cpu" };
	struct nn_program *p = nn_program_new(net.nn, "bad");
	int x = nn_input(p, "x", { 1, 6, 6, 2 });
	void ExpectError(const char *message)
	{
		EXPECT_EQ(-1, nn_act(p, x, NN_ACT_RELU, 0)); // nothing more is built
		EXPECT_EQ(-1, nn_compile(p, nullptr));
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_THAT(err_message(), ::testing::HasSubstr(message));
	}
};

TEST_F(Building, UnknownTensor)
{
	EXPECT_EQ(-1, nn_act(p, 5, NN_ACT_RELU, 0));
	ExpectError("program bad: activation: input 5 is no tensor of this program");
}

TEST_F(Building, NegativeTensor)
{
	EXPECT_EQ(-1, nn_detach(p, -1));
	ExpectError("nn_detach: input -1 is no tensor");
}

TEST_F(Building, TheFirstErrorStays)
{
	EXPECT_EQ(-1, nn_pad_reflect(p, x, 6));
	EXPECT_EQ(-1, nn_slice(p, x, 1, 5));
	ExpectError("reflect pad of 6 pixels of a 6x6 image");
}

TEST_F(Building, KernelLargerThanTheImage)
{
	const struct nn_conv conv = Conv(2, 9, 1, 1);
	EXPECT_EQ(-1, nn_conv(p, x, "c", &conv));
	ExpectError("convolution c: kernel 9 and pad 1 leave nothing of the image");
}

TEST_F(Building, ReflectedTransposedConvolution)
{
	const struct nn_conv conv = Conv(2, 3, 2, 1, false, NN_PAD_REFLECT);
	EXPECT_EQ(-1, nn_conv_transpose(p, x, "c", &conv));
	ExpectError("a transposed convolution pads with zeros only");
}

TEST_F(Building, ParameterOfAnotherShape)
{
	const struct nn_conv a = Conv(2, 3, 1, 1), b = Conv(3, 3, 1, 1);
	EXPECT_GE(nn_conv(p, x, "c", &a), 0);
	EXPECT_EQ(-1, nn_conv(p, x, "c", &b));
	ExpectError("parameter c.weight exists with another shape");
}

TEST_F(Building, ShapesThatDoNotFit)
{
	const int y = nn_slice(p, x, 0, 1);
	EXPECT_EQ(-1, nn_add(p, x, y));
	ExpectError("add: shapes 1x6x6x2 and 1x6x6x1");
}

TEST_F(Building, TwoLossesOfOneName)
{
	EXPECT_GE(nn_loss_lsgan(p, "adv", x, 1, 1), 0);
	EXPECT_EQ(-1, nn_loss_lsgan(p, "adv", x, 0, 1));
	ExpectError("two losses are named adv");
}

TEST_F(Building, ALossIsNoTensor)
{
	const int loss = nn_loss_lsgan(p, "adv", x, 1, 1);
	EXPECT_EQ(-1, nn_scale(p, loss, 2));
	ExpectError("scale: input 1 is no tensor");
}

TEST_F(Building, NothingToTrain)
{
	nn_loss_lsgan(p, "adv", x, 1, 1);
	nn_train(p, "G.", &kAdam);
	EXPECT_EQ(-1, nn_compile(p, nullptr));
	EXPECT_STREQ("program bad: nn_train: no parameter 'G....' has a gradient here", err_message());
}

TEST_F(Building, NothingToCompute)
{
	EXPECT_EQ(-1, nn_compile(p, nullptr));
	EXPECT_STREQ("program bad: nothing to compute: no loss and no kept tensor", err_message());
}

TEST_F(Building, InputGradientWithoutALoss)
{
	nn_input_gradient(p, x);
	EXPECT_EQ(-1, nn_compile(p, nullptr));
	EXPECT_STREQ("program bad: nn_input_gradient: no loss depends on tensor 0", err_message());
}

TEST_F(Building, RunningWhatIsNotCompiledOrKept)
{
	EXPECT_EQ(-1, nn_step(p));
	EXPECT_STREQ("nn_step: program bad is not compiled", err_message());
	const int hidden = nn_scale(p, x, 2);
	nn_keep(p, nn_scale(p, hidden, 2));
	ASSERT_OK(nn_compile(p, nullptr));
	float values[72];
	EXPECT_EQ(-1, nn_get(p, hidden, values));
	EXPECT_STREQ("nn_get: tensor 1 of program bad is not kept (nn_keep)", err_message());
	EXPECT_EQ(-1, nn_set(p, 2, values));
	double value;
	EXPECT_EQ(-1, nn_loss_value(p, "l1", &value));
}

TEST_F(Building, FromAnUnkeptTensor)
{
	const int hidden = nn_scale(p, x, 2);
	nn_keep(p, nn_scale(p, hidden, 2));
	ASSERT_OK(nn_compile(p, nullptr));
	struct nn_program *q = nn_program_new(net.nn, "reader");
	nn_keep(q, nn_scale(q, nn_from(q, p, hidden), 1));
	EXPECT_EQ(-1, nn_compile(q, nullptr));
	EXPECT_STREQ("program reader: nn_from: tensor 1 of program bad is not kept (nn_keep)", err_message());
}

TEST(Program, NormAndActivationFuseAndMemoryIsShared)
{
	Net net("cpu");
	struct nn_program *p = nn_program_new(net.nn, "unet");
	const int x = nn_input(p, "x", { 2, 32, 24, 1 }), t = nn_input(p, "t", { 2, 32, 24, 3 });
	nn_loss_l1(p, "l1", SmallUNet(p, "G", x, 8, 3), t, 1);
	struct nn_report report = {};
	ASSERT_OK(nn_compile(p, &report));
	int fused = 0;
	for (int i = 0; i < p->n_nodes; i++)
		fused += p->nodes[i].alias;
	EXPECT_EQ(fused, 4); // three activations and the residual's addition
	EXPECT_LT(report.activation_bytes, 0.75 * (double)report.activation_bytes_unplanned);
	// enc1 8*9 + 16, enc2 16*8*16 + 32, res 16*16*9 + 32, dec1 8*16*9 + 16, head 3*16*9 + 3
	EXPECT_EQ(report.parameters, 72 + 16 + 2048 + 32 + 2304 + 32 + 1152 + 16 + 432 + 3);
	EXPECT_EQ(report.parameter_bytes, (size_t)report.parameters * 8); // values and gradients
}

TEST(Program, PredictionNeedsLittleMemory)
{
	Net net("cpu");
	struct nn_program *p = nn_program_new(net.nn, "chain");
	int y = nn_input(p, "x", { 1, 16, 16, 4 });
	for (int i = 0; i < 20; i++)
		y = nn_act(p, nn_scale(p, y, 1.1), NN_ACT_TANH, 0);
	nn_keep(p, y);
	struct nn_report report = {};
	ASSERT_OK(nn_compile(p, &report));
	EXPECT_LE(report.activation_bytes, 4U * 16 * 16 * 4 * sizeof(float)); // input, output and two between
	EXPECT_EQ(report.activation_bytes_unplanned, 41U * 16 * 16 * 4 * sizeof(float));
}

TEST(Program, UnreadNodesAreNotComputed)
{
	Net net("ref");
	struct nn_program *p = nn_program_new(net.nn, "p");
	const int x = nn_input(p, "x", { 1, 4, 4, 1 });
	const struct nn_conv conv = Conv(1, 3, 1, 1);
	nn_conv(p, x, "unread", &conv);
	nn_keep(p, nn_scale(p, x, 2));
	ASSERT_OK(nn_compile(p, nullptr));
	EXPECT_FALSE(p->nodes[1].needed);
	const std::vector<float> in = Random(16, 1);
	ASSERT_OK(nn_set(p, x, in.data()));
	ASSERT_OK(nn_forward(p));
	EXPECT_EQ(Get(p, 2)[5], 2 * in[5]);
}

// A generator step and a discriminator step that reads the generator's image; D learns to tell, G learns to
// please.
TEST(Program, TwoProgramGan)
{
	for (const char *spec : { "cpu", "ref" }) {
		Net net(spec);
		const struct nn_shape in = { 2, 12, 12, 1 };
		struct nn_program *g = nn_program_new(net.nn, "g_step"),
				  *d = nn_program_new(net.nn, "d_step");
		const int x = nn_input(g, "x", in), t = nn_input(g, "t", in),
			  fake = SmallUNet(g, "G", x, 4, 1);
		nn_keep(g, fake);
		nn_loss_l1(g, "l1", fake, t, 1);
		nn_loss_lsgan(g, "adv", SmallPatchGan(g, "D", fake, 4), 1, 0.2);
		nn_freeze(g, "D.");
		nn_train(g, "G.", &kAdam);
		ASSERT_OK(nn_compile(g, nullptr));
		const int from = nn_from(d, g, fake), real = nn_input(d, "real", in);
		nn_keep(d, from);
		nn_loss_lsgan(d, "real", SmallPatchGan(d, "D", real, 4), 1, 0.5);
		nn_loss_lsgan(d, "fake", SmallPatchGan(d, "D", from, 4), 0, 0.5);
		nn_train(d, "D.", &kAdam);
		ASSERT_OK(nn_compile(d, nullptr));
		const std::vector<float> image = Random(Count(in), 1), target = Random(Count(in), 2);
		double first_l1 = 0, first_d = 0;
		for (int i = 0; i < 60; i++) {
			ASSERT_OK(nn_set(g, x, image.data()));
			ASSERT_OK(nn_set(g, t, target.data()));
			ASSERT_OK(nn_set(d, real, target.data()));
			const std::vector<double> d_before = net.Parameter("D.1.weight");
			ASSERT_OK(nn_step(g));
			EXPECT_EQ(d_before, net.Parameter("D.1.weight"));
			const std::vector<double> g_before = net.Parameter("G.enc1.weight");
			ASSERT_OK(nn_step(d));
			EXPECT_EQ(g_before, net.Parameter("G.enc1.weight"));
			EXPECT_EQ(Get(d, from), Get(g, fake));
			if (i == 0) {
				first_l1 = Loss(g, "l1");
				first_d = Loss(d);
			}
		}
		EXPECT_LT(Loss(g, "l1"), 0.7 * first_l1) << spec;
		EXPECT_LT(Loss(d), first_d) << spec;
	}
}

} // namespace

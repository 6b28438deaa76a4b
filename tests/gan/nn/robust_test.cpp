// Recomputation, reports, numbers that are not finite, memory that is not there.
#include "tests/gan/nn/toy.h"

#include <gmock/gmock.h>

namespace
{

using ::testing::HasSubstr;
const struct nn_adam kAdam = { 1e-2, 0.5, 0.999, 1e-8, 1e-2 };

struct Step {
	Net net;
	struct nn_program *p;
	int x;
	struct nn_report report = {};
	explicit Step(const char *spec, bool recompute) : net(spec), p(nn_program_new(net.nn, "step"))
	{
		x = nn_input(p, "x", { 2, 24, 20, 1 });
		int y = SmallUNet(p, "G", x, 4, 1);
		const struct nn_conv unit = Conv(4, 3, 1, 1, false, NN_PAD_REFLECT), head = Conv(1, 3, 1, 1, true);
		for (const std::string name : { "G.a", "G.b", "G.c", "G.d", "G.e" }) {
			y = nn_conv(p, y, name.c_str(), &unit);
			y = nn_act(p, nn_norm(p, y, (name + ".norm").c_str(), NN_NORM_INSTANCE, 1e-5), NN_ACT_RELU, 0);
		}
		y = nn_conv(p, y, "G.out", &head);
		nn_loss_l1(p, "l1", y, x, 10);
		nn_loss_lsgan(p, "adv", SmallPatchGan(p, "D", nn_cat(p, x, y), 4), 1, 1);
		nn_train(p, "", &kAdam);
		if (recompute)
			nn_recompute(p);
		EXPECT_OK(nn_compile(p, &report));
	}
	void Run(int64_t index)
	{
		Poison(p);
		ASSERT_OK(nn_set(p, x, Random(960, 300 + (uint64_t)index).data()));
		ASSERT_OK(nn_step(p));
	}
};

TEST(Recompute, SameBitsInLessMemory)
{
	for (const char *spec : { "cpu", "ref" }) {
		Step kept(spec, false), again(spec, true);
		EXPECT_EQ(kept.report.recomputed, 0);
		EXPECT_GT(again.report.recomputed, 8);
		EXPECT_LT((double)again.report.activation_bytes, 0.8 * (double)kept.report.activation_bytes) << spec;
		for (int i = 0; i < 4; i++) {
			kept.Run(i);
			again.Run(i);
			EXPECT_EQ(Loss(kept.p), Loss(again.p));
		}
		for (int i = 0; i < kept.net.nn->n_params; i++) {
			const std::string name = kept.net.nn->params[i]->name;
			EXPECT_EQ(kept.net.Parameter(name), again.net.Parameter(name)) << name;
			EXPECT_EQ(kept.net.Gradient(name), again.net.Gradient(name)) << name;
		}
	}
}

// No placement can be smaller than what is alive at once; ours is at most a tenth larger.
TEST(Report, ArenasAreTight)
{
	for (bool recompute : { false, true }) {
		Step s("cpu", recompute);
		EXPECT_GE(s.report.activation_bytes, s.report.activation_bytes_live);
		EXPECT_LE((double)s.report.activation_bytes, 1.1 * (double)s.report.activation_bytes_live);
	}
}

TEST(Report, CountsTheWorkOfAConvolution)
{
	Net net("ref");
	struct nn_program *p = nn_program_new(net.nn, "p");
	const struct nn_conv conv = Conv(5, 3, 2, 1), up = Conv(4, 2, 2, 0);
	const int x = nn_input(p, "x", { 2, 8, 6, 3 });
	const int y = nn_conv_transpose(p, nn_conv(p, x, "a", &conv), "b", &up);
	nn_loss_lsgan(p, "adv", y, 1, 1);
	struct nn_report r = {};
	ASSERT_OK(nn_compile(p, &r));
	const double a = 2.0 * 2 * 4 * 3 * 5 * 9 * 3, b = 2.0 * 2 * 4 * 3 * 5 * 4 * 4;
	EXPECT_EQ(r.flop_forward, a + b);
	EXPECT_EQ(r.flop_backward, a + 2 * b); // nobody wants the gradient of x
}

TEST(Report, ProfilePrintsEveryOperator)
{
	Step s("cpu", true);
	ASSERT_OK(nn_set(s.p, s.x, Random(960, 1).data()));
	FILE *file = tmpfile();
	ASSERT_NE(file, nullptr);
	ASSERT_OK(nn_profile(s.p, 2, file));
	std::string text((size_t)ftell(file), 0);
	rewind(file);
	ASSERT_EQ(fread(&text[0], 1, text.size(), file), text.size());
	fclose(file);
	for (const char *word : { "program step on cpu", "activations", "alive at once", "GFLOP forward", "convolution",
		     "norm", "pad", "update", "recomputed", "G.res.weight", "step " })
		EXPECT_THAT(text, HasSubstr(word));
	EXPECT_EQ(s.p->times, nullptr);
}

TEST(Finite, AStepNamesTheTensorAndChangesNothing)
{
	for (const char *spec : { "cpu", "ref" }) {
		Step s(spec, true);
		s.Run(0);
		const std::vector<double> before = s.net.Parameter("G.enc1.weight");
		std::vector<float> x = Random(960, 2);
		x[7] = NAN;
		ASSERT_OK(nn_set(s.p, s.x, x.data()));
		EXPECT_EQ(-1, nn_step(s.p));
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_STREQ("program step: not finite: input x (node 0, nn_input)", err_message());
		EXPECT_EQ(before, s.net.Parameter("G.enc1.weight"));
		std::vector<double> gamma = s.net.Parameter("G.res.norm.gamma");
		gamma[2] = INFINITY;
		s.net.Write("G.res.norm.gamma", gamma);
		ASSERT_OK(nn_set(s.p, s.x, Random(960, 3).data()));
		EXPECT_EQ(-1, nn_step(s.p));
		EXPECT_THAT(err_message(), HasSubstr("not finite: parameter G.res.norm.gamma"));
	}
}

TEST(Finite, AnOverflowIsNamedByItsNode)
{
	Step s("cpu", false);
	std::vector<double> weight = s.net.Parameter("G.dec1.weight");
	for (double &w : weight)
		w = 3e38;
	s.net.Write("G.dec1.weight", weight);
	ASSERT_OK(nn_set(s.p, s.x, Random(960, 3).data()));
	EXPECT_EQ(-1, nn_step(s.p));
	EXPECT_THAT(err_message(), HasSubstr("not finite: output of G.dec1.weight"));
	EXPECT_THAT(err_message(), HasSubstr("convolution"));
}

TEST(Memory, WhatIsMissingIsSaid)
{
	Net net("cpu");
	struct nn_program *p = nn_program_new(net.nn, "huge");
	nn_keep(p, nn_scale(p, nn_input(p, "x", { 64, 1 << 16, 1 << 16, 8 }), 2));
	EXPECT_EQ(-1, nn_compile(p, nullptr));
	EXPECT_EQ(EXIT_CODE_RESOURCE, err_code());
	for (const char *word : { "program huge: activations: ", "MiB needed on cpu", "MiB missing",
		     "a smaller batch or recompute needs less" })
		EXPECT_THAT(err_message(), HasSubstr(word));
	const std::string said = err_message();
	nn_recompute(p); // the plan has begun to change the nodes: another program must be built
	EXPECT_EQ(-1, nn_compile(p, nullptr));
	EXPECT_EQ(said, err_message());
	EXPECT_EQ(EXIT_CODE_RESOURCE, err_code());
	EXPECT_EQ(-1, nn_scale(p, 0, 2));
}

TEST(Memory, SizesBeyondAnyMemoryAreNamed)
{
	Net net("cpu");
	struct nn_program *p = nn_program_new(net.nn, "beyond");
	const int64_t big = (int64_t)1 << 31; // the product of all is 2^64: none left in 64 bits
	nn_keep(p, nn_resize(p, nn_input(p, "x", { 1, 2, 2, 4 }), big, big, NN_NEAREST));
	EXPECT_EQ(-1, nn_compile(p, nullptr));
	EXPECT_EQ(EXIT_CODE_RESOURCE, err_code());
	EXPECT_THAT(err_message(), HasSubstr("node 1 (resize): a tensor of 1x2147483648x2147483648x4 is beyond any memory"));
}

} // namespace

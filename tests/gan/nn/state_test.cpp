// Repeatability: same bits again, after export and import, and untouched frozen parts.
#include "tests/gan/nn/toy.h"

namespace
{

const struct nn_adam kAdam = { 1e-3, 0.5, 0.999, 1e-8, 1e-2 };

// A U-Net that learns a fixed random target, with a discriminator judged in the same program.
struct Trainer {
	Net net;
	struct nn_program *p;
	int x, target;
	explicit Trainer(const char *spec, uint64_t seed = 7, bool freeze = false)
	    : net(spec, seed), p(nn_program_new(net.nn, "step"))
	{
		x = nn_input(p, "x", { 2, 12, 10, 1 });
		target = nn_input(p, "target", { 2, 12, 10, 2 });
		const int y = SmallUNet(p, "G", x, 4, 2);
		nn_loss_l1(p, "l1", y, target, 10);
		nn_loss_lsgan(p, "adv", SmallPatchGan(p, "D", y, 4), 1, 1);
		if (freeze)
			nn_freeze(p, "D.");
		const char *trained = freeze ? "G." : "";
		nn_train(p, trained, &kAdam);
		nn_clip(p, trained, 0.5); // of a norm around 10
		nn_average(p, trained, 0.9);
		EXPECT_OK(nn_compile(p, nullptr));
		Poison(p);
	}
	void Step(int64_t index)
	{
		ASSERT_OK(nn_set(p, x, Random(240, 500 + (uint64_t)index).data()));
		ASSERT_OK(nn_set(p, target, Random(480, 900 + (uint64_t)index).data()));
		nn_set_learning_rate(p, 1e-3 / (double)(1 + index)); // as a schedule does
		ASSERT_OK(nn_step(p));
	}
	std::vector<double> Bits() const { return net.AllParameters(); }
};

TEST(State, TwentyStepsTwiceGiveTheSameBits)
{
	for (const char *spec : { "cpu", "ref" }) {
		Trainer a(spec), b(spec);
		const std::vector<double> start = a.Bits();
		for (int i = 0; i < 20; i++) {
			a.Step(i);
			Poison(b.p); // nothing survives from step to step but parameters and moments
			b.Step(i);
		}
		EXPECT_EQ(a.Bits(), b.Bits()) << spec;
		EXPECT_NE(a.Bits(), start) << spec;
	}
}

TEST(State, ExportAndImportContinueWithTheSameBits)
{
	for (const char *spec : { "cpu", "ref" }) {
		ScratchFolder scratch;
		const std::string path = scratch / "state.safetensors";
		Trainer whole(spec), first(spec), second(spec, 99);
		for (int i = 0; i < 6; i++)
			whole.Step(i);
		for (int i = 0; i < 3; i++)
			first.Step(i);
		struct safetensors out = {}, in = {};
		ASSERT_OK(nn_export(first.net.nn, &out, true));
		ASSERT_OK(safetensors_write(&out, path.c_str()));
		safetensors_free(&out);
		ASSERT_OK(safetensors_read(&in, path.c_str()));
		EXPECT_NE(first.Bits(), second.Bits());
		ASSERT_OK(nn_import(second.net.nn, &in, true));
		safetensors_free(&in);
		for (int i = 3; i < 6; i++)
			second.Step(i);
		EXPECT_EQ(whole.Bits(), second.Bits()) << spec;
		ASSERT_OK(nn_adopt_averages(whole.net.nn));
		ASSERT_OK(nn_adopt_averages(second.net.nn));
		EXPECT_EQ(whole.Bits(), second.Bits()) << spec;
	}
}

TEST(State, WeightsAreStoredAsOihw)
{
	Net net("cpu");
	struct nn_program *p = nn_program_new(net.nn, "p");
	const struct nn_conv conv = Conv(2, 3, 1, 1), up = Conv(4, 2, 2, 0);
	int y = nn_conv(p, nn_input(p, "x", { 1, 4, 4, 3 }), "c", &conv);
	nn_keep(p, nn_conv_transpose(p, y, "t", &up));
	ASSERT_OK(nn_compile(p, nullptr));
	struct safetensors s = {};
	ASSERT_OK(nn_export(net.nn, &s, false));
	const struct safetensors_entry *c = safetensors_find(&s, "net.c.weight"),
				       *t = safetensors_find(&s, "net.t.weight");
	ASSERT_NE(c, nullptr);
	ASSERT_NE(t, nullptr);
	EXPECT_EQ(std::vector<int64_t>(c->shape, c->shape + 4), (std::vector<int64_t>{ 2, 3, 3, 3 }));
	EXPECT_EQ(std::vector<int64_t>(t->shape, t->shape + 4), (std::vector<int64_t>{ 2, 4, 2, 2 }));
	const std::vector<double> memory = net.Parameter("c.weight"); // (o, kh, kw, i)
	for (int o = 0; o < 2; o++)
		for (int i = 0; i < 3; i++)
			for (int k = 0; k < 9; k++)
				EXPECT_EQ(((const float *)c->data)[(o * 3 + i) * 9 + k],
					memory[(o * 9 + k) * 3 + i]);
	safetensors_free(&s);
}

TEST(State, ImportRefusesAnotherNetwork)
{
	Trainer trainer("cpu");
	struct safetensors s = {};
	ASSERT_OK(nn_export(trainer.net.nn, &s, true));
	Net other("cpu");
	struct nn_program *p = nn_program_new(other.nn, "p");
	const struct nn_conv conv = Conv(5, 3, 1, 1);
	nn_keep(p, nn_conv(p, nn_input(p, "x", { 1, 8, 8, 1 }), "G.enc1", &conv));
	ASSERT_OK(nn_compile(p, nullptr));
	EXPECT_EQ(-1, nn_import(other.nn, &s, false));
	EXPECT_EQ(EXIT_CODE_MODEL, err_code());
	EXPECT_STREQ(
		"tensor 'net.G.enc1.weight' has another shape than the network's parameter", err_message());
	safetensors_free(&s);

	ASSERT_OK(nn_export(other.nn, &s, true));
	const std::vector<double> before = trainer.Bits();
	EXPECT_EQ(-1, nn_import(trainer.net.nn, &s, true));
	EXPECT_EQ(EXIT_CODE_MODEL, err_code());
	EXPECT_EQ(before, trainer.Bits()); // nothing half-read
	safetensors_free(&s);

	ASSERT_OK(nn_export(trainer.net.nn, &s, false)); // no optimiser state in it
	EXPECT_OK(nn_import(trainer.net.nn, &s, false));
	EXPECT_EQ(-1, nn_import(trainer.net.nn, &s, true));
	EXPECT_STREQ("tensor 'opt.m.G.enc1.weight' is missing", err_message());
	safetensors_free(&s);
}

TEST(State, ImportRefusesNumbersThatAreNotFinite)
{
	Trainer trainer("cpu");
	std::vector<double> gamma = trainer.net.Parameter("G.enc1.norm.gamma");
	gamma[1] = NAN;
	trainer.net.Write("G.enc1.norm.gamma", gamma);
	struct safetensors s = {};
	ASSERT_OK(nn_export(trainer.net.nn, &s, false));
	EXPECT_EQ(-1, nn_import(trainer.net.nn, &s, false));
	EXPECT_STREQ("tensor 'net.G.enc1.norm.gamma' holds a number that is not finite", err_message());
	safetensors_free(&s);
}

TEST(State, ImportRefusesADamagedStep)
{
	Trainer trainer("cpu");
	for (const char *step : { "99999999999999999999", "1000000000001", "-1", "4x", "" }) {
		struct safetensors s = {};
		ASSERT_OK(nn_export(trainer.net.nn, &s, true));
		free(s.meta[0]);
		free(s.meta[1]);
		s.n_meta = 0; // of its one text, step.step
		safetensors_add_meta(&s, "step.step", step);
		EXPECT_EQ(-1, nn_import(trainer.net.nn, &s, true)) << step;
		EXPECT_STREQ("metadata 'step.step' is missing or no number", err_message()) << step;
		EXPECT_EQ(trainer.p->step, 0);
		safetensors_free(&s);
	}
}

TEST(State, FrozenParametersStay)
{
	Trainer t("cpu", 7, true);
	const std::vector<double> d = t.net.Parameter("D.1.weight"), g = t.net.Parameter("G.enc1.weight");
	for (int i = 0; i < 3; i++)
		t.Step(i);
	EXPECT_EQ(d, t.net.Parameter("D.1.weight"));
	EXPECT_NE(g, t.net.Parameter("G.enc1.weight"));
	double one;
	EXPECT_EQ(-1, nn_gradient_read(t.net.nn, "D.1.weight", &one)); // none was ever computed
}

TEST(State, ParametersDependOnSeedAndNameOnly)
{
	Net a("cpu", 3), b("ref", 3), c("cpu", 4);
	for (Net *net : { &a, &b, &c }) {
		struct nn_program *p = nn_program_new(net->nn, "p");
		const int x = nn_input(p, "x", { 1, 4, 4, 3 });
		const struct nn_conv conv = Conv(64, 5, 1, 2, true);
		if (net == &b) // another order
			nn_conv(p, x, "second", &conv);
		nn_conv(p, x, "first", &conv);
		nn_conv(p, x, "second", &conv);
	}
	EXPECT_EQ(a.Parameter("first.bias"), std::vector<double>(64, 0.0));
	const std::vector<double> first = a.Parameter("first.weight"), same = b.Parameter("first.weight");
	EXPECT_TRUE(AllClose(first.data(), same.data(), same.size(), 0, 1e-7)); // float against double
	EXPECT_NE(first, c.Parameter("first.weight"));
	EXPECT_NE(first, a.Parameter("second.weight"));
	double sum = 0, square = 0;
	for (double v : first) {
		sum += v;
		square += v * v;
	}
	const double n = (double)first.size(), sd = std::sqrt(2 / 75.0); // HE, fan-in 3 * 5 * 5
	EXPECT_NEAR(sum / n, 0, 4 * sd / std::sqrt(n));
	EXPECT_NEAR(std::sqrt(square / n), sd, 4 * sd / std::sqrt(2 * n));
}

} // namespace

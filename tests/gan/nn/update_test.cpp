// The optimiser: one launch a train group, clipping by the global norm, moving averages.
#include "tests/gan/nn/toy.h"

#include <gmock/gmock.h>

namespace
{

const struct nn_adam kAdam = { 1e-2, 0.5, 0.999, 1e-8, 1e-2 };

struct Learner {
	Net net;
	struct nn_program *p;
	int x;
	explicit Learner(const char *spec) : net(spec), p(nn_program_new(net.nn, "step"))
	{
		x = nn_input(p, "x", { 2, 12, 10, 1 });
		const int y = SmallUNet(p, "G", x, 4, 1);
		nn_loss_l1(p, "l1", y, x, 10);
		nn_loss_lsgan(p, "adv", SmallPatchGan(p, "D", y, 4), 1, 1);
		nn_freeze(p, "D.");
		nn_train(p, "G.", &kAdam);
	}
	void Step(int64_t index)
	{
		ASSERT_OK(nn_set(p, x, Random(240, 500 + (uint64_t)index).data()));
		ASSERT_OK(nn_step(p));
	}
	std::vector<std::string> Trained() const
	{
		std::vector<std::string> names;
		for (int i = 0; i < net.nn->n_params; i++)
			if (net.nn->params[i]->name[0] == 'G')
				names.push_back(net.nn->params[i]->name);
		return names;
	}
	// A block of optimiser state as it would be saved.
	std::vector<double> Saved(const std::string &entry)
	{
		struct safetensors s = {};
		EXPECT_OK(nn_export(net.nn, &s, true));
		const struct safetensors_entry *e = safetensors_find(&s, entry.c_str());
		std::vector<double> values;
		for (int64_t i = 0; e && i < nn_parameter_count(net.nn, entry.substr(entry.find("G.")).c_str()); i++)
			values.push_back(e->type == SAFETENSORS_F64 ? ((const double *)e->data)[i] :
								      (double)((const float *)e->data)[i]);
		safetensors_free(&s);
		return values;
	}
};

TEST(Update, ATrainGroupIsOneRun)
{
	Learner l("cpu");
	ASSERT_OK(nn_compile(l.p, nullptr));
	ASSERT_EQ(l.p->n_updates, 1);
	int64_t room = 0;
	for (const std::string &name : l.Trained())
		room += (nn_parameter_count(l.net.nn, name.c_str()) + NN_ALIGN - 1) / NN_ALIGN * NN_ALIGN;
	EXPECT_EQ(l.p->updates[0].run.count, room);
	for (int i = 0; i < 3; i++)
		l.Step(i);
	// Each parameter lies inside; the gaps between them stay zero.
	const struct nn_bank *bank = l.p->updates[0].run.bank;
	std::vector<float> values((size_t)room);
	ASSERT_OK(memory_read(values.data(), &bank->value, 0, values.size() * sizeof(float)));
	for (const std::string &name : l.Trained()) {
		const struct nn_param *param = param_find(l.net.nn, name.c_str());
		ASSERT_EQ(param->bank, bank);
		std::fill_n(values.begin() + param->first, param->count, 0.0F);
	}
	EXPECT_EQ(values, std::vector<float>((size_t)room, 0.0F));
}

TEST(Update, ClipsByTheGlobalNorm)
{
	for (const char *spec : { "cpu", "ref" }) {
		Learner free(spec), clipped(spec);
		const double largest = 0.25;
		nn_clip(clipped.p, "G.", largest);
		ASSERT_OK(nn_compile(free.p, nullptr));
		ASSERT_OK(nn_compile(clipped.p, nullptr));
		free.Step(0);
		clipped.Step(0);
		double square = 0, norm = 0;
		for (const std::string &name : free.Trained())
			for (double g : free.net.Gradient(name))
				square += g * g;
		ASSERT_OK(nn_gradient_norm(clipped.p, "G.", &norm));
		const double tolerance = std::string(spec) == "ref" ? 1e-12 : 1e-6;
		EXPECT_NEAR(norm, std::sqrt(square), tolerance * norm) << spec;
		ASSERT_GT(norm, largest);
		// The first moment after one step is (1 - beta1) times the gradient that was used.
		double used = 0;
		for (const std::string &name : free.Trained())
			for (double m : clipped.Saved("opt.m." + name))
				used += m * m / (0.5 * 0.5);
		EXPECT_NEAR(std::sqrt(used), largest, 1e-5 * largest) << spec;
	}
}

TEST(Update, ALargeLimitChangesNothing)
{
	Learner free("cpu"), clipped("cpu");
	nn_clip(clipped.p, "G.", 1e6);
	ASSERT_OK(nn_compile(free.p, nullptr));
	ASSERT_OK(nn_compile(clipped.p, nullptr));
	for (int i = 0; i < 3; i++) {
		free.Step(i);
		clipped.Step(i);
	}
	for (const std::string &name : free.Trained())
		EXPECT_EQ(free.net.Parameter(name), clipped.net.Parameter(name));
}

TEST(Update, AveragesFollowTheParameters)
{
	const double decay = 0.3; // reached at step 4: 4 / 13 > 0.3
	Learner l("ref");
	nn_average(l.p, "G.", decay);
	ASSERT_OK(nn_compile(l.p, nullptr));
	const std::string name = "G.enc1.norm.gamma";
	std::vector<double> average = l.net.Parameter(name);
	for (int t = 1; t <= 6; t++) {
		l.Step(t);
		const std::vector<double> now = l.net.Parameter(name);
		const double keep = std::min(decay, t / (9.0 + t));
		for (size_t i = 0; i < now.size(); i++)
			average[i] = keep * average[i] + (1 - keep) * now[i];
	}
	const std::vector<double> saved = l.Saved("ema." + name), last = l.net.Parameter(name);
	EXPECT_TRUE(AllClose(saved.data(), average.data(), average.size(), 1e-14, 1e-13));
	EXPECT_NE(saved, last);
	ASSERT_OK(nn_adopt_averages(l.net.nn));
	EXPECT_EQ(l.net.Parameter(name), saved);
	EXPECT_TRUE(l.Saved("ema.D.1.weight").empty()); // frozen: none is kept
}

TEST(Update, RefusesOptionsWithoutTraining)
{
	Learner l("cpu");
	nn_clip(l.p, "D.", 1);
	EXPECT_EQ(-1, nn_compile(l.p, nullptr));
	EXPECT_THAT(err_message(), ::testing::HasSubstr("nn_clip: no nn_train() of 'D.' before it"));
	Learner m("cpu"), n("cpu");
	nn_clip(m.p, "G.", NAN);
	EXPECT_EQ(-1, nn_compile(m.p, nullptr));
	nn_average(n.p, "G.", 1);
	EXPECT_EQ(-1, nn_compile(n.p, nullptr));
	EXPECT_THAT(err_message(), ::testing::HasSubstr("nn_average G.: decay 1"));
}

} // namespace

// Dropout: a pure function of seed, draw and optimiser step.
#include "tests/gan/nn/gradient_check.h"
#include "tests/gan/nn/parity_check.h"

#include <algorithm>
#include <csignal>
#include <gmock/gmock.h>
#include <omp.h>
#include <sys/wait.h>
#include <unistd.h>

namespace
{

TEST(Operators, DropoutIsAFunctionOfSeedAndDraw)
{
	const struct nn_shape s = { 1, 50, 50, 4 };
	auto draw = [&](uint64_t seed, uint64_t number, bool evaluate, bool always) {
		Net net("cpu", seed);
		struct nn_program *p = nn_program_new(net.nn, "p");
		if (evaluate)
			nn_evaluate(p);
		const int x = nn_input(p, "x", s), y = nn_scale(p, nn_dropout(p, x, 0.2, always), 1);
		nn_keep(p, y);
		EXPECT_OK(nn_compile(p, nullptr));
		EXPECT_OK(nn_set(p, x, std::vector<float>((size_t)Count(s), 1).data()));
		nn_set_draw(p, number);
		EXPECT_OK(nn_forward(p));
		return Get(p, y);
	};
	const std::vector<float> first = draw(1, 5, false, false);
	EXPECT_EQ(first, draw(1, 5, false, false));
	EXPECT_EQ(first, draw(1, 5, true, true));
	EXPECT_NE(first, draw(1, 6, false, false));
	EXPECT_NE(first, draw(2, 5, false, false));
	EXPECT_EQ(draw(1, 5, true, false), std::vector<float>((size_t)Count(s), 1));
	const double n = (double)Count(s), dropped = (double)std::count(first.begin(), first.end(), 0.0F);
	EXPECT_EQ((double)std::count(first.begin(), first.end(), 1.25F), n - dropped);
	EXPECT_NEAR(dropped / n, 0.2, 4 * std::sqrt(0.16 / n));
	// neighbours are dropped independently
	double both = 0;
	for (size_t i = 1; i < first.size(); i++)
		both += first[i] == 0 && first[i - 1] == 0;
	EXPECT_NEAR(both / n, 0.04, 5 * std::sqrt(0.04 / n));
}

TEST(Operators, DropoutMovesWithTheOptimisersSteps)
{
	std::vector<std::vector<float>> seen[2];
	for (std::vector<std::vector<float>> &outputs : seen) {
		Net net("cpu");
		struct nn_program *p = nn_program_new(net.nn, "p");
		const int x = nn_input(p, "x", { 1, 8, 8, 4 }), y = nn_dropout(p, x, 0.5, false);
		nn_keep(p, y);
		nn_loss_lsgan(p, "l", nn_channel_scale(p, y, "s", 1), 0, 1);
		const struct nn_adam adam = { 1e-3, 0.9, 0.99, 1e-8, 0 };
		nn_train(p, "", &adam);
		ASSERT_OK(nn_compile(p, nullptr));
		for (int i = 0; i < 3; i++) {
			ASSERT_OK(nn_set(p, x, Random(256, 1).data()));
			ASSERT_OK(nn_step(p));
			outputs.push_back(Get(p, y));
		}
		EXPECT_NE(outputs[0], outputs[1]);
		EXPECT_NE(outputs[1], outputs[2]);
	}
	EXPECT_EQ(seen[0], seen[1]);
}

// A network with dropout in two places that learns fixed random targets; its draws begin at 41.
struct Learner {
	Net net;
	struct nn_program *p;
	int x, target;
	explicit Learner(uint64_t seed = 7) : net("cpu", seed), p(nn_program_new(net.nn, "step"))
	{
		const struct nn_conv conv = Conv(6, 3, 1, 1, true), head = Conv(2, 1, 1, 0, true);
		const struct nn_adam adam = { 1e-2, 0.5, 0.999, 1e-8, 1e-2 };
		x = nn_input(p, "x", { 2, 8, 8, 2 });
		target = nn_input(p, "target", { 2, 8, 8, 2 });
		int y = nn_dropout(p, nn_act(p, nn_conv(p, x, "a", &conv), NN_ACT_RELU, 0), 0.3, false);
		y = nn_dropout(p, nn_norm(p, nn_conv(p, y, "b", &conv), "b.norm", NN_NORM_BATCH, 1e-5), 0.2, false);
		nn_loss_l2(p, "l2", nn_conv(p, y, "head", &head), target, 1);
		nn_train(p, "", &adam);
		EXPECT_OK(nn_compile(p, nullptr));
		nn_set_draw(p, 41);
		Poison(p);
	}
	void RunTo(int64_t step)
	{
		while (p->step < step) {
			ASSERT_OK(nn_set(p, x, Random(256, 500 + (uint64_t)p->step).data()));
			ASSERT_OK(nn_set(p, target, Random(256, 900 + (uint64_t)p->step).data()));
			ASSERT_OK(nn_step(p));
		}
	}
	std::vector<double> Bits() const { return net.AllParameters(); }
	int Save(const std::string &path)
	{
		struct safetensors s = {};
		int rc = nn_export(net.nn, &s, true);
		rc = rc == 0 ? safetensors_write(&s, path.c_str()) : rc;
		safetensors_free(&s);
		return rc;
	}
	int Load(const std::string &path)
	{
		struct safetensors s = {};
		int rc = safetensors_read(&s, path.c_str());
		rc = rc == 0 ? nn_import(net.nn, &s, true) : rc;
		safetensors_free(&s);
		return rc;
	}
};

TEST(Dropout, ResumingContinuesWithTheSameMasks)
{
	ScratchFolder scratch;
	const std::string path = scratch / "state.safetensors";
	Learner whole, first, second, other(8);
	whole.RunTo(8);
	first.RunTo(3);
	ASSERT_OK(first.Save(path));
	ASSERT_OK(second.Load(path));
	EXPECT_EQ(second.p->step, 3);
	second.RunTo(8);
	EXPECT_EQ(whole.Bits(), second.Bits());
	ASSERT_OK(other.Load(path)); // the same numbers under other masks: those of another seed
	other.RunTo(8);
	EXPECT_NE(whole.Bits(), other.Bits());
}

TEST(Dropout, KilledAndResumedIsUninterrupted)
{
	ScratchFolder scratch;
	const std::string path = scratch / "state.safetensors";
	omp_set_num_threads(1); // a forked child must not wait for its parent's threads; bits depend on the count
	const pid_t child = fork();
	ASSERT_GE(child, 0);
	if (child == 0) { // saves after each step, and never comes to an end
		Learner learner;
		for (int64_t step = 1;; step = step < 30 ? step + 1 : step) {
			learner.RunTo(step);
			if (learner.Save(path) != 0)
				_exit(1);
		}
	}
	int64_t seen = 0;
	for (int i = 0; i < 10000 && seen < 5; i++) {
		Learner looker;
		if (FileExists(path) && looker.Load(path) == 0)
			seen = looker.p->step;
		err_clear();
		usleep(1000);
	}
	kill(child, SIGKILL);
	int status = 0;
	waitpid(child, &status, 0);
	ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	Learner whole, resumed;
	ASSERT_OK(resumed.Load(path));
	EXPECT_GE(resumed.p->step, 5);
	whole.RunTo(40);
	resumed.RunTo(40);
	EXPECT_EQ(whole.Bits(), resumed.Bits());
}

} // namespace

// Dropout: a pure function of seed, draw and optimiser step.
#include "tests/gan/nn/gradient_check.h"
#include "tests/gan/nn/parity_check.h"

#include <algorithm>
#include <gmock/gmock.h>

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

} // namespace

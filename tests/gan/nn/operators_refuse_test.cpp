// What the operators refuse, by name and reason.
#include "tests/gan/nn/gradient_check.h"
#include "tests/gan/nn/parity_check.h"

#include <algorithm>
#include <gmock/gmock.h>

namespace
{

struct Refused : ::testing::Test {
	Net net{ "cpu" };
	struct nn_program *p = nn_program_new(net.nn, "bad");
	int x = nn_input(p, "x", { 2, 6, 6, 4 });
	void ExpectError(int handle, const char *message)
	{
		EXPECT_EQ(-1, handle);
		EXPECT_EQ(-1, nn_compile(p, nullptr));
		EXPECT_EQ(EXIT_CODE_INVALID, err_code());
		EXPECT_THAT(err_message(), ::testing::HasSubstr(message));
	}
};

TEST_F(Refused, Groups)
{
	ExpectError(nn_norm_group(p, x, "n", 3, 1e-5), "norm n: 4 channels do not make such groups");
}
TEST_F(Refused, Product)
{
	ExpectError(nn_mul(p, x, nn_slice(p, x, 0, 2)), "multiply: shapes 2x6x6x4 and 2x6x6x2");
}
TEST_F(Refused, Pool)
{
	ExpectError(nn_pool(p, x, NN_POOL_MAX, 2, 2, 2), "pool of kernel 2, stride 2 and pad 2 of a 6x6 image");
}
TEST_F(Refused, Dropout)
{
	ExpectError(nn_dropout(p, x, 1, false), "dropout: probability 1");
}
TEST_F(Refused, Weights)
{
	ExpectError(nn_loss_weights(p, nn_loss_lsgan(p, "l", x, 0, 1), x), "loss l: one weight for each of 2 samples");
}
TEST_F(Refused, WeightsOfAnImageLoss)
{
	const int w = nn_input(p, "w", { 2, 1, 1, 1 });
	ExpectError(nn_loss_weights(p, nn_loss_intensity_sum(p, "l", x, x, 1), w), "loss l: this kind takes no weights");
}
TEST_F(Refused, GradientByATarget)
{
	nn_input_gradient(p, x);
	nn_loss_cross_entropy(p, "l", x, nn_act(p, x, NN_ACT_SIGMOID, 0), 1);
	ExpectError(-1, "loss l has no gradient by its input 2");
}
TEST_F(Refused, Evaluation)
{
	nn_keep(p, nn_scale(p, x, 2));
	ASSERT_OK(nn_compile(p, nullptr));
	nn_evaluate(p);
	EXPECT_THAT(p->error, ::testing::HasSubstr("nn_evaluate after nn_compile()"));
}

} // namespace

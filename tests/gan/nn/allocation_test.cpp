// A step allocates nothing.  This file replaces the two allocators our code uses by counting ones; sanitizers
// bring their own, so there the test is left out.
#if !defined(__SANITIZE_ADDRESS__)
#include "tests/gan/nn/toy.h"

#include <malloc.h>

extern "C" void *__libc_realloc(void *block, size_t bytes);

static int allocations;

extern "C" void *aligned_alloc(size_t alignment, size_t bytes) noexcept
{
	allocations++;
	return memalign(alignment, bytes);
}

extern "C" void *realloc(void *block, size_t bytes) noexcept
{
	allocations++;
	return __libc_realloc(block, bytes);
}

namespace
{

TEST(Allocation, NoneInAStep)
{
	for (const char *spec : { "cpu", "ref" }) {
		allocations = 0;
		Net net(spec);
		struct nn_program *p = nn_program_new(net.nn, "step");
		const struct nn_shape s = { 2, 12, 10, 2 };
		const int x = nn_input(p, "x", s), unet = SmallUNet(p, "G", x, 4, 2);
		const struct nn_attention attention = { 2, 4, 1 };
		const int qkv = nn_dense(p, unet, "qkv", 12, true, NN_INIT_HE);
		const int y = nn_dense(p, nn_attention(p, qkv, &attention), "out", 2, true, NN_INIT_HE);
		const struct nn_adam adam = { 1e-3, 0.5, 0.999, 1e-8, 1e-2 };
		nn_loss_l1(p, "l1", y, x, 10);
		nn_loss_gradient_correlation(p, "gc", y, x, 1);
		nn_loss_intensity_sum(p, "sum", y, x, 1);
		nn_loss_lsgan(p, "adv", SmallPatchGan(p, "D", y, 4), 1, 1);
		nn_train(p, "", &adam);
		nn_clip(p, "", 1);
		nn_average(p, "", 0.99);
		nn_recompute(p);
		ASSERT_OK(nn_compile(p, nullptr));
		EXPECT_GT(allocations, 10) << "the counters do not count";
		const std::vector<float> values = Random(Count(s), 1);
		for (int i = 0; i < 4; i++) {
			if (i == 1) // the threads' own library sets itself up in the first step
				allocations = 0;
			ASSERT_OK(nn_set(p, x, values.data()));
			ASSERT_OK(nn_step(p));
			nn_set_learning_rate(p, 1e-4);
		}
		EXPECT_EQ(allocations, 0) << spec;
	}
}

} // namespace
#endif

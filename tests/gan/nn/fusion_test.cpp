// Activations, addition and pad fused into the norm: the same bits as one by one.
#include "tests/gan/nn/gradient_check.h"

namespace
{

const struct nn_adam kAdam = { 1e-2, 0.5, 0.999, 1e-8, 0 };

// Two residual blocks with padded convolutions.  A kept tensor is nobody's private one and hinders fusion.
struct Blocks {
	Net net;
	struct nn_program *p;
	int x;
	struct nn_report report = {};
	Blocks(const char *spec, bool fused, bool recompute = false) : net(spec), p(nn_program_new(net.nn, "step"))
	{
		const struct nn_conv conv = Conv(5, 3, 1, 1, false, NN_PAD_REFLECT), wide = Conv(3, 5, 1, 2, true, NN_PAD_REFLECT);
		x = nn_input(p, "x", { 2, 7, 9, 2 });
		int y = Unit(x, "stem", conv, fused, true);
		for (const std::string name : { "three", "four" }) { // as ResNet has them: the activation behind the sum
			const int z = Unit(y, name, conv, fused, name == "four");
			y = nn_act(p, nn_add(p, y, z), name == "four" ? NN_ACT_LEAKY : NN_ACT_RELU, 0.3);
			if (!fused) {
				nn_keep(p, p->nodes[y].in[0]);
				nn_keep(p, y);
			}
		}
		for (const std::string name : { "one", "two" }) {
			int z = Unit(y, name + ".a", conv, fused, true);
			z = Unit(z, name + ".b", conv, fused, false);
			y = nn_add(p, y, z);
			if (!fused)
				nn_keep(p, y);
		}
		y = nn_conv(p, y, "head", &wide); // the last sum has one reader: addition and pad are both fused
		nn_loss_lsgan(p, "loss", y, 1, 1);
		nn_input_gradient(p, x);
		nn_train(p, "", &kAdam);
		if (recompute)
			nn_recompute(p);
		EXPECT_OK(nn_compile(p, &report));
	}
	int Unit(int t, const std::string &name, const struct nn_conv &conv, bool fused, bool act)
	{
		t = nn_norm(p, nn_conv(p, t, name.c_str(), &conv), (name + ".norm").c_str(), NN_NORM_INSTANCE, 1e-5);
		if (!fused)
			nn_keep(p, t);
		t = act ? nn_act(p, t, NN_ACT_LEAKY, 0.2) : t;
		if (!fused)
			nn_keep(p, t);
		return t;
	}
	int Fused() const
	{
		int n = 0;
		for (int i = 0; i < p->n_nodes; i++)
			n += p->nodes[i].alias;
		return n;
	}
};

TEST(Fusion, SameBitsAsOneByOne)
{
	for (const char *spec : { "cpu", "ref" })
		for (bool recompute : { false, true }) {
			Blocks apart(spec, false), fused(spec, true, recompute);
			EXPECT_EQ(apart.Fused(), 0);
			EXPECT_EQ(fused.Fused(), 4 + 4 + 2 + 3); // activations; sums; those behind sums; pads of one.b, two.b and head
			EXPECT_LT(fused.report.activation_bytes, apart.report.activation_bytes);
			for (int i = 0; i < 3; i++)
				for (Blocks *b : { &apart, &fused }) {
					Poison(b->p);
					ASSERT_OK(nn_set(b->p, b->x, Random(252, 40 + (uint64_t)i).data()));
					ASSERT_OK(nn_step(b->p));
				}
			EXPECT_EQ(Loss(apart.p), Loss(fused.p));
			for (int i = 0; i < apart.net.nn->n_params; i++) {
				const std::string name = apart.net.nn->params[i]->name;
				EXPECT_EQ(apart.net.Gradient(name), fused.net.Gradient(name)) << name;
				EXPECT_EQ(apart.net.Parameter(name), fused.net.Parameter(name)) << name;
			}
		}
}

// A sum whose other part comes later than the norm, a norm added to itself, and a detached norm stay as they are.
TEST(Fusion, LeavesWhatItCannotFuse)
{
	Net net("ref");
	struct nn_program *p = nn_program_new(net.nn, "p");
	const int x = nn_input(p, "x", { 1, 6, 6, 2 });
	const int a = nn_norm(p, x, "a", NN_NORM_INSTANCE, 1e-5), late = nn_scale(p, x, 3);
	const int b = nn_norm(p, late, "b", NN_NORM_INSTANCE, 1e-5), c = nn_norm(p, x, "c", NN_NORM_INSTANCE, 1e-5);
	const int first = nn_add(p, a, late), twice = nn_add(p, b, b), pad = nn_pad_reflect(p, nn_detach(p, c), 1);
	for (int t : { first, twice, pad })
		nn_keep(p, t);
	ASSERT_OK(nn_compile(p, nullptr));
	EXPECT_FALSE(p->nodes[first].alias || p->nodes[twice].alias || p->nodes[pad].alias);
	ASSERT_OK(nn_set(p, x, Random(72, 5).data()));
	ASSERT_OK(nn_forward(p));
	const std::vector<float> sum = Get(p, twice);
	double total = 0;
	for (float v : sum)
		total += v;
	EXPECT_NEAR(total, 0, 1e-5); // each channel of a norm sums to 0
}

// Two images resized and one as it is, joined; what else reads or keeps a resized one hinders that it is written in place.
struct Joined {
	Net net;
	struct nn_program *p;
	int x, y;
	struct nn_report report = {};
	Joined(const char *spec, bool in_place, bool frozen, bool recompute = false) : net(spec), p(nn_program_new(net.nn, "step"))
	{
		const struct nn_conv conv = Conv(5, 3, 1, 1), down = Conv(3, 4, 4, 0);
		x = nn_input(p, "x", { 2, 8, 12, 2 });
		const int small = nn_conv(p, x, "small", &down), a = nn_resize(p, small, 8, 12, NN_BILINEAR),
			  b = nn_resize(p, nn_act(p, small, NN_ACT_TANH, 0), 8, 12, NN_NEAREST), all[] = { x, a, b };
		if (!in_place) {
			nn_keep(p, a);
			nn_keep(p, b);
		}
		y = nn_cat_all(p, 3, all);
		nn_keep(p, y);
		nn_loss_lsgan(p, "loss", nn_add(p, nn_conv(p, y, "one", &conv), nn_conv(p, y, "two", &conv)), 1, 1);
		nn_train(p, "", &kAdam);
		if (frozen)
			nn_freeze(p, "small");
		else
			nn_input_gradient(p, x);
		if (recompute)
			nn_recompute(p);
		EXPECT_OK(nn_compile(p, &report));
	}
	int Parts() const
	{
		int n = 0;
		for (int i = 0; i < p->n_nodes; i++)
			n += p->nodes[i].part;
		return n;
	}
};

TEST(Fusion, ResizedIntoTheCat)
{
	for (const char *spec : { "cpu", "ref" })
		for (bool frozen : { false, true }) {
			Joined apart(spec, false, frozen), fused(spec, true, frozen), again(spec, true, frozen, true);
			EXPECT_EQ(apart.Parts(), 0);
			EXPECT_EQ(fused.Parts(), 2);
			EXPECT_EQ(again.Parts(), 0);
			EXPECT_LT(fused.report.activation_bytes, apart.report.activation_bytes);
			for (int i = 0; i < 3; i++)
				for (Joined *j : { &apart, &fused, &again }) {
					Poison(j->p);
					ASSERT_OK(nn_set(j->p, j->x, Random(384, 40 + (uint64_t)i).data()));
					ASSERT_OK(nn_step(j->p));
					ASSERT_OK(nn_check_finite(j->p));
				}
			for (Joined *j : { &fused, &again }) {
				EXPECT_EQ(Get(apart.p, apart.y), Get(j->p, j->y));
				EXPECT_EQ(Loss(apart.p), Loss(j->p));
				for (int i = 0; i < apart.net.nn->n_params; i++) {
					const std::string name = apart.net.nn->params[i]->name;
					EXPECT_EQ(apart.net.Parameter(name), j->net.Parameter(name)) << name;
				}
			}
		}
}

// x + norm(x), and the norm of a fused activation added to that activation: one tensor gets its gradient by both ways.
TEST(Fusion, SumWithTheNormsOwnInput)
{
	const struct nn_shape s = { 2, 5, 4, 3 };
	for (int order = 0; order < 2; order++)
		CheckOperator(s, [&](struct nn_program *p, int x) {
			const int n = nn_norm(p, x, "n", NN_NORM_INSTANCE, 1e-5);
			return order == 0 ? nn_add(p, x, n) : nn_add(p, n, x);
		});
	CheckOperator(s, [](struct nn_program *p, int x) {
		const int a = nn_act(p, nn_norm(p, x, "a", NN_NORM_INSTANCE, 1e-5), NN_ACT_LEAKY, 0.2);
		return nn_pad_reflect(p, nn_add(p, a, nn_norm(p, a, "b", NN_NORM_BATCH, 1e-5)), 1);
	});
}

// What is fused into a norm, or detached, is kept as itself: recomputation must not move it.
TEST(Fusion, KeptActivationOfARecomputedNorm)
{
	std::vector<std::vector<float>> seen;
	for (bool recompute : { false, true }) {
		Net net("cpu");
		struct nn_program *p = nn_program_new(net.nn, "p");
		const struct nn_conv conv = Conv(3, 3, 1, 1);
		const int x = nn_input(p, "x", { 2, 6, 6, 3 });
		const int y = nn_act(p, nn_norm(p, nn_conv(p, x, "c", &conv), "n", NN_NORM_INSTANCE, 1e-5), NN_ACT_RELU, 0);
		const int d = nn_detach(p, nn_act(p, nn_conv(p, y, "d", &conv), NN_ACT_TANH, 0));
		nn_keep(p, y);
		nn_keep(p, d);
		nn_loss_lsgan(p, "l", nn_conv(p, nn_add(p, nn_conv(p, y, "e", &conv), d), "f", &conv), 1, 1);
		if (recompute)
			nn_recompute(p);
		ASSERT_OK(nn_compile(p, nullptr));
		Poison(p);
		ASSERT_OK(nn_set(p, x, Random(216, 5).data()));
		ASSERT_OK(nn_step(p));
		seen.push_back(Get(p, y));
		seen.push_back(Get(p, d));
	}
	EXPECT_EQ(seen[0], seen[2]);
	EXPECT_EQ(seen[1], seen[3]);
}

} // namespace

// Random programs: with fusion, parts of a cat, sharing of memory and recomputation every value and gradient is that of the
// same program in which each tensor is kept, so that nothing is fused, shared or computed again.
#include "tests/gan/nn/toy.h"

#include <random>

namespace
{

enum Plan { APART, FUSED, RECOMPUTED };
const struct nn_shape kShape = { 2, 6, 6, 4 };

class RandomProgram
{
      public:
	Net net{ "ref" };
	struct nn_program *p = nn_program_new(net.nn, "random");
	int x;
	std::vector<int> tensors, kept, gradients; // gradients: the nn_input_gradient() handles

	RandomProgram(unsigned seed, Plan plan) : random_(seed)
	{
		const struct nn_adam adam = { 1e-2, 0.5, 0.999, 1, 0 }; // 1: rounding of a gradient of 0 stays small
		tensors.push_back(x = nn_input(p, "x", kShape));
		for (int k = 0; k < 12; k++)
			tensors.push_back(Next(std::to_string(k)));
		nn_loss_l2(p, "l2", tensors.back(), Pick(), 1);
		nn_loss_lsgan(p, "lsgan", nn_act(p, Pick(), NN_ACT_TANH, 0), 1, 1);
		Mark();
		const int n = p->n_nodes;
		for (int i = 0; plan == APART && i < n; i++)
			if (!p->nodes[i].op->loss && p->nodes[i].op != &op_gradient)
				nn_keep(p, i);
		nn_train(p, "", &adam);
		if (plan == RECOMPUTED)
			nn_recompute(p);
	}
	int Aliases() const
	{
		int n = 0;
		for (int i = 0; i < p->n_nodes; i++)
			n += (p->nodes[i].alias && p->nodes[i].op != &op_detach) || p->nodes[i].part;
		return n;
	}

      private:
	std::mt19937 random_;

	int Draw(int n)
	{
		return (int)(random_() % (unsigned)n);
	}
	int Pick() // rather a late one
	{
		const int n = (int)tensors.size();
		return tensors[(size_t)std::max(Draw(n), Draw(n))];
	}
	int Convolution(int t, const std::string &name, int64_t kernel, int64_t stride, int64_t pad, enum nn_pad mode)
	{
		const struct nn_conv conv = Conv(4, kernel, stride, pad, Draw(2) == 0, mode);
		return nn_conv(p, t, ("c" + name).c_str(), &conv);
	}
	int Norm(int t, const std::string &name)
	{
		const enum nn_norm kinds[] = { NN_NORM_INSTANCE, NN_NORM_BATCH, NN_NORM_LAYER };
		const int kind = Draw(5);
		return kind < 3 ? nn_norm(p, t, ("n" + name).c_str(), kinds[kind], 1e-2)
				: nn_norm_group(p, t, ("n" + name).c_str(), 2, 1e-2);
	}
	int Act(int t)
	{
		const enum nn_act kinds[] = { NN_ACT_LEAKY, NN_ACT_LEAKY, NN_ACT_TANH, NN_ACT_GELU };
		return nn_act(p, t, kinds[Draw(4)], 0.2);
	}
	int Next(const std::string &name)
	{
		const int t = Pick();
		switch (Draw(13)) {
		case 0:
			return Convolution(t, name, 3, 1, 1, NN_PAD_ZERO);
		case 1: // the pad may fuse
			return Convolution(Norm(t, name), name, 3, 1, 1, NN_PAD_REFLECT);
		case 2:
			return Norm(t, name);
		case 3:
			return Act(Norm(t, name));
		case 4:
			return Act(t);
		case 5:
			return nn_add(p, t, Norm(Pick(), name));
		case 6:
			return nn_add(p, Act(Norm(t, name)), Pick());
		case 7:
			return nn_add(p, t, Pick());
		case 8:
			return nn_detach(p, t);
		case 9:
			return nn_mul(p, t, nn_act(p, Pick(), NN_ACT_SIGMOID, 0));
		case 10: {
			const int up = nn_resize(p, Convolution(t, name, 2, 2, 0, NN_PAD_ZERO), 6, 6, NN_BILINEAR);
			return Convolution(nn_cat(p, Pick(), up), name + "j", 1, 1, 0, NN_PAD_ZERO);
		}
		case 11: {
			const int parts[] = { nn_slice(p, t, 1, 2), nn_resize(p, nn_slice(p, Pick(), 0, 2), 6, 6, NN_NEAREST) };
			return nn_cat_all(p, 2, parts);
		}
		default:
			return nn_resize(p, nn_pool_average(p, nn_scale(p, t, 1.5), 2), 6, 6, NN_BILINEAR);
		}
	}
	// The tensors a loss's gradient reaches.
	std::vector<bool> Reached() const
	{
		std::vector<bool> reached((size_t)p->n_nodes);
		for (int i = p->n_nodes - 1; i >= 0; i--) {
			const struct nn_node &node = p->nodes[i];
			for (int k = 0; k < node.n_in && node.op != &op_detach; k++)
				if (reached[(size_t)i] || node.op->loss)
					reached[(size_t)node.in[k]] = true;
		}
		return reached;
	}
	void Mark()
	{
		const std::vector<bool> reached = Reached();
		for (int t : tensors) {
			if (Draw(5) == 0)
				kept.push_back(t);
			if (reached[(size_t)t] && (t == x || Draw(8) == 0))
				gradients.push_back(nn_input_gradient(p, t));
		}
		for (int t : kept)
			nn_keep(p, t);
	}
};

// Everything a user can read after two steps.
std::vector<std::vector<double>> TwoSteps(RandomProgram &r)
{
	std::vector<std::vector<double>> seen;
	for (int step = 0; step < 2; step++) {
		Poison(r.p);
		EXPECT_OK(nn_set(r.p, r.x, Random(Count(kShape), 7 + (uint64_t)step).data()));
		EXPECT_OK(nn_step(r.p));
	}
	for (const std::vector<int> *handles : { &r.kept, &r.gradients })
		for (int t : *handles)
			seen.push_back(Wide(r.p, t));
	for (int i = 0; i < r.p->n_wanted; i++) {
		seen.push_back(r.net.Gradient(r.p->wanted[i]->name));
		seen.push_back(r.net.Parameter(r.p->wanted[i]->name));
	}
	seen.push_back({ Loss(r.p) });
	return seen;
}

// Some gradients are 0 but for rounding: those before a norm that removes them.
bool Near(const std::vector<double> &a, const std::vector<double> &b)
{
	return RelativeL2(a, b) <= 1e-9 || AllClose(a.data(), b.data(), b.size(), 1e-13, 0);
}

TEST(RandomProgram, PlansChangeNothing)
{
	int aliases = 0, again = 0, checked = 0;
	for (unsigned seed = 0; seed < 200; seed++) {
		RandomProgram apart(seed, APART), fused(seed, FUSED), recomputed(seed, RECOMPUTED);
		if (nn_compile(apart.p, nullptr) != 0) { // no loss depends on a parameter
			EXPECT_EQ(-1, nn_compile(fused.p, nullptr));
			continue;
		}
		struct nn_report report = {};
		ASSERT_OK(nn_compile(fused.p, nullptr));
		ASSERT_OK(nn_compile(recomputed.p, &report));
		ASSERT_EQ(0, apart.Aliases());
		aliases += fused.Aliases();
		again += (int)report.recomputed;
		checked++;
		const auto expected = TwoSteps(apart);
		for (RandomProgram *r : { &fused, &recomputed }) {
			const auto found = TwoSteps(*r);
			ASSERT_EQ(expected.size(), found.size());
			for (size_t i = 0; i < expected.size(); i++)
				ASSERT_TRUE(Near(found[i], expected[i]))
					<< "program " << seed << (r == &fused ? ", fused" : ", recomputed") << ", number " << i;
		}
	}
	EXPECT_GT(checked, 100);
	EXPECT_GT(aliases, 100);
	EXPECT_GT(again, 300);
}

} // namespace

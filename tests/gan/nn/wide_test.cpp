// Channels filled up with zeros: the same training, and the zeros stay zeros.
#include "gan/nn/wide.h"
#include "tests/gan/nn/toy.h"

namespace
{

const nn_adam kAdam = { 1e-2, 0.5, 0.999, 1e-8, 0.01 };
constexpr int64_t kMultiple = 8;

TEST(Wide, AddsAtMostAsManyChannelsAsThereAre)
{
	EXPECT_EQ(24, wide_channels(18, 8));
	EXPECT_EQ(40, wide_channels(36, 8));
	EXPECT_EQ(16, wide_channels(16, 8));
	EXPECT_EQ(8, wide_channels(4, 8));
	EXPECT_EQ(3, wide_channels(3, 8));
	EXPECT_EQ(18, wide_channels(18, 1));
}

// Two resolutions that exchange what they have, as HRNet's do, joined by a cat; every operator that may be wide.
struct Branches {
	Net net;
	struct nn_program *p;
	int x, y, x_gradient;
	Branches(const char *spec, int64_t multiple, enum nn_norm kind, bool evaluate = false) : net(spec), p(nullptr)
	{
		net.nn->wide = multiple;
		p = nn_program_new(net.nn, "step");
		if (evaluate)
			nn_evaluate(p);
		x = nn_input(p, "x", { 2, 8, 12, 3 });
		int a = Unit(x, "stem", Conv(18, 3, 1, 1), kind);
		int b = Unit(a, "down", Conv(5, 3, 2, 1, true), kind);
		for (const std::string name : { "one", "two" }) {
			const int other = Unit(nn_act(p, a, NN_ACT_GELU, 0), name + ".a", Conv(18, 3, 1, 1, true), kind);
			a = nn_act(p, nn_add(p, a, other), NN_ACT_LEAKY, 0.2);
			b = nn_add(p, b, Unit(b, name + ".b", Conv(5, 1, 1, 0), kind));
			const int up = nn_resize(p, Unit(b, name + ".up", Conv(18, 1, 1, 0), kind), 8, 12, NN_BILINEAR);
			const int low = nn_pool(p, Unit(a, name + ".low", Conv(5, 3, 1, 1), kind), NN_POOL_MAX, 2, 2, 0);
			a = nn_act(p, nn_add(p, a, nn_scale(p, up, 0.5)), NN_ACT_SILU, 0);
			b = nn_act(p, nn_add(p, b, low), NN_ACT_TANH, 0);
		}
		const struct nn_conv mirrored = Conv(12, 3, 1, 1, true, NN_PAD_REFLECT), own = With(Conv(6, 3, 1, 1), 6);
		const struct nn_conv up = Conv(6, 4, 2, 1, true), grouped = With(Conv(6, 3, 1, 1, true), 3);
		const int m = nn_conv(p, a, "mirrored", &mirrored), t = nn_conv_transpose(p, b, "t", &up);
		int joined = nn_cat(p, nn_cat(p, a, t), nn_cat(p, m, nn_resize(p, b, 8, 12, NN_NEAREST)));
		joined = nn_cat(p, joined, nn_conv(p, nn_conv(p, t, "own", &own), "grouped", &grouped));
		y = nn_dense(p, Unit(joined, "join", Conv(20, 1, 1, 0), kind), "head", 4, true, NN_INIT_HE);
		nn_keep(p, y);
		nn_loss_lsgan(p, "loss", y, 0.3, 1);
		x_gradient = nn_input_gradient(p, x);
		nn_train(p, "", &kAdam);
		EXPECT_OK(nn_compile(p, nullptr));
		Poison(p);
	}
	int Unit(int t, const std::string &name, const struct nn_conv &conv, enum nn_norm kind)
	{
		t = nn_conv(p, t, name.c_str(), &conv);
		return nn_act(p, nn_norm(p, t, (name + ".norm").c_str(), kind, 1e-5), NN_ACT_RELU, 0);
	}
	void Step(uint64_t i)
	{
		ASSERT_OK(nn_set(p, x, Random(2 * 8 * 12 * 3, 60 + i).data()));
		ASSERT_OK(nn_step(p));
	}
	std::vector<double> Outcome()
	{
		std::vector<double> all = net.AllParameters();
		for (int i = 0; i < net.nn->n_params; i++)
			if (!net.nn->params[i]->statistic)
				for (double g : net.Gradient(net.nn->params[i]->name))
					all.push_back(g);
		for (int t : { y, x_gradient })
			for (double v : Wide(p, t))
				all.push_back(v);
		return all;
	}
	int WideTensors() const
	{
		int n = 0;
		for (int i = 0; i < p->n_nodes; i++)
			n += p->nodes[i].shape.c != nn_channels(&p->nodes[i]);
		return n;
	}
};

void ExpectZerosBeyond(const struct nn *nn)
{
	for (int i = 0; i < nn->n_params; i++) {
		const struct nn_param *param = nn->params[i];
		std::vector<double> values((size_t)param->count), stored((size_t)param->room);
		const struct memory *const blocks[] = { &param->value, &param->gradient, &param->m, &param->v };
		for (const struct memory *block : blocks) {
			if (!block->data)
				continue;
			std::vector<double> all((size_t)param->room);
			for (size_t k = 0; k < all.size(); k++)
				all[k] = nn->device->elem == DEVICE_F64 ? ((const double *)block->data)[k]
									: (double)((const float *)block->data)[k];
			ASSERT_OK(param_read(nn, param, block, values.data()));
			wide_expand(param, stored.data(), values.data());
			EXPECT_EQ(stored, all) << param->name;
		}
	}
}

TEST(Wide, TrainsAsIfNothingWereAdded)
{
	for (enum nn_norm kind : { NN_NORM_BATCH, NN_NORM_INSTANCE })
		for (const char *spec : { "ref", "cpu" }) {
			Branches plain(spec, 1, kind), wide(spec, kMultiple, kind);
			EXPECT_EQ(0, plain.WideTensors());
			EXPECT_GT(wide.WideTensors(), 40);
			EXPECT_GT(param_find(wide.net.nn, "one.a.weight")->room, param_find(plain.net.nn, "one.a.weight")->room);
			EXPECT_EQ(18 * 3 * 3 * 18, nn_parameter_count(wide.net.nn, "one.a.weight"));
			for (uint64_t i = 0; i < 3; i++) {
				plain.Step(i);
				wide.Step(i);
			}
			if (plain.net.device.elem == DEVICE_F64)
				EXPECT_EQ(plain.Outcome(), wide.Outcome());
			else
				EXPECT_LE(RelativeL2(plain.Outcome(), wide.Outcome()), 1e-4);
			ExpectZerosBeyond(wide.net.nn);
		}
}

TEST(Wide, StateLeavesAndComesBackAsItIs)
{
	Branches plain("ref", 1, NN_NORM_BATCH), wide("ref", kMultiple, NN_NORM_BATCH), back("ref", kMultiple, NN_NORM_BATCH);
	for (uint64_t i = 0; i < 2; i++) {
		plain.Step(i);
		wide.Step(i);
	}
	struct safetensors s = {};
	ASSERT_OK(nn_export(plain.net.nn, &s, true));
	ASSERT_OK(nn_import(back.net.nn, &s, true));
	safetensors_free(&s);
	back.Step(2);
	wide.Step(2);
	EXPECT_EQ(wide.Outcome(), back.Outcome());
	ExpectZerosBeyond(back.net.nn);
	Branches predicts("ref", kMultiple, NN_NORM_BATCH, true), alike("ref", 1, NN_NORM_BATCH, true);
	predicts.Step(0);
	alike.Step(0);
	EXPECT_EQ(alike.Outcome(), predicts.Outcome());
}

// What is kept, and what an operator of a shape of its own reads, has the channels that a reader expects.
TEST(Wide, ShapesAreTheReaders)
{
	Branches wide("ref", kMultiple, NN_NORM_BATCH);
	for (int i = 0; i < wide.p->n_nodes; i++)
		EXPECT_EQ(wide.p->nodes[i].op->loss ? 0 : nn_channels(&wide.p->nodes[i]), nn_shape_of(wide.p, i).c);
	EXPECT_EQ(4, wide.p->nodes[wide.y].shape.c);
	EXPECT_EQ(3, wide.p->nodes[wide.x].shape.c);
}

} // namespace

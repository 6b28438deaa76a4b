// A step allocates nothing, whatever operators it has.  This file replaces the C allocators by counting ones; sanitizers
// bring their own, so there the test is left out.
#if !defined(__SANITIZE_ADDRESS__)
#include "tests/gan/nn/toy.h"

#include <malloc.h>
#include <regex>
#include <set>

extern "C" {
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t n, size_t each);
void *__libc_realloc(void *block, size_t bytes);
}

static int ours, all; // what our code calls; with what libraries and the C++ runtime call

extern "C" void *aligned_alloc(size_t alignment, size_t bytes) noexcept
{
	ours++;
	all++;
	return memalign(alignment, bytes);
}

extern "C" void *realloc(void *block, size_t bytes) noexcept
{
	ours++;
	all++;
	return __libc_realloc(block, bytes);
}

extern "C" void *malloc(size_t bytes) noexcept
{
	all++;
	return __libc_malloc(bytes);
}

extern "C" void *calloc(size_t n, size_t each) noexcept
{
	all++;
	return __libc_calloc(n, each);
}

namespace
{

const struct nn_shape kImages = { 2, 12, 10, 6 }, kVolume = { 2, 8, 6, 6, 4 };

int Norms(struct nn_program *p, int x)
{
	x = nn_act(p, nn_norm(p, x, "N.instance", NN_NORM_INSTANCE, 1e-5), NN_ACT_LEAKY, 0.2);
	x = nn_act(p, nn_norm(p, x, "N.batch", NN_NORM_BATCH, 1e-5), NN_ACT_GELU, 0);
	x = nn_act(p, nn_norm_group(p, x, "N.group", 2, 1e-5), NN_ACT_SILU, 0);
	x = nn_act(p, nn_norm(p, x, "N.layer", NN_NORM_LAYER, 1e-5), NN_ACT_TANH, 0);
	const struct nn_response response = { 0.3, 0.75, 1.5 };
	return nn_act(p, nn_norm_response(p, x, 3, &response), NN_ACT_SIGMOID, 0);
}

int Convolutions(struct nn_program *p, int x, int dims)
{
	const struct nn_conv dilated = With(Conv(6, 3, 1, 2, true), 1, 2, dims), grouped = With(Conv(6, 3, 1, 1), 3, 1, dims),
			     depthwise = With(Conv(6, 3, 1, 1), 6, 1, dims), down = With(Conv(6, 2, 2, 0, true), 1, 1, dims);
	x = nn_conv(p, nn_conv(p, x, "C.dilated", &dilated), "C.grouped", &grouped);
	x = nn_conv(p, nn_conv(p, x, "C.depthwise", &depthwise), "C.down", &down);
	return nn_conv_transpose(p, x, "C.up", &down);
}

int Pixels(struct nn_program *p, int x)
{
	const struct nn_shape s = nn_shape_of(p, x);
	int y = nn_pool(p, nn_pad(p, x, NN_PAD_REPLICATE, 1), NN_POOL_MAX, 3, 2, 1);
	y = nn_pool_average(p, nn_pad(p, nn_pad_reflect(p, y, 2), NN_PAD_ZERO, 1), 2);
	y = nn_dropout(p, nn_resize(p, nn_resize(p, y, 5, 4, NN_NEAREST), s.h, s.w, NN_BILINEAR), 0.2, false);
	return nn_mul(p, y, nn_act(p, nn_pool_global(p, x), NN_ACT_SIGMOID, 0));
}

int Attention(struct nn_program *p, int x)
{
	const struct nn_attention windows = { 2, 4, 1 }, global = { 3, 0, 0 };
	const int qkv = nn_dense(p, x, "A.qkv", 18, true, NN_INIT_HE);
	const int both = nn_add(p, nn_attention(p, qkv, &windows), nn_attention(p, qkv, &global));
	return nn_channel_scale(p, nn_softmax(p, nn_dense(p, both, "A.out", 6, false, NN_INIT_HE)), "A.scale", 0.5);
}

void Losses(struct nn_program *p, int a, int b, int weights)
{
	const int target = nn_detach(p, nn_softmax(p, b)), real[] = { b, nn_scale(p, b, 2) },
		  fake[] = { a, nn_scale(p, a, 2) };
	nn_loss_weights(p, nn_loss_l1(p, "l1", a, b, 1), weights);
	nn_loss_l2(p, "l2", a, b, 1);
	nn_loss_huber(p, "huber", a, b, 0.5, 1);
	nn_loss_bce(p, "bce", a, target, 1);
	nn_loss_bce_constant(p, "bce constant", a, 0.9, 1);
	nn_loss_lsgan(p, "lsgan", a, 1, 1);
	nn_loss_hinge(p, "hinge", a, true, 1);
	nn_loss_hinge_generator(p, "hinge generator", a, 1);
	nn_loss_gaussian(p, "gaussian", a, nn_scale(p, a, 0.1), b, 1);
	nn_loss_cross_entropy(p, "cross-entropy", a, target, 1);
	nn_loss_dice(p, "dice", nn_softmax(p, a), target, 1);
	nn_loss_ncc(p, "ncc", a, b, 1);
	nn_loss_feature_matching(p, "features", 2, real, fake, 1);
	nn_loss_gradient_correlation(p, "gc", a, b, 1);
	nn_loss_intensity_sum(p, "sum", a, b, 1);
}

struct Programs {
	struct nn_program *train, *predict;
	int x, weights, gradient;
};

Programs Build(struct nn *nn, struct nn_shape shape)
{
	Programs made = { nn_program_new(nn, "train"), nn_program_new(nn, "predict"), -1, -1, -1 };
	struct nn_program *p = made.train;
	const struct nn_adam adam = { 1e-3, 0.5, 0.999, 1e-8, 1e-2 };
	made.x = nn_input(p, "x", shape);
	made.weights = nn_input(p, "weights", { shape.n, 1, 1, 1 });
	int y = Attention(p, Pixels(p, Convolutions(p, Norms(p, made.x), shape.d > 1 ? 3 : 2)));
	y = nn_cat(p, nn_slice(p, y, 0, 2), nn_slice(p, nn_add(p, y, made.x), 2, 4));
	nn_keep(p, y);
	made.gradient = nn_input_gradient(p, made.x);
	Losses(p, y, made.x, made.weights);
	nn_train(p, "", &adam);
	nn_clip(p, "", 1);
	nn_average(p, "", 0.99);
	nn_recompute(p);
	nn_evaluate(made.predict);
	const int from = nn_from(made.predict, p, y);
	nn_keep(made.predict, nn_dropout(made.predict, Norms(made.predict, from), 0.5, true));
	return made;
}

// What a user calls for one step of training and one prediction.
void RunOnce(const Programs &p, const std::vector<float> &values, std::vector<float> &out)
{
	double value = 0;
	ASSERT_OK(nn_set(p.train, p.x, values.data()));
	ASSERT_OK(nn_set(p.train, p.weights, values.data()));
	ASSERT_OK(nn_step(p.train));
	ASSERT_OK(nn_get(p.train, p.gradient, out.data()));
	ASSERT_OK(nn_loss_value(p.train, "total", &value));
	ASSERT_OK(nn_gradient_norm(p.train, "", &value));
	nn_set_learning_rate(p.train, 1e-4);
	nn_set_draw(p.predict, 3);
	ASSERT_OK(nn_forward(p.predict));
}

void ExpectNone(const char *spec, struct nn_shape shape)
{
	ours = all = 0;
	Net net(spec);
	const Programs p = Build(net.nn, shape);
	ASSERT_OK(nn_compile(p.train, nullptr));
	ASSERT_OK(nn_compile(p.predict, nullptr));
	EXPECT_GT(ours, 50) << "the counters do not count";
	EXPECT_GT(all, ours);
	const std::vector<float> values = Random(Count(shape), 1);
	std::vector<float> out(values.size());
	for (int i = 0; i < 4; i++) {
		if (i == 1) // the threads' own library sets itself up in the first step
			ours = all = 0;
		RunOnce(p, values, out);
	}
	EXPECT_EQ(ours, 0) << spec;
	if (std::string(spec) == "ref") { // without oneDNN, whose every call makes a small table of its arguments
		EXPECT_EQ(all, 0);
	}
}

TEST(Allocation, NoneInAStep)
{
	for (const char *spec : { "cpu", "ref" })
		for (const struct nn_shape &shape : { kImages, kVolume })
			ExpectNone(spec, shape);
}

std::set<std::string> Names(const struct nn_program *p)
{
	std::set<std::string> names;
	for (int i = 0; i < p->n_nodes; i++)
		names.insert(p->nodes[i].op->name);
	return names;
}

// The operators in the sources are those of the programs above.
TEST(Allocation, EveryOperatorIsAmongThem)
{
	Net net("ref");
	const Programs p = Build(net.nn, kImages);
	std::set<std::string> used = Names(p.train);
	used.merge(Names(p.predict));
	const std::string header = ReadFile(SourceDir() + "/gan/nn/program.h");
	const size_t first = header.find("extern const struct nn_op "), last = header.find(';', first);
	const std::string list = header.substr(first, last - first);
	const std::regex word("op_[a-z_]+");
	const auto count = std::distance(std::sregex_iterator(list.begin(), list.end(), word), std::sregex_iterator());
	EXPECT_EQ((size_t)count, used.size()) << "of the " << count << " operators of program.h";
}

} // namespace
#endif

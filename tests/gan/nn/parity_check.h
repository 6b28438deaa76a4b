// One operator on `cpu` (float) against `ref` (double): values and gradients, buffers poisoned.
#ifndef TESTS_GAN_NN_PARITY_CHECK_H
#define TESTS_GAN_NN_PARITY_CHECK_H
#include <functional>
#include "tests/gan/nn/toy.h"

using Builder = std::function<int(struct nn_program *, int)>;

struct Result {
	std::vector<double> output, input_gradient;
	std::vector<std::string> names;
	std::vector<std::vector<double>> gradients; // of statistics, the values
	double total;
};

inline Result RunOnce(const char *spec, struct nn_shape s, const Builder &build)
{
	Result r;
	Net net(spec);
	struct nn_program *p = nn_program_new(net.nn, "parity");
	const int x = nn_input(p, "x", s), y = build(p, x), t = nn_input(p, "t", nn_shape_of(p, y));
	nn_keep(p, y);
	nn_loss_lsgan(p, "probe", nn_add(p, y, t), 0.3, 0.7);
	const int g = nn_input_gradient(p, x);
	EXPECT_OK(nn_compile(p, nullptr));
	Poison(p);
	const std::vector<float> xs = Random(Count(s), 1), ts = Random(Count(nn_shape_of(p, y)), 2);
	EXPECT_OK(nn_set(p, x, xs.data()));
	EXPECT_OK(nn_set(p, t, ts.data()));
	EXPECT_OK(nn_step(p));
	const std::vector<float> out = Get(p, y), back = Get(p, g);
	r.output.assign(out.begin(), out.end());
	r.input_gradient.assign(back.begin(), back.end());
	for (int i = 0; i < net.nn->n_params; i++) {
		r.names.push_back(net.nn->params[i]->name);
		r.gradients.push_back(net.nn->params[i]->statistic ? net.Parameter(r.names.back())
								    : net.Gradient(r.names.back()));
	}
	r.total = Loss(p);
	return r;
}

inline void ExpectSame(const std::string &what, struct nn_shape s, const Builder &build, double tolerance = 1e-5)
{
	const Result cpu = RunOnce("cpu", s, build), ref = RunOnce("ref", s, build);
	EXPECT_TRUE(RelativeL2(cpu.output, ref.output) <= tolerance) << what;
	EXPECT_TRUE(RelativeL2(cpu.input_gradient, ref.input_gradient) <= tolerance) << what;
	EXPECT_TRUE(std::fabs(cpu.total - ref.total) <= 1e-5 * ref.total) << what;
	ASSERT_EQ(cpu.names, ref.names);
	double largest = 0;
	for (const std::vector<double> &g : ref.gradients)
		for (double v : g)
			largest = std::max(largest, std::fabs(v));
	for (size_t i = 0; i < cpu.names.size(); i++) {
		// A bias before an instance norm has the gradient 0, and its rounding has no scale of its
		// own.
		double size = 0;
		for (double v : ref.gradients[i])
			size = std::max(size, std::fabs(v));
		if (size <= 1e-6 * largest)
			continue;
		EXPECT_TRUE(RelativeL2(cpu.gradients[i], ref.gradients[i]) <= tolerance)
			<< what << ": " << cpu.names[i];
	}
}
#endif

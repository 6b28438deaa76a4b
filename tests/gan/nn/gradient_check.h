// Gradients on `ref` against central differences in double.
#ifndef TESTS_GAN_NN_GRADIENT_CHECK_H
#define TESTS_GAN_NN_GRADIENT_CHECK_H
#include <functional>
#include "tests/gan/nn/toy.h"

constexpr double kStep = 1.0 / 65536; // truncation about 1e-10, rounding about 1e-11

// One scalar varied through `write`; the numeric derivative of the total loss.  `smooth` is false where half
// the step gives another slope: a kink lies within it.
inline double Numeric(struct nn_program *p, const std::function<void(double)> &write, bool *smooth)
{
	double slope[2];
	for (int k = 0; k < 2; k++) {
		const double h = k == 0 ? kStep : kStep / 2;
		write(h);
		EXPECT_OK(nn_forward(p));
		const double high = Loss(p);
		write(-h);
		EXPECT_OK(nn_forward(p));
		slope[k] = (high - Loss(p)) / (2 * h);
	}
	write(0);
	*smooth = std::fabs(slope[0] - slope[1]) <= 1e-8 + 1e-6 * std::fabs(slope[1]);
	return slope[1];
}

struct Input {
	int tensor, gradient;
	std::vector<float> values, analytic;
};

// Builds with `build`, then compares up to 60 elements of every parameter's and input's gradient.
class Check
{
      public:
	Net net{ "ref" };
	struct nn_program *p = nn_program_new(net.nn, "check");
	std::vector<Input> inputs;

	int Add(struct nn_shape s, double sd = 1)
	{
		const std::string name = "x" + std::to_string(inputs.size());
		Input in;
		in.tensor = nn_input(p, name.c_str(), s);
		in.gradient = -1;
		in.values = Random(Count(s), 100 + inputs.size(), sd);
		inputs.push_back(in);
		return in.tensor;
	}
	void Differentiate(size_t input)
	{
		inputs[input].gradient = nn_input_gradient(p, inputs[input].tensor);
	}
	// A smooth loss of y with a generic gradient.
	void Probe(int y)
	{
		const int noise = Add(nn_shape_of(p, y));
		nn_loss_lsgan(p, "probe", nn_add(p, y, noise), 0.3, 0.7);
	}
	void Run()
	{
		ASSERT_OK(nn_compile(p, nullptr));
		Poison(p);
		for (Input &in : inputs)
			ASSERT_OK(nn_set(p, in.tensor, in.values.data()));
		for (int i = 0; i < net.nn->n_params; i++) // away from the exact 0 and 1 of a fresh network
			Shake(net.nn->params[i]);
		ASSERT_OK(nn_step(p));
		for (Input &in : inputs) // before another forward pass takes the memory
			if (in.gradient >= 0)
				in.analytic = Get(p, in.gradient);
		for (int i = 0; i < net.nn->n_params; i++)
			if (!net.nn->params[i]->statistic)
				CheckParameter(net.nn->params[i]);
		for (Input &in : inputs)
			if (in.gradient >= 0)
				CheckInput(in);
		EXPECT_GT(checked, 0);
		EXPECT_LE(kinks, checked / 20);
	}
	int checked = 0, kinks = 0;

      private:
	void Shake(const struct nn_param *param)
	{
		std::vector<double> values = net.Parameter(param->name);
		const std::vector<float> shift = Random(param->count, (uint64_t)param->count, 0.1);
		for (size_t i = 0; i < values.size(); i++)
			values[i] += shift[i];
		net.Write(param->name, values);
	}
	void Compare(const std::vector<double> &analytic, const std::string &what,
		const std::function<void(size_t, double)> &write)
	{
		double largest = 0;
		for (double g : analytic)
			largest = std::max(largest, std::fabs(g));
		const size_t n = analytic.size(), stride = n > 60 ? n / 60 : 1;
		for (size_t i = 0; i < n; i += stride) {
			bool smooth;
			const double numeric = Numeric(
				p, [&](double h) { write(i, h); }, &smooth);
			checked++;
			if (!smooth) {
				kinks++;
				continue;
			}
			const double error = std::fabs(analytic[i] - numeric);
			EXPECT_TRUE(error <= 1e-6 * std::max(largest, std::fabs(numeric)) + 1e-9)
				<< what << "[" << i << "]: " << analytic[i] << " against " << numeric;
		}
	}
	void CheckParameter(const struct nn_param *param)
	{
		const std::vector<double> at = net.Parameter(param->name), g = net.Gradient(param->name);
		Compare(g, param->name, [&](size_t i, double h) {
			std::vector<double> moved = at;
			moved[i] += h;
			net.Write(param->name, moved);
		});
	}
	void CheckInput(Input &in)
	{
		Compare(std::vector<double>(in.analytic.begin(), in.analytic.end()), "input",
			[&](size_t i, double h) {
				std::vector<float> moved = in.values;
				moved[i] = (float)((double)moved[i] + h);
				ASSERT_OK(nn_set(p, in.tensor, moved.data()));
			});
	}
};

// One operator between an input and the probe.
inline void CheckOperator(struct nn_shape s, const std::function<int(struct nn_program *, int)> &build)
{
	Check c;
	const int x = c.Add(s);
	c.Differentiate(0);
	c.Probe(build(c.p, x));
	c.Run();
}
#endif

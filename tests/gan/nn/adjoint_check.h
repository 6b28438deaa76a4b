// The adjoint identity <J x, z> = <x, J' z> of an operator that is linear in its input.
#ifndef TESTS_GAN_NN_ADJOINT_CHECK_H
#define TESTS_GAN_NN_ADJOINT_CHECK_H
#include <functional>
#include "tests/gan/nn/toy.h"

// Two inner products that should be equal, and what rounding is measured by: the sum of the second's terms' sizes.
struct InnerProducts {
	double forward = 0, backward = 0, size = 0;

	void Forward(const std::vector<double> &y, const std::vector<double> &z)
	{
		for (size_t i = 0; i < y.size(); i++)
			forward += y[i] * z[i];
	}
	void Backward(const std::vector<double> &x, const std::vector<double> &gradient)
	{
		for (size_t i = 0; i < x.size(); i++) {
			backward += x[i] * gradient[i];
			size += std::fabs(x[i] * gradient[i]);
		}
	}
	double Error() const { return std::fabs(forward - backward) / size; }
};

struct AdjointErrors {
	double input, parameters; // 0 where it has none
};

// Once more with the parameters in the place of x, of an operator that is linear in them too.  Every buffer is poisoned
// with NaN first; values are read in the storage of the backend, `ref` in double.
inline AdjointErrors Adjoint(
	const char *spec, struct nn_shape s, const std::function<int(struct nn_program *, int)> &build)
{
	Net net(spec);
	struct nn_program *p = nn_program_new(net.nn, "adjoint");
	const int x = nn_input(p, "x", s), y = build(p, x), z = nn_input(p, "z", nn_shape_of(p, y));
	const int64_t n = Count(nn_shape_of(p, y));
	nn_keep(p, y);
	nn_loss_hinge_generator(p, "-mean of y z", nn_mul(p, y, z), -(double)n);
	const int g = nn_input_gradient(p, x);
	EXPECT_OK(nn_compile(p, nullptr));
	Poison(p);
	EXPECT_OK(nn_set(p, x, Random(Count(s), 1).data()));
	EXPECT_OK(nn_set(p, z, Random(n, 2).data()));
	EXPECT_OK(nn_step(p));
	InnerProducts input, parameters;
	input.Forward(Wide(p, y), Wide(p, z));
	input.Backward(Wide(p, x), Wide(p, g));
	parameters.forward = input.forward;
	for (int i = 0; i < p->n_wanted; i++)
		parameters.Backward(net.Parameter(p->wanted[i]->name), net.Gradient(p->wanted[i]->name));
	return { input.Error(), p->n_wanted > 0 ? parameters.Error() : 0 };
}
#endif

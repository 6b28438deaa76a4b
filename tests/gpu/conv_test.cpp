// The engine's convolutions against the naive oracle: odd sizes, strides, one channel, transposed shapes.
#include "gan/nn/conv.h"
#include "tests/gpu/parity.h"

#include "gan/nn/conv_depthwise.h"

namespace
{

struct Case {
	const char *name;
	int64_t n, h, w, cin, cout, kernel, stride, pad;
	int64_t groups = 1, dilation = 1, d = 1;
};
const Case kCases[] = {
	{ "stem 7x7", 2, 19, 23, 1, 16, 7, 1, 0 },
	{ "first 3x3", 2, 16, 16, 1, 16, 3, 1, 1 },
	{ "same 3x3", 2, 17, 15, 16, 16, 3, 1, 1 },
	{ "wide 3x3", 1, 9, 8, 64, 128, 3, 1, 1 },
	{ "odd 3x3 stride 2", 2, 17, 13, 16, 32, 3, 2, 1 },
	{ "even 3x3 stride 2", 2, 16, 12, 16, 32, 3, 2, 1 }, // a transposed convolution's output padding
	{ "4x4 stride 2", 2, 16, 18, 16, 32, 4, 2, 1 },
	{ "4x4 stride 1 to one channel", 2, 9, 7, 32, 1, 4, 1, 1 },
	{ "head 7x7", 1, 18, 20, 16, 5, 7, 1, 0 },
	{ "head 1x1", 3, 11, 7, 16, 3, 1, 1, 0 },
	{ "odd channels", 2, 11, 13, 7, 9, 3, 1, 1 },
	{ "dilated 3x3", 2, 17, 15, 16, 16, 3, 1, 2, 1, 2 },
	{ "dilated 3x3 stride 2, odd channels", 1, 19, 14, 5, 7, 3, 2, 3, 1, 3 },
	{ "two groups", 2, 9, 11, 16, 32, 3, 1, 1, 2 },
	{ "groups of odd channels, stride 2", 2, 9, 10, 9, 15, 3, 2, 1, 3 },
	{ "depthwise 7x7", 2, 15, 13, 24, 24, 7, 1, 3, 24 },
	{ "depthwise 3x3 stride 2, two outputs a channel", 2, 14, 9, 7, 14, 3, 2, 1, 7 },
	{ "depthwise 3x3 stride 2, odd channels", 2, 14, 9, 7, 7, 3, 2, 1, 7 },
	{ "3-D 3x3x3", 2, 7, 6, 8, 16, 3, 1, 1, 1, 1, 5 },
	{ "3-D stride 2, one channel", 1, 9, 8, 1, 8, 3, 2, 1, 1, 1, 7 },
	{ "3-D depthwise", 1, 7, 6, 12, 12, 5, 1, 2, 12, 1, 5 },
};

plugin_conv_shape ShapeOf(const Case &c)
{
	plugin_conv_shape s = {};
	s.n = c.n;
	s.cin = c.cin;
	s.cout = c.cout;
	s.groups = c.groups;
	for (int k = 0; k < 3; k++) {
		const bool flat = k == 0 && c.d == 1;
		s.in[k] = k == 0 ? c.d : k == 1 ? c.h : c.w;
		s.kernel[k] = flat ? 1 : c.kernel;
		s.stride[k] = flat ? 1 : c.stride;
		s.pad[k] = flat ? 0 : c.pad;
		s.dilation[k] = flat ? 1 : c.dilation;
		s.out[k] = conv_output_size(s.in[k], s.kernel[k], s.stride[k], s.pad[k], s.dilation[k]);
	}
	return s;
}

class Convolutions : public Parity
{
      protected:
	enum Pass { kForward, kData, kWeight, kWeightAdds, kWeightTerm };
	// One pass of one convolution on the bench's device.
	static int Run(Bench &b, const Case &c, Pass pass)
	{
		const plugin_conv_shape s = ShapeOf(c);
		const conv_backend *backend = conv_backend_of(b.device());
		const int64_t nx = conv_x_count(&s), ny = conv_y_count(&s), nw = conv_weight_count(&s);
		void *context = nullptr, *conv = nullptr;
		size_t workspace_bytes = 0;
		memory workspace = {};
		int rc = backend->start(&context, b.device());
		if (rc == 0)
			rc = backend->open(&conv, context, &s,
				CONV_FORWARD | CONV_BACKWARD_DATA | CONV_BACKWARD_WEIGHT |
					(pass == kWeightAdds   ? CONV_WEIGHT_ADDS
						: pass == kWeightTerm ? CONV_WEIGHT_TERM
								      : 0),
				&workspace_bytes);
		if (rc == 0)
			rc = memory_alloc(&workspace, b.device(), workspace_bytes, "workspace");
		if (rc == 0 && pass == kForward) {
			void *y = b.Out(Store::kElem, ny), *x = b.In(Store::kElem, Values(nx, 1));
			rc = backend->forward(conv, y, x, b.In(Store::kElem, Values(nw, 2)), workspace.data);
		} else if (rc == 0 && pass == kData) {
			void *dx = b.Out(Store::kElem, nx), *dy = b.In(Store::kElem, Values(ny, 3));
			rc = backend->backward_data(
				conv, dx, dy, b.In(Store::kElem, Values(nw, 2)), workspace.data);
		} else if (rc == 0) {
			void *dw = Target(b, pass == kWeightTerm ? Store::kElem : Store::kMaster, nw, pass == kWeightAdds),
			     *x = b.In(Store::kElem, Values(nx, 1));
			rc = backend->backward_weight(
				conv, dw, x, b.In(Store::kElem, Values(ny, 3)), workspace.data);
		}
		if (rc == 0)
			rc = device_synchronize(b.device());
		backend->close(conv);
		backend->stop(context);
		memory_free(&workspace);
		return rc;
	}
	void All(Pass pass, double bf16_tolerance)
	{
		for (const Case &c : kCases) {
			const plugin_conv_shape s = ShapeOf(c);
			if (pass == kWeightTerm && conv_depthwise_is(&s)) // a kernel of our own, whose gradient is float
				continue;
			Check(
				c.name, [&](Bench &b) { return Run(b, c, pass); },
				bf16() ? bf16_tolerance : 1e-5);
		}
	}
};
INSTANTIATE_TEST_SUITE_P(On, Convolutions, PARITY_DEVICES, ParityName);

// bf16 engines may keep partial sums of a split reduction in bf16.
TEST_P(Convolutions, Forward)
{
	All(kForward, 4e-3);
}
TEST_P(Convolutions, BackwardData)
{
	All(kData, 4e-3);
}
// Weight gradients come out of cuDNN in bf16 (half a unit in the last place is 2^-9) and are added in float.
TEST_P(Convolutions, BackwardWeight)
{
	All(kWeight, 6e-3);
}
TEST_P(Convolutions, BackwardWeightAdds)
{
	All(kWeightAdds, 6e-3);
}
TEST_P(Convolutions, BackwardWeightAsATerm)
{
	All(kWeightTerm, 6e-3);
}

} // namespace

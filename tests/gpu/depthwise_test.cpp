// Our depthwise convolutions against the naive oracle, which is written from other loops: whole and broken tiles, runs
// cut short, strides, dilation, kernels wider than a block of taps, padding after the last row.
#include "tests/gpu/parity.h"

#include "gan/nn/conv.h"
#include "gan/nn/conv_depthwise.h"
#include "kernels/depthwise.h"
#include "kernels/depthwise_taps.h"
#include "kernels/depthwise_wgrad.h"

namespace
{

struct Geometry {
	int64_t kernel, stride, pad, dilation;
};
const Geometry kGeometries[] = { { 3, 1, 1, 1 }, { 7, 1, 3, 1 }, { 3, 2, 1, 1 }, { 7, 2, 3, 1 }, { 3, 1, 2, 2 },
	{ 7, 1, 6, 2 }, { 3, 2, 2, 2 }, { 2, 3, 0, 1 }, { 9, 1, 4, 1 }, { 3, 1, 4, 1 }, { 1, 1, 0, 1 } };
const int64_t kChannels[] = { 5, 8, 40, 64 };

plugin_conv_shape ShapeOf(const Geometry &g, int64_t channels, int64_t h, int64_t w)
{
	plugin_conv_shape s = { 2, channels, channels, channels, { 1, h, w }, { 1, 0, 0 }, { 1, g.kernel, g.kernel },
		{ 1, g.stride, g.stride }, { 0, g.pad, g.pad }, { 1, g.dilation, g.dilation }, PLUGIN_F32 };
	for (int k = 1; k < 3; k++)
		s.out[k] = conv_output_size(s.in[k], g.kernel, g.stride, g.pad, g.dilation);
	return s;
}

class Depthwise : public Parity
{
      protected:
	enum Pass { kForward, kData, kWeight, kWeightAdds };
	static int Oracle(Pass pass, const plugin_conv_shape &s, void *to, const void *a, const void *b)
	{
		void *conv = nullptr;
		size_t workspace_bytes = 0;
		int rc = conv_ref.open(
			&conv, nullptr, &s, pass == kWeightAdds ? CONV_WEIGHT_ADDS : 0, &workspace_bytes);
		if (rc == 0)
			rc = pass == kForward ? conv_ref.forward(conv, to, a, b, nullptr)
			     : pass == kData  ? conv_ref.backward_data(conv, to, a, b, nullptr)
					      : conv_ref.backward_weight(conv, to, a, b, nullptr);
		conv_ref.close(conv);
		return rc;
	}
	static int Ours(const device *d, Pass pass, const plugin_conv_shape &s, void *to, const void *a, const void *b)
	{
		memory workspace = {};
		EXPECT_TRUE(conv_depthwise_is(&s));
		int rc = memory_alloc(&workspace, d, conv_depthwise_workspace_bytes(d, &s), "workspace");
		if (rc == 0)
			rc = pass == kForward ? conv_depthwise_forward(d, &s, to, a, b, workspace.data)
			     : pass == kData  ? conv_depthwise_backward_data(d, &s, to, a, b, workspace.data)
					      : conv_depthwise_backward_weight(d, &s, to, a, b, pass == kWeightAdds);
		if (rc == 0)
			rc = device_synchronize(d);
		memory_free(&workspace);
		return rc;
	}
	static int Run(Bench &bench, Pass pass, const plugin_conv_shape &s)
	{
		const int64_t nx = conv_x_count(&s), ny = conv_y_count(&s), nw = conv_weight_count(&s);
		void *to = pass == kForward ? bench.Out(Store::kElem, ny)
			   : pass == kData  ? bench.Out(Store::kElem, nx)
					    : Target(bench, Store::kMaster, nw, pass == kWeightAdds);
		void *a = bench.In(Store::kElem, Values(pass == kData ? ny : nx, 1));
		void *b = bench.In(Store::kElem, Values(pass == kForward || pass == kData ? nw : ny, 2));
		return bench.device()->elem == DEVICE_F64 ? Oracle(pass, s, to, a, b)
							  : Ours(bench.device(), pass, s, to, a, b);
	}
	void All(Pass pass)
	{
		for (const Geometry &g : kGeometries)
			for (int64_t channels : kChannels)
				Check("kernel " + std::to_string(g.kernel) + ", stride " + std::to_string(g.stride) +
						", dilation " + std::to_string(g.dilation) + ", " +
						std::to_string(channels) + " channels",
					[&](Bench &b) { return Run(b, pass, ShapeOf(g, channels, 13, 19)); });
		plugin_conv_shape after = ShapeOf({ 7, 2, 3, 1 }, 24, 16, 12); // as a transposed one may ask
		after.out[1]++;
		Check("zeros after the last row", [&](Bench &b) { return Run(b, pass, after); });
		const plugin_conv_shape wide = ShapeOf({ 7, 1, 3, 1 }, 32, 41, 67); // sums over several blocks
		Check("a wide image", [&](Bench &b) { return Run(b, pass, wide); });
	}
};
INSTANTIATE_TEST_SUITE_P(On, Depthwise, PARITY_DEVICES, ParityName);

TEST_P(Depthwise, Forward)
{
	All(kForward);
}
TEST_P(Depthwise, BackwardData)
{
	All(kData);
}
TEST_P(Depthwise, BackwardWeight)
{
	All(kWeight);
}
TEST_P(Depthwise, BackwardWeightAdds)
{
	All(kWeightAdds);
}

} // namespace

// The parts of attention against the oracle: matrix products of every transposition, windows, softmax.
#include "gan/nn/attention_windows.h"
#include "gan/nn/conv.h"
#include "gan/nn/matmul.h"
#include "tests/gpu/parity.h"

#include "kernels/attention_gather.h"
#include "kernels/attention_scatter.h"
#include "kernels/attention_softmax.h"
#include "kernels/attention_softmax_grad.h"

namespace
{

constexpr Store E = Store::kElem, M = Store::kMaster;

class AttentionParts : public Parity
{
      protected:
	// One batch of products on the bench's device.
	static int Multiply(Bench &b, const plugin_matmul_shape &s)
	{
		const matmul_backend *backend = matmul_backend_of(b.device());
		const conv_backend *conv = conv_backend_of(b.device());
		void *context = nullptr, *plan = nullptr;
		size_t workspace_bytes = 0;
		memory workspace = {};
		int rc = conv->start(&context, b.device());
		if (rc == 0)
			rc = backend->open(&plan, context, &s, &workspace_bytes);
		if (rc == 0)
			rc = memory_alloc(&workspace, b.device(), workspace_bytes, "workspace");
		if (rc == 0) {
			void *c = b.Out(s.wide ? M : E, s.batch * s.m * s.n);
			void *left = b.In(E, Values(s.batch * s.m * s.k, 1));
			rc = backend->run(plan, c, left, b.In(E, Values(s.batch * s.k * s.n, 2)), workspace.data);
		}
		if (rc == 0)
			rc = device_synchronize(b.device());
		backend->close(plan);
		conv->stop(context);
		memory_free(&workspace);
		return rc;
	}
	static void Tables(Bench &b, const attention_windows &w, const int32_t **pixel_of, const int32_t **slot_of)
	{
		std::vector<int32_t> pixels((size_t)(w.windows * w.slots)), slots((size_t)w.pixels);
		attention_windows_tables(&w, pixels.data(), slots.data());
		*pixel_of = (const int32_t *)b.Bytes(pixels.data(), pixels.size() * sizeof(int32_t));
		*slot_of = (const int32_t *)b.Bytes(slots.data(), slots.size() * sizeof(int32_t));
	}
};
INSTANTIATE_TEST_SUITE_P(On, AttentionParts, PARITY_DEVICES, ParityName);

TEST_P(AttentionParts, MatrixProducts)
{
	const int64_t sizes[][4] = { { 6, 49, 49, 32 }, { 3, 16, 24, 8 }, { 1, 5, 7, 3 }, { 2, 1, 65, 33 } };
	for (const auto &z : sizes)
		for (int kind = 0; kind < 8; kind++) {
			plugin_matmul_shape s = {};
			s.batch = z[0];
			s.m = z[1];
			s.n = z[2];
			s.k = z[3];
			s.transpose_a = kind & 1;
			s.transpose_b = kind >> 1 & 1;
			s.wide = kind >> 2;
			Check(
				"products of " + std::to_string(s.m) + "x" + std::to_string(s.k) + " and " +
					std::to_string(s.k) + "x" + std::to_string(s.n) + ", kind " + std::to_string(kind),
				[&](Bench &b) { return Multiply(b, s); });
		}
}

TEST_P(AttentionParts, WindowsThereAndBack)
{
	const nn_shape shape = { 2, 9, 6, 12, 3 };
	const struct nn_attention kinds[] = { { 2, 4, 1 }, { 3, 0, 0 } };
	for (const struct nn_attention &settings : kinds) {
		const attention_windows w = attention_windows_of(shape, &settings);
		const int64_t depth = shape.c / settings.heads, rows = shape.n * w.windows * settings.heads * w.slots;
		const int64_t wide = 3 * shape.c;
		Check("attention_gather", [&](Bench &b) {
			attention_gather_args a = {};
			const int32_t *slot_of;
			a.y = b.Out(E, rows * depth);
			a.x = b.In(E, Values(shape.n * w.pixels * wide, 1));
			Tables(b, w, &a.pixel_of, &slot_of);
			a.channels = depth;
			a.heads = settings.heads;
			a.windows = w.windows;
			a.slots = w.slots;
			a.pixels = w.pixels;
			a.x_channels = wide;
			a.x_first = shape.c;
			return attention_gather(b.device(), &a, rows);
		});
		for (int64_t accumulate : { 0, 1 })
			Check("attention_scatter", [&](Bench &b) {
				attention_scatter_args a = {};
				const int32_t *pixel_of;
				a.y = b.InOut(E, Values(shape.n * w.pixels * wide, 2));
				a.x = b.In(E, Values(rows * depth, 3));
				Tables(b, w, &pixel_of, &a.slot_of);
				a.channels = shape.c;
				a.depth = depth;
				a.windows = w.windows;
				a.slots = w.slots;
				a.pixels = w.pixels;
				a.y_channels = wide;
				a.y_first = 2 * shape.c;
				a.accumulate = accumulate;
				return attention_scatter(b.device(), &a, shape.n * w.pixels);
			});
	}
}

TEST_P(AttentionParts, SoftmaxAndItsGradient)
{
	const struct nn_attention settings = { 2, 4, 1 };
	const attention_windows w = attention_windows_of({ 2, 9, 6, 12, 3 }, &settings);
	const int64_t rows = 2 * w.windows * settings.heads * w.slots;
	Check("attention_softmax", [&](Bench &b) {
		attention_softmax_args a = {};
		const int32_t *slot_of;
		a.p = b.Out(E, rows * w.slots);
		a.scores = b.InOut(M, Values(rows * w.slots, 1, -20, 20));
		Tables(b, w, &a.pixel_of, &slot_of);
		a.channels = w.slots;
		a.window_rows = settings.heads * w.slots;
		a.windows = w.windows;
		a.scale = 0.4;
		return attention_softmax(b.device(), &a, rows);
	});
	Check("attention_softmax_grad", [&](Bench &b) {
		attention_softmax_grad_args a = {};
		a.ds = b.Out(E, rows * w.slots);
		a.p = b.In(E, Values(rows * w.slots, 2, 0, 1));
		a.dp = b.In(M, Values(rows * w.slots, 3));
		a.channels = w.slots;
		a.scale = 0.4;
		return attention_softmax_grad(b.device(), &a, rows);
	});
}

} // namespace

// Attention against an oracle of its own: plain loops over pairs of pixels, and windows by Swin's rolled image and mask.
#include "tests/gan/nn/toy.h"

#include <functional>
#include "gan/nn/attention_windows.h"

namespace
{

struct nn_attention Settings(int64_t heads, int64_t window = 0, int64_t shift = 0)
{
	struct nn_attention a = {};
	a.heads = heads;
	a.window = window;
	a.shift = shift;
	return a;
}

// Whether pixel a attends to pixel b: same window of the image rolled by shift, and same side of the seam.
bool SwinSees(int64_t a, int64_t b, int64_t size, int64_t window, int64_t shift)
{
	if (window == 0 || window >= size)
		return true;
	const int64_t ra = (a - shift + size) % size, rb = (b - shift + size) % size; // where they stand after the roll
	return ra / window == rb / window && (a < shift) == (b < shift);
}

std::vector<double> Oracle(struct nn_shape s, const std::vector<float> &qkv, const struct nn_attention &set)
{
	const int64_t c = s.c / 3, depth = c / set.heads, pixels = s.d * s.h * s.w;
	std::vector<double> out((size_t)(s.n * pixels * c));
	auto at = [&](int64_t n, int64_t pixel, int64_t channel) {
		return (double)qkv[(size_t)((n * pixels + pixel) * s.c + channel)];
	};
	auto sees = [&](int64_t a, int64_t b) {
		return SwinSees(a % s.w, b % s.w, s.w, set.window, set.shift) &&
		       SwinSees(a / s.w % s.h, b / s.w % s.h, s.h, set.window, set.shift) &&
		       SwinSees(a / s.w / s.h, b / s.w / s.h, s.d, set.window, set.shift);
	};
	for (int64_t n = 0; n < s.n; n++)
		for (int64_t head = 0; head < set.heads; head++)
			for (int64_t a = 0; a < pixels; a++) {
				double total = 0;
				std::vector<double> sum((size_t)depth);
				for (int64_t b = 0; b < pixels; b++) {
					double score = 0;
					for (int64_t k = 0; k < depth; k++)
						score += at(n, a, head * depth + k) * at(n, b, c + head * depth + k);
					const double e = sees(a, b) ? std::exp(score / std::sqrt((double)depth)) : 0;
					total += e;
					for (int64_t k = 0; k < depth; k++)
						sum[(size_t)k] += e * at(n, b, 2 * c + head * depth + k);
				}
				for (int64_t k = 0; k < depth; k++)
					out[(size_t)((n * pixels + a) * c + head * depth + k)] = sum[(size_t)k] / total;
			}
	return out;
}

TEST(Attention, IsTheOneOfItsDefinition)
{
	const struct {
		struct nn_shape shape;
		struct nn_attention settings;
	} cases[] = {
		{ { 2, 3, 5, 12, 1 }, Settings(2) },
		{ { 1, 8, 12, 6, 1 }, Settings(1, 4) },
		{ { 2, 8, 12, 18, 1 }, Settings(3, 4, 2) },
		{ { 1, 9, 6, 6, 1 }, Settings(2, 3, 1) },
		{ { 1, 3, 12, 6, 1 }, Settings(1, 4, 2) }, // fewer rows than a window has
		{ { 1, 4, 6, 6, 4 }, Settings(1, 2, 1) },
		{ { 1, 3, 2, 9, 2 }, Settings(3) },
	};
	for (const auto &c : cases)
		for (const char *spec : { "ref", "cpu" })
			for (bool active : { false, true }) {
				Net net(spec);
				struct nn_program *p = nn_program_new(net.nn, "attention");
				const int x = nn_input(p, "x", c.shape), y = nn_attention(p, x, &c.settings);
				nn_keep(p, y);
				if (active) {
					nn_loss_lsgan(p, "probe", y, 0, 1);
					nn_input_gradient(p, x);
				}
				ASSERT_OK(nn_compile(p, nullptr));
				Poison(p);
				const std::vector<float> values = Random(Count(c.shape), 1);
				ASSERT_OK(nn_set(p, x, values.data()));
				ASSERT_OK(nn_step(p));
				const std::vector<float> got = Get(p, y);
				EXPECT_LE(RelativeL2(std::vector<double>(got.begin(), got.end()),
						  Oracle(c.shape, values, c.settings)),
					1e-6)
					<< spec << ", window " << c.settings.window;
			}
}

// A large score must not overflow, and a constant added to all scores of a row changes nothing.
TEST(Attention, LargeScoresAreFinite)
{
	for (const char *spec : { "ref", "cpu" }) {
		Net net(spec);
		struct nn_program *p = nn_program_new(net.nn, "attention");
		const struct nn_attention settings = Settings(1);
		const int x = nn_input(p, "x", { 1, 2, 2, 3 }), y = nn_attention(p, x, &settings);
		nn_keep(p, y);
		ASSERT_OK(nn_compile(p, nullptr));
		const float values[12] = { 100, 50, 1, 100, 40, 2, 100, 30, 3, 100, 20, 4 };
		ASSERT_OK(nn_set(p, x, values));
		ASSERT_OK(nn_forward(p));
		for (float v : Get(p, y))
			EXPECT_FLOAT_EQ(v, 1);
	}
}

// Every pixel stands in exactly one place, whatever the sizes.
TEST(Attention, TablesAreInverseToEachOther)
{
	for (int64_t h = 1; h < 12; h++)
		for (int64_t window : { 0, 1, 3, 4, 7 })
			for (int64_t shift = 0; shift < std::max<int64_t>(window, 1); shift++) {
				const struct nn_attention settings = Settings(1, window, shift);
				const struct attention_windows w = attention_windows_of({ 1, h, 5, 3, 2 }, &settings);
				std::vector<int32_t> pixel_of((size_t)(w.windows * w.slots), -7),
					slot_of((size_t)w.pixels, -7);
				attention_windows_tables(&w, pixel_of.data(), slot_of.data());
				int64_t placed = 0;
				for (int32_t pixel : pixel_of)
					placed += pixel >= 0;
				EXPECT_EQ(placed, w.pixels);
				for (int64_t i = 0; i < w.pixels; i++) {
					ASSERT_GE(slot_of[(size_t)i], 0);
					EXPECT_EQ(pixel_of[(size_t)slot_of[(size_t)i]], i);
				}
			}
}

TEST(Attention, MisuseIsNamed)
{
	Net net("ref");
	const struct {
		struct nn_attention settings;
		const char *message;
	} cases[] = { { Settings(4), "channels are not those of Q, K and V in 4 heads" },
		{ Settings(0), "heads" }, { Settings(1, 4, 4), "window 4, shift 4" },
		{ Settings(1, 0, 1), "window 0, shift 1" }, { Settings(1, -1), "window -1" } };
	for (const auto &c : cases) {
		struct nn_program *p = nn_program_new(net.nn, c.message);
		EXPECT_EQ(-1, nn_attention(p, nn_input(p, "x", { 1, 8, 8, 6 }), &c.settings));
		EXPECT_EQ(-1, nn_compile(p, nullptr));
		EXPECT_NE(nullptr, strstr(err_message(), c.message)) << err_message();
	}
}

} // namespace

#include "ct/flatten.h"
#include "ct/abmd.h"
#include "tests/ct/made.h"
#include "tests/support/support.h"

namespace
{
// A box of constant density inside an empty margin of 3 voxels, with a density outside that must not count.
struct Box {
	Volume density, region;
	Box(const Affine &to_world, const std::array<int64_t, 3> &size, float mg_cm3)
	    : density({ size[0] + 6, size[1] + 6, size[2] + 6 }, to_world.m, VOLUME_F32),
	      region({ size[0] + 6, size[1] + 6, size[2] + 6 }, to_world.m, VOLUME_U8)
	{
		for (int64_t z = 0; z < size[2] + 6; z++)
			for (int64_t y = 0; y < size[1] + 6; y++)
				for (int64_t x = 0; x < size[0] + 6; x++) {
					bool in = x >= 3 && y >= 3 && z >= 3 && x < size[0] + 3 &&
						  y < size[1] + 3 && z < size[2] + 3;
					volume_f32(density.get())[density.at(x, y, z)] = in ? mg_cm3 : 7777;
					volume_u8(region.get())[region.at(x, y, z)] = in ? 2 : 1;
				}
	}
};

double Sum(const float *values, const struct flatten &f)
{
	double sum = 0;
	for (int64_t i = 0; i < f.cols * f.rows; i++)
		sum += (double)values[i];
	return sum;
}
} // namespace

// 40 x 30 x 50 mm with its edges on whole mm: every pixel is covered whole, so the answer is the closed form.
TEST(Flatten, BoxAlongTheAxesIsExact)
{
	const Affine grids[] = {
		Spacing(2, 2, 2, { 1, 1, 1 }),
		{ { { -2, 0, 0, 61 }, { 0, -2, 0, 9 }, { 0, 0, 2, 1 }, { 0, 0, 0, 1 } } }, // mirrored
		{ { { 0, 0, 2, 1 }, { 2, 0, 0, 1 }, { 0, 2, 0, 1 }, { 0, 0, 0, 1 } } }, // permuted: (y, z, x)
	};
	const std::array<int64_t, 3> sizes[] = { { 20, 15, 25 }, { 20, 15, 25 }, { 15, 25, 20 } };
	for (int g = 0; g < 3; g++) {
		Box box(grids[g], sizes[g], 250);
		struct flatten f;
		ASSERT_OK(flatten_ap(&f, box.density.get(), box.region.get(), 2));
		struct abmd a = abmd_read(f.mineral_g_cm2, f.path_cm, 1, f.cols * f.rows);
		EXPECT_EQ(40 * 50, a.pixels) << g;
		EXPECT_NEAR(0.25 * 3.0, a.abmd_g_cm2, 1e-6) << g;
		EXPECT_NEAR(250, a.vbmd_mg_cm3, 1e-3) << g;
		EXPECT_NEAR(60.0 * 0.25, Sum(f.mineral_g_cm2, f) * 0.01, 1e-5) << g;
		EXPECT_NEAR(60.0, Sum(f.path_cm, f) * 0.01, 1e-4) << g;
		flatten_free(&f);
		flatten_free(&f);
	}
}

// Voxels that are no multiple of the pixel: totals still hold, and the middle pixels see the whole chord.
TEST(Flatten, OddVoxelsKeepTotalsAndChords)
{
	Box box(Spacing(1.3, 0.7, 1.9, { -11.17, 3.3, 40.01 }), { 17, 31, 13 }, 321);
	const double cm3 = 17 * 1.3 * 31 * 0.7 * 13 * 1.9 / 1000, chord_cm = 31 * 0.07;
	struct flatten f;
	ASSERT_OK(flatten_ap(&f, box.density.get(), box.region.get(), 2));
	EXPECT_NEAR(cm3, Sum(f.path_cm, f) * 0.01, 1e-5 * cm3);
	EXPECT_NEAR(cm3 * 0.321, Sum(f.mineral_g_cm2, f) * 0.01, 1e-5 * cm3);
	const int64_t middle = f.cols / 2 + f.cols * (f.rows / 2);
	EXPECT_NEAR(chord_cm, (double)f.path_cm[middle], 1e-5);
	EXPECT_NEAR(0.321 * chord_cm, (double)f.mineral_g_cm2[middle], 1e-5);
	flatten_free(&f);
}

// Turned about z by 30 degrees the middle of the box has the chord t / cos(30).
TEST(Flatten, ObliqueKeepsTotalsAndChords)
{
	const double c = std::cos(M_PI / 6), s = std::sin(M_PI / 6), mm = 1.5;
	const Affine turned = { { { mm * c, -mm * s, 0, 5 }, { mm * s, mm * c, 0, -4 }, { 0, 0, mm, 2 },
		{ 0, 0, 0, 1 } } };
	Box box(turned, { 60, 14, 20 }, 400);
	const double cm3 = 60 * 14 * 20 * mm * mm * mm / 1000, chord_cm = 14 * mm / c / 10;
	struct flatten f;
	ASSERT_OK(flatten_ap(&f, box.density.get(), box.region.get(), 2));
	EXPECT_NEAR(cm3, Sum(f.path_cm, f) * 0.01, 1e-5 * cm3);
	EXPECT_NEAR(cm3 * 0.4, Sum(f.mineral_g_cm2, f) * 0.01, 1e-5 * cm3);
	// Mean over the inner 20 columns and 10 rows: the staircase averages out.
	double sum = 0;
	for (int64_t r = f.rows / 2 - 5; r < f.rows / 2 + 5; r++)
		for (int64_t k = f.cols / 2 - 10; k < f.cols / 2 + 10; k++)
			sum += (double)f.path_cm[k + f.cols * r] / 200;
	EXPECT_NEAR(chord_cm, sum, 0.005 * chord_cm);
	flatten_free(&f);
}

TEST(Flatten, EmptyRegionAndOtherGrid)
{
	Box box(Spacing(2, 2, 2), { 4, 4, 4 }, 100), other(Spacing(2, 2, 2.01), { 4, 4, 4 }, 100);
	struct flatten f;
	ASSERT_OK(flatten_ap(&f, box.density.get(), box.region.get(), 9));
	EXPECT_EQ(0, f.cols * f.rows);
	flatten_free(&f);
	EXPECT_EQ(-1, flatten_ap(&f, box.density.get(), other.region.get(), 2));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
}

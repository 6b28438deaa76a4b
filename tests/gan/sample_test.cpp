#include "gan/sample.h"

#include <cmath>
#include <vector>

#include "tests/support/support.h"

namespace {

std::vector<float> Crop(const sample_view &view, const std::vector<float> &film, int64_t cols, int64_t rows,
	double pixel_mm, label_side side)
{
	std::vector<float> out((size_t)(view.cols * view.rows), NAN);
	EXPECT_OK(sample_crop(out.data(), 1, &view, film.data(), cols, rows, pixel_mm, side));
	return out;
}

// film(c, r) = a + b x + c z in mm of the detector plane, from its middle
std::vector<float> Ramp(int64_t cols, int64_t rows, double pixel_mm, double bx, double bz)
{
	std::vector<float> film((size_t)(cols * rows));
	for (int64_t r = 0; r < rows; r++)
		for (int64_t c = 0; c < cols; c++)
			film[(size_t)(r * cols + c)] = (float)(bx * ((double)c - 0.5 * (double)(cols - 1)) * pixel_mm +
				bz * ((double)r - 0.5 * (double)(rows - 1)) * pixel_mm);
	return film;
}

}

// A linear film keeps its values at the window pixels' centres, whatever the two pixel sizes.
TEST(SampleCrop, LinearFilmIsExact)
{
	const sample_view view = { 24, 40, 2.0, 30.0 };
	for (double pixel_mm : { 1.0, 0.5, 0.8 }) {
		int64_t cols = (int64_t)(140 / pixel_mm), rows = (int64_t)(100 / pixel_mm);
		auto film = Ramp(cols, rows, pixel_mm, 0.01, -0.02);
		auto right = Crop(view, film, cols, rows, pixel_mm, LABEL_RIGHT);
		for (int64_t r = 0; r < view.rows; r++)
			for (int64_t c = 0; c < view.cols; c++) {
				double x = -30.0 + ((double)c - 11.5) * 2.0, z = ((double)r - 19.5) * 2.0;
				ASSERT_NEAR(right[(size_t)(r * view.cols + c)], 0.01 * x - 0.02 * z, 0.005 * pixel_mm)
					<< pixel_mm << " " << r << " " << c;
			}
	}
}

TEST(SampleCrop, MeanOverTheWindowIsTheFilmsMean)
{
	const sample_view view = { 16, 16, 1.5, 12.0 };
	std::vector<float> film(48 * 24);
	double sum = 0;
	for (size_t i = 0; i < film.size(); i++) {
		film[i] = (float)((i * 2654435761u) % 1009) / 1009.0f;
		if (i % 48 < 24)
			sum += film[i];
	}
	auto out = Crop(view, film, 48, 24, 1.0, LABEL_RIGHT); // window = film's left half exactly
	double mean = 0;
	for (float v : out)
		mean += v / (double)out.size();
	EXPECT_NEAR(mean, sum / (24 * 24), 1e-6);
}

TEST(SampleCrop, LeftHipIsTheMirrorOfTheRight)
{
	const sample_view view = { 20, 12, 1.7, 25.0 };
	std::vector<float> film(101 * 33), mirrored(film.size());
	for (int r = 0; r < 33; r++)
		for (int c = 0; c < 101; c++) {
			film[(size_t)(r * 101 + c)] = (float)std::sin(0.3 * c + 0.7 * r);
			mirrored[(size_t)(r * 101 + 100 - c)] = film[(size_t)(r * 101 + c)];
		}
	auto right = Crop(view, film, 101, 33, 1.0, LABEL_RIGHT), left = Crop(view, mirrored, 101, 33, 1.0, LABEL_LEFT);
	EXPECT_TRUE(AllClose(right.data(), left.data(), right.size(), 1e-6, 0));
}

TEST(SampleCrop, BeyondTheFilmItsEdgeGoesOn)
{
	const sample_view view = { 40, 40, 2.0, 10.0 };
	std::vector<float> film(20 * 20, 3.5f);
	for (float v : Crop(view, film, 20, 20, 1.0, LABEL_RIGHT))
		ASSERT_FLOAT_EQ(v, 3.5f);
}

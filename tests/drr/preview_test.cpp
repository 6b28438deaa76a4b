// The preview read back with libpng.
#include <png.h>
#include "drr/preview.h"
#include "tests/drr/scene.h"

namespace
{

struct Seen {
	int64_t cols = 0, rows = 0;
	std::vector<unsigned> grey;
	std::string window;
	unsigned at(int64_t c, int64_t r) const
	{
		return grey[(size_t)(r * cols + c)];
	}
};

Seen Look(const std::string &path)
{
	Seen seen;
	FILE *file = fopen(path.c_str(), "rb");
	if (!file) {
		ADD_FAILURE() << path;
		return seen;
	}
	png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
	png_infop info = png_create_info_struct(png);
	png_init_io(png, file);
	png_read_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
	EXPECT_EQ(16, png_get_bit_depth(png, info));
	EXPECT_EQ(PNG_COLOR_TYPE_GRAY, png_get_color_type(png, info));
	seen.cols = png_get_image_width(png, info);
	seen.rows = png_get_image_height(png, info);
	for (int64_t r = 0; r < seen.rows; r++)
		for (int64_t c = 0; c < seen.cols; c++) {
			png_bytep p = png_get_rows(png, info)[r] + 2 * c;
			seen.grey.push_back((unsigned)(p[0] << 8 | p[1]));
		}
	png_textp text;
	int n = 0;
	png_get_text(png, info, &text, &n);
	for (int i = 0; i < n; i++)
		if (std::string(text[i].key) == "Window")
			seen.window = text[i].text;
	png_destroy_read_struct(&png, &info, nullptr);
	fclose(file);
	return seen;
}

class Preview : public ::testing::Test
{
      protected:
	ScratchFolder folder_;
	Affine affine_{ { 1, 1, 1 }, { 1, 1, 1 } };
	const double none_[2] = { NAN, NAN };
	Seen Write(const Grid &image, const char *unit, const double window[2], preview *p)
	{
		preview_plan(p, &image.v, unit, window);
		EXPECT_OK(preview_write((folder_ / "p.png").c_str(), p, &image.v, unit));
		return Look(folder_ / "p.png");
	}
};

TEST_F(Preview, RowZeroIsAtTheTopAndHighIsBright)
{
	Grid image({ 5, 3, 1 }, affine_.m);
	image.Fill([](int64_t i) { return (double)i; });
	const double window[2] = { 0, 14 };
	preview p;
	Seen seen = Write(image, "1", window, &p);
	ASSERT_EQ(5, seen.cols);
	ASSERT_EQ(3, seen.rows);
	for (int64_t i = 0; i < 15; i++)
		EXPECT_NEAR(65535.0 * (double)i / 14, seen.grey[(size_t)i], 0.51);
	EXPECT_EQ("black 0, white 14, unit 1", seen.window);
}

TEST_F(Preview, ManyFramesAreAMontageWithWhiteGaps)
{
	Grid image({ 4, 3, 5 }, affine_.m);
	image.Fill([](int64_t i) { return (double)(i / 12) + 1; });
	const double window[2] = { 0, 10 };
	preview p;
	Seen seen = Write(image, "1", window, &p);
	EXPECT_EQ(3, p.columns);
	EXPECT_EQ(5, p.shown);
	ASSERT_EQ(3 * 4 + 2 * PREVIEW_GAP, seen.cols);
	ASSERT_EQ(2 * 3 + PREVIEW_GAP, seen.rows);
	for (int64_t r = 0; r < seen.rows; r++)
		for (int64_t c = 0; c < seen.cols; c++) {
			int64_t x = c / (4 + PREVIEW_GAP), y = r / (3 + PREVIEW_GAP), frame = 3 * y + x;
			bool gap = c % (4 + PREVIEW_GAP) >= 4 || r % (3 + PREVIEW_GAP) >= 3;
			double want = gap ? 65535 : frame < 5 ? 6553.5 * (double)(frame + 1) : 0;
			EXPECT_NEAR(want, seen.at(c, r), 0.51) << c << " " << r;
		}
}

TEST_F(Preview, ChoosesAWindowThatShowsTheBody)
{
	Grid image({ 100, 100, 1 }, affine_.m);
	image.Fill([](int64_t i) { return i < 4000 ? 0 : 2 + (double)i / 1e4; });
	image.at(0, 99, 0) = 90; // a pixel of metal
	preview p;
	preview_plan(&p, &image.v, "1", none_);
	EXPECT_NEAR(2.403, p.low, 0.02);
	EXPECT_NEAR(2.997, p.high, 0.02);
	preview_plan(&p, &image.v, "grey", none_);
	EXPECT_EQ(0, p.low);
	EXPECT_EQ(1, p.high);
	image.Fill([](int64_t) { return 0; });
	preview_plan(&p, &image.v, "1", none_);
	EXPECT_LT(p.low, p.high);
}

TEST_F(Preview, ShowsNoMoreThanFitsOnePicture)
{
	Grid many({ 3, 2, 200 }, affine_.m);
	preview p;
	preview_plan(&p, &many.v, "1", none_);
	EXPECT_EQ(PREVIEW_MOST_FRAMES, p.shown);
	EXPECT_EQ(8, p.columns);
	Grid wide({ 30000, 1, 9 }, affine_.m);
	Seen seen = Write(wide, "1", none_, &p);
	EXPECT_EQ(4, p.shown) << "two columns of 30000";
	EXPECT_EQ(60000 + PREVIEW_GAP, seen.cols);
}

} // namespace

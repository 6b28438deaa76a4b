#include "host/files/png.h"

#include <cmath>
#include <filesystem>
#include <gmock/gmock.h>
#include <png.h>
#include "tests/support/support.h"

static std::vector<uint8_t> Decode(const std::string &path, png_uint_32 format, unsigned cols, unsigned rows)
{
	png_image image = {};
	image.version = PNG_IMAGE_VERSION;
	EXPECT_TRUE(png_image_begin_read_from_file(&image, path.c_str())) << image.message;
	EXPECT_EQ(format, image.format);
	EXPECT_EQ(cols, image.width);
	EXPECT_EQ(rows, image.height);
	std::vector<uint8_t> pixels(PNG_IMAGE_SIZE(image));
	EXPECT_TRUE(png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr)) << image.message;
	return pixels;
}

TEST(Png, GreyWindowClampsAndRounds)
{
	ScratchFolder scratch;
	const float values[6] = { -1, 0, 0.5f, 1, 9, NAN };
	ASSERT_OK(png_write_grey((scratch / "a.png").c_str(), values, 3, 2, 0, 1));
	const std::vector<uint8_t> expected = { 0, 0, 128, 255, 255, 0 };
	EXPECT_EQ(expected, Decode(scratch / "a.png", PNG_FORMAT_GRAY, 3, 2));
	/* An inverted or empty window is black, not undefined. */
	ASSERT_OK(png_write_grey((scratch / "a.png").c_str(), values, 3, 2, 1, 1));
	EXPECT_EQ(std::vector<uint8_t>(6, 0), Decode(scratch / "a.png", PNG_FORMAT_GRAY, 3, 2));
}

// Reads a picture with libpng's full interface: bit depth, colour type, big-endian words and text.
struct Picture16 {
	unsigned cols = 0, rows = 0;
	int depth = 0, colour = 0;
	std::vector<unsigned> grey;
	std::vector<std::pair<std::string, std::string>> notes;
	explicit Picture16(const std::string &path)
	{
		FILE *file = fopen(path.c_str(), "rb");
		if (!file) {
			ADD_FAILURE() << path;
			return;
		}
		png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, nullptr, nullptr);
		png_infop info = png_create_info_struct(png);
		png_init_io(png, file);
		png_read_png(png, info, PNG_TRANSFORM_IDENTITY, nullptr);
		cols = png_get_image_width(png, info);
		rows = png_get_image_height(png, info);
		depth = png_get_bit_depth(png, info);
		colour = png_get_color_type(png, info);
		for (unsigned r = 0; depth == 16 && r < rows; r++)
			for (unsigned c = 0; c < cols; c++) {
				png_bytep p = png_get_rows(png, info)[r] + 2 * c;
				grey.push_back((unsigned)(p[0] << 8 | p[1]));
			}
		png_textp text;
		int n = 0;
		png_get_text(png, info, &text, &n);
		for (int i = 0; i < n; i++)
			notes.emplace_back(text[i].key, text[i].text);
		png_destroy_read_struct(&png, &info, nullptr);
		fclose(file);
	}
};

TEST(Png, Grey16KeepsEveryLevelRowsFromTheTopAndItsNotes)
{
	ScratchFolder scratch;
	std::vector<float> values;
	for (int i = 0; i < 37 * 23; i++)
		values.push_back((float)(i * 77));
	const png_note notes[2] = { { "Window", "black 0, white 65535" }, { "Comment", "a test" } };
	ASSERT_OK(png_write_grey16((scratch / "a.png").c_str(), values.data(), 37, 23, 0, 65535, notes, 2));
	Picture16 back(scratch / "a.png");
	EXPECT_EQ(37u, back.cols);
	EXPECT_EQ(23u, back.rows);
	EXPECT_EQ(16, back.depth);
	EXPECT_EQ(PNG_COLOR_TYPE_GRAY, back.colour);
	ASSERT_EQ(values.size(), back.grey.size());
	for (size_t i = 0; i < values.size(); i++)
		ASSERT_EQ((unsigned)std::min(values[i], 65535.0f), back.grey[i]) << i;
	ASSERT_EQ(2u, back.notes.size());
	EXPECT_EQ("Window", back.notes[0].first);
	EXPECT_EQ("black 0, white 65535", back.notes[0].second);
	EXPECT_EQ("a test", back.notes[1].second);
}

TEST(Png, Grey16WindowClampsAndRounds)
{
	ScratchFolder scratch;
	const float values[6] = { -1, 0, 0.5f, 1, INFINITY, NAN };
	ASSERT_OK(png_write_grey16((scratch / "a.png").c_str(), values, 3, 2, 0, 1, nullptr, 0));
	const std::vector<unsigned> expected = { 0, 0, 32768, 65535, 65535, 0 };
	EXPECT_EQ(expected, Picture16(scratch / "a.png").grey);
	ASSERT_OK(png_write_grey16((scratch / "a.png").c_str(), values, 3, 2, 1, 1, nullptr, 0));
	EXPECT_EQ(std::vector<unsigned>(6, 0), Picture16(scratch / "a.png").grey);
}

TEST(Png, Grey16RefusesWithoutLeavingAFile)
{
	ScratchFolder scratch;
	const float value = 0;
	EXPECT_EQ(-1, png_write_grey16((scratch / "a.png").c_str(), &value, 0, 1, 0, 1, nullptr, 0));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_EQ(-1, png_write_grey16((scratch / "a.png").c_str(), &value, 65536, 1, 0, 1, nullptr, 0));
	WriteFile(scratch / "file", "x");
	EXPECT_EQ(-1, png_write_grey16((scratch / "file/a.png").c_str(), &value, 1, 1, 0, 1, nullptr, 0));
	EXPECT_EQ(EXIT_CODE_OUTPUT, err_code());
	EXPECT_FALSE(FileExists(scratch / "a.png"));
}

TEST(Png, Rgb)
{
	ScratchFolder scratch;
	std::vector<uint8_t> rgb;
	for (int i = 0; i < 5 * 3 * 3; i++)
		rgb.push_back((uint8_t)(i * 5));
	ASSERT_OK(png_write_rgb((scratch / "a.png").c_str(), rgb.data(), 5, 3));
	EXPECT_EQ(rgb, Decode(scratch / "a.png", PNG_FORMAT_RGB, 5, 3));
}

TEST(Png, Failures)
{
	ScratchFolder scratch;
	const float value = 0;
	EXPECT_EQ(-1, png_write_grey((scratch / "a.png").c_str(), &value, 0, 1, 0, 1));
	EXPECT_EQ(EXIT_CODE_INVALID, err_code());
	EXPECT_EQ(-1, png_write_grey((scratch / "no/a.png").c_str(), &value, 1, 1, 0, 1));
	EXPECT_EQ(EXIT_CODE_OUTPUT, err_code());
	EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
}

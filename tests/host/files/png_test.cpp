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

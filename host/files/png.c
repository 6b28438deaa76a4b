#include "host/files/png.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>
#include "host/files/alloc.h"
#include "host/files/path.h"
#include "host/run/err.h"

/* format: PNG_FORMAT_GRAY or PNG_FORMAT_RGB; pixels packed, rows from the top. */
static int put_png(
	FILE *out, const char *path, const uint8_t *pixels, int64_t cols, int64_t rows, png_uint_32 format)
{
	png_image image = { .version = PNG_IMAGE_VERSION, .format = format };
	if (cols < 1 || rows < 1 || cols > 65535 || rows > 65535)
		return ERR_INVALID("cannot write '%s': a picture of %lld x %lld pixels", path,
			(long long)cols, (long long)rows);
	image.width = (png_uint_32)cols;
	image.height = (png_uint_32)rows;
	int rc = png_image_write_to_stdio(&image, out, 0, pixels, 0, NULL)
			 ? 0
			 : ERR_OUTPUT("cannot write '%s': %s", path, image.message);
	png_image_free(&image);
	return rc;
}

int png_put_grey(FILE *out, const char *path, const float *values, int64_t cols, int64_t rows, double low, double high)
{
	size_t n = cols > 0 && rows > 0 ? (size_t)cols * (size_t)rows : 0;
	uint8_t *grey = alloc_grow(NULL, n, 1);
	double scale = high > low ? 255.0 / (high - low) : 0.0;
	for (size_t i = 0; i < n; i++) {
		double level = ((double)values[i] - low) * scale + 0.5;
		if (!(level > 0)) /* also NaN */
			level = 0;
		grey[i] = (uint8_t)(level < 255 ? level : 255);
	}
	int rc = put_png(out, path, grey, cols, rows, PNG_FORMAT_GRAY);
	free(grey);
	return rc;
}

int png_write_grey(const char *path, const float *values, int64_t cols, int64_t rows, double low, double high)
{
	struct path_output output = { 0 };
	if (path_output_open(&output, path) != 0)
		return -1;
	int rc = png_put_grey(output.file, path, values, cols, rows, low, high);
	if (rc == 0)
		rc = path_output_commit(&output);
	path_output_abort(&output);
	return rc;
}

int png_write_rgb(const char *path, const uint8_t *rgb, int64_t cols, int64_t rows)
{
	struct path_output output = { 0 };
	if (path_output_open(&output, path) != 0)
		return -1;
	int rc = put_png(output.file, path, rgb, cols, rows, PNG_FORMAT_RGB);
	if (rc == 0)
		rc = path_output_commit(&output);
	path_output_abort(&output);
	return rc;
}

#include "host/files/png.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>
#include "host/files/alloc.h"
#include "host/files/path.h"
#include "host/run/err.h"

/* format: PNG_FORMAT_GRAY or PNG_FORMAT_RGB; pixels packed, rows from the top. */
static int write_png(const char *path, const uint8_t *pixels, int64_t cols, int64_t rows, png_uint_32 format)
{
	int rc = -1;
	struct path_output output = { 0 };
	png_image image = { .version = PNG_IMAGE_VERSION, .format = format };
	if (cols < 1 || rows < 1 || cols > 65535 || rows > 65535)
		return ERR_INVALID("cannot write '%s': a picture of %lld x %lld pixels", path,
			(long long)cols, (long long)rows);
	image.width = (png_uint_32)cols;
	image.height = (png_uint_32)rows;
	TRY(path_output_open(&output, path));
	if (!png_image_write_to_stdio(&image, output.file, 0, pixels, 0, NULL)) {
		(void)ERR_OUTPUT("cannot write '%s': %s", path, image.message);
		goto cleanup;
	}
	rc = path_output_commit(&output);
cleanup:
	png_image_free(&image);
	path_output_abort(&output);
	return rc;
}

int png_write_grey(const char *path, const float *values, int64_t cols, int64_t rows, double low, double high)
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
	int rc = write_png(path, grey, cols, rows, PNG_FORMAT_GRAY);
	free(grey);
	return rc;
}

int png_write_rgb(const char *path, const uint8_t *rgb, int64_t cols, int64_t rows)
{
	return write_png(path, rgb, cols, rows, PNG_FORMAT_RGB);
}

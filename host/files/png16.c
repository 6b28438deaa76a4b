/* The 16-bit writer: libpng's simplified interface holds neither plain 16-bit grey nor text. */
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "host/files/alloc.h"
#include "host/files/path.h"
#include "host/files/png.h"
#include "host/run/err.h"

enum { NOTES = 8 };

/* What a failing libpng jumps over. */
struct writer {
	png_structp png;
	png_infop info;
	uint8_t *row; /* (cols, 2) big-endian */
	char message[200];
};

static void on_error(png_structp png, png_const_charp message)
{
	struct writer *w = png_get_error_ptr(png);
	strncpy(w->message, message, sizeof(w->message) - 1);
	longjmp(png_jmpbuf(png), 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

static void fill_row(uint8_t *row, const float *values, int64_t cols, double low, double scale)
{
	for (int64_t c = 0; c < cols; c++) {
		double level = ((double)values[c] - low) * scale + 0.5;
		if (!(level > 0)) /* also NaN */
			level = 0;
		unsigned grey = (unsigned)(level < 65535 ? level : 65535);
		row[2 * c] = (uint8_t)(grey >> 8);
		row[2 * c + 1] = (uint8_t)(grey & 255);
	}
}

static void put_notes(struct writer *w, const struct png_note *notes, int n_notes)
{
	png_text text[NOTES];
	memset(text, 0, sizeof(text));
	for (int i = 0; i < n_notes; i++) {
		text[i].compression = PNG_TEXT_COMPRESSION_NONE;
		text[i].key = (png_charp)(uintptr_t)notes[i].key; /* libpng copies and does not write */
		text[i].text = (png_charp)(uintptr_t)notes[i].text;
		text[i].text_length = strlen(notes[i].text);
	}
	png_set_text(w->png, w->info, text, n_notes);
}

/* Everything that may jump; no local of the caller changes meanwhile. */
static int write_all(struct writer *w, FILE *file, const float *values, int64_t cols, int64_t rows,
	const double window[2], const struct png_note *notes, int n_notes)
{
	const double scale = window[1] > window[0] ? 65535.0 / (window[1] - window[0]) : 0.0;
	if (setjmp(png_jmpbuf(w->png)))
		return -1;
	png_init_io(w->png, file);
	png_set_IHDR(w->png, w->info, (png_uint_32)cols, (png_uint_32)rows, 16, PNG_COLOR_TYPE_GRAY,
		PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	put_notes(w, notes, n_notes);
	png_write_info(w->png, w->info);
	for (int64_t r = 0; r < rows; r++) {
		fill_row(w->row, values + r * cols, cols, window[0], scale);
		png_write_row(w->png, w->row);
	}
	png_write_end(w->png, NULL);
	return 0;
}

int png_write_grey16(const char *path, const float *values, int64_t cols, int64_t rows, double low,
	double high, const struct png_note *notes, int n_notes)
{
	struct path_output output = { 0 };
	struct writer w = { 0 };
	const double window[2] = { low, high };
	int rc = -1;
	if (cols < 1 || rows < 1 || cols > 65535 || rows > 65535)
		return ERR_INVALID("cannot write '%s': a picture of %lld x %lld pixels", path,
			(long long)cols, (long long)rows);
	if (n_notes < 0 || n_notes > NOTES)
		BUG("%d notes in a picture", n_notes);
	w.row = alloc_grow(NULL, (size_t)cols, 2);
	w.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &w, on_error, on_warning);
	w.info = w.png ? png_create_info_struct(w.png) : NULL;
	if (!w.info) {
		ERR_RESOURCE("out of memory for '%s'", path);
		goto cleanup;
	}
	TRY(path_output_open(&output, path));
	if (write_all(&w, output.file, values, cols, rows, window, notes, n_notes) != 0) {
		ERR_OUTPUT("cannot write '%s': %s", path, w.message);
		goto cleanup;
	}
	rc = path_output_commit(&output);
cleanup:
	if (w.png)
		png_destroy_write_struct(&w.png, w.info ? &w.info : NULL);
	free(w.row);
	path_output_abort(&output);
	return rc;
}

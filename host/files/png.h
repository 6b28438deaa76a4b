/* PNG pictures (through libpng), for looking at, never as data. */
#ifndef HOST_FILES_PNG_H
#define HOST_FILES_PNG_H
#include <stdint.h>
#include <stdio.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Grey, 8 bits: values (rows, cols), low..high shown as black..white and clamped. */
int png_write_grey(const char *path, const float *values, int64_t cols, int64_t rows, double low, double high);
/* The same into an open file; path for messages. */
int png_put_grey(FILE *out, const char *path, const float *values, int64_t cols, int64_t rows, double low, double high);
/* A line of text inside a picture (tEXt chunk): key of 1 to 79 letters, both Latin-1. */
struct png_note {
	const char *key, *text;
};
/* Grey, 16 bits, otherwise as png_write_grey; notes: (n_notes) or NULL. */
int png_write_grey16(const char *path, const float *values, int64_t cols, int64_t rows, double low, double high,
	const struct png_note *notes, int n_notes);
/* rgb (rows, cols, 3). */
int png_write_rgb(const char *path, const uint8_t *rgb, int64_t cols, int64_t rows);
#ifdef __cplusplus
}
#endif
#endif

/* PNG pictures (through libpng), for looking at, never as data. */
#ifndef HOST_FILES_PNG_H
#define HOST_FILES_PNG_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
/* Grey, 8 bits: values (rows, cols), low..high shown as black..white and clamped. */
int png_write_grey(const char *path, const float *values, int64_t cols, int64_t rows, double low, double high);
/* rgb (rows, cols, 3). */
int png_write_rgb(const char *path, const uint8_t *rgb, int64_t cols, int64_t rows);
#ifdef __cplusplus
}
#endif
#endif

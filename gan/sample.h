/*
 * A sample: what the network sees of one hip and what it must say about it.
 *
 * The view is a window of the film at fixed millimetres of the detector plane, centred on one half of the film;
 * left hips are mirrored so that every hip looks like a right one (lateral at the window's left).
 */
#ifndef GAN_SAMPLE_H
#define GAN_SAMPLE_H
#include <stdint.h>
#include "ct/labels.h"
#ifdef __cplusplus
extern "C" {
#endif
/* The network's outputs, in this order; physical units. */
enum sample_channel {
	SAMPLE_FEMUR,      /* areal density of the femur, g/cm2 */
	SAMPLE_PELVIS,     /* areal density of the hip bone of that side, g/cm2 */
	SAMPLE_FEMUR_PATH, /* path length in the femur, cm */
	SAMPLE_HIP,        /* areal density of the femur's total-hip region, g/cm2 */
	SAMPLE_HIP_PATH,   /* path length in that region, cm */
	SAMPLE_CHANNELS
};
extern const char *const sample_channel_names[SAMPLE_CHANNELS];
extern const char *const sample_channel_units[SAMPLE_CHANNELS];

struct sample_view {
	int64_t cols, rows;
	double pixel_mm;  /* in the detector plane */
	double centre_mm; /* distance of the window's middle from the film's middle, towards the hip */
};
struct sample_view sample_view_default(void); /* 96 x 160 pixels of 2 mm, 100 mm from the middle */

/*
 * out[(row * cols + col) * stride] = mean of the film over the pixel's square (exact area weights); beyond the film
 * its edge value.  film (film_rows, film_cols), pixels of film_pixel_mm.
 */
int sample_crop(float *out, int64_t stride, const struct sample_view *view, const float *film, int64_t film_cols,
	int64_t film_rows, double film_pixel_mm, enum label_side side);
#ifdef __cplusplus
}
#endif
#endif

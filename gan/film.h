/* A radiograph to measure: NIfTI float32, -ln(I/I0), one frame or several (poses), with what its sidecar says. */
#ifndef GAN_FILM_H
#define GAN_FILM_H
#include "host/files/volume.h"
#ifdef __cplusplus
extern "C" {
#endif
struct film_image {
	struct volume volume; /* (cols, rows, frames) float32 */
	double pixel_mm;
};
/*
 * ERR_INVALID with the reason: pixels not square, a sidecar that names another quantity than "radiograph" or another
 * view than "ap", values no -ln(I/I0) can have.
 */
int film_read(struct film_image *film, const char *path);
void film_image_free(struct film_image *film);
#ifdef __cplusplus
}
#endif
#endif

#ifndef KERNELS_GRADIENT_CORRELATION_FIELD_H
#define KERNELS_GRADIENT_CORRELATION_FIELD_H
#include "kernels/gradient_correlation.h"
/* field[axis, s, j, c] = d part[s, c] / d (Sobel gradient of a along axis at interior pixel j); for that of b
 * swap a and b and set swapped.  Tiles over samples * (h - 2) * (w - 2) rows. */
struct gradient_correlation_field_args {
	void *field_x, *field_y; /* k_master (samples, h - 2, w - 2, channels) */
	const double *saved;	 /* (samples, channels, 2, GRADIENT_CORRELATION_SIZE) */
	const void *a, *b;	 /* (samples, h, w, channels) */
	int64_t h, w, channels, swapped;
};
K_DECLARE(gradient_correlation_field);
#endif

#ifndef KERNELS_SLAB_SQUARES_H
#define KERNELS_SLAB_SQUARES_H
#include "kernels/kernel.h"
/* Of each element of a layout of tags (slab.h) the channel that it has in common with the next of its row and with the two of
 * the next row, SLAB_SEVERAL where they differ: one read in place of four.  Map over the elements. */
enum { SLAB_SEVERAL = 255 };
struct slab_squares_args {
	uint8_t *square;    /* (elements) */
	const uint8_t *tag; /* (elements) */
	int64_t elements, row; /* row: from an element to that of the next row */
};
K_DECLARE(slab_squares);
#endif

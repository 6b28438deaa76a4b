#ifndef KERNELS_ADD_H
#define KERNELS_ADD_H
#include "kernels/kernel.h"
/* y = a + b.  Tiles. */
struct add_args {
	void *y;	   /* (rows, channels), may equal a or b */
	const void *a, *b; /* same */
	int64_t channels;
};
K_DECLARE(add);
#endif

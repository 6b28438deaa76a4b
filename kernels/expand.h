/* out = share x the coarse field at each pixel, or is added to with `accumulate`.  Map over the (rows, cols)
 * pixels. */
#ifndef KERNELS_EXPAND_H
#define KERNELS_EXPAND_H
#include "kernels/coarse_field.h"
#include "kernels/kernel.h"
struct expand_args {
	float *out; /* (rows, cols) */
	struct coarse_field field;
	int64_t cols, accumulate;
	double share;
};
K_DECLARE(expand);
#endif

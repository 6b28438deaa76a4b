/* out[i] = in[i] + scale x the scatter field at pixel i.  Map over the (rows, cols) pixels of a film. */
#ifndef KERNELS_SCATTER_ADD_H
#define KERNELS_SCATTER_ADD_H
#include "kernels/kernel.h"
#include "kernels/coarse_field.h"
struct scatter_add_args {
	float *out;	 /* (n) */
	const float *in; /* (n); may be out */
	struct coarse_field field;
	int64_t cols;
	double scale;
};
K_DECLARE(scatter_add);
#endif

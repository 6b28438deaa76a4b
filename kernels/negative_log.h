/* radiograph[i] = -ln(max(intensity[i], least)): finite whatever noise or metal left.  Map over n pixels. */
#ifndef KERNELS_NEGATIVE_LOG_H
#define KERNELS_NEGATIVE_LOG_H
#include "kernels/kernel.h"
struct negative_log_args {
	float *radiograph;	/* (n) */
	const float *intensity; /* (n) in units of the open beam */
	double least;		/* > 0; NaN counts as least */
};
K_DECLARE(negative_log);
#endif

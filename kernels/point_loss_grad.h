#ifndef KERNELS_POINT_LOSS_GRAD_H
#define KERNELS_POINT_LOSS_GRAD_H
#include "kernels/point_loss.h"
/* gradient = factor * weight * d point_loss / d x, t (by = 1) or v (by = 2); 0 at a kink's upper side.  Map over the n
 * elements. */
struct point_loss_grad_args {
	void *gradient; /* (n) */
	struct point_loss_terms of;
	int64_t by, accumulate; /* accumulate: 1 adds to gradient */
	double factor;
};
K_DECLARE(point_loss_grad);
#endif

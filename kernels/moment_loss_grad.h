#ifndef KERNELS_MOMENT_LOSS_GRAD_H
#define KERNELS_MOMENT_LOSS_GRAD_H
#include "kernels/moment_loss.h"
/* da = factor * d moment_loss / d a; for d / d b swap a and b and set swapped.  Tiles over samples * pixels rows. */
struct moment_loss_grad_args {
	void *da;	     /* (samples, pixels, channels) */
	const void *a, *b;   /* same */
	const double *saved; /* (samples, channels, 2, MOMENT_LOSS_SAVED) */
	int64_t pixels, channels, swapped, accumulate; /* accumulate: 1 adds to da */
	double factor;
};
K_DECLARE(moment_loss_grad);
#endif

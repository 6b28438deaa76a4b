#ifndef KERNELS_MOMENT_LOSS_H
#define KERNELS_MOMENT_LOSS_H
#include "kernels/kernel.h"
/* Losses of two images through the sums of a, b, a b, a^2, b^2 over their pixels. */
enum moment_loss_kind {
	MOMENT_LOSS_NCC, /* 1 - sum a'b' / (|a'| |b'| + epsilon), means removed */
	MOMENT_LOSS_DICE /* 1 - (2 sum ab + epsilon) / (sum a + sum b + epsilon) */
};
/* What is left for the gradient: d / d a = CONSTANT + OWN a + OTHER b, then the same of b. */
enum { MOMENT_LOSS_CONSTANT, MOMENT_LOSS_OWN, MOMENT_LOSS_OTHER, MOMENT_LOSS_SAVED };
/* part[s, c] = the loss of channel c of sample s times the sample's weight.  Channel sum over `samples` samples of
 * `pixels` terms. */
struct moment_loss_args {
	double *part;	   /* (samples, channels) */
	double *saved;	   /* (samples, channels, 2, MOMENT_LOSS_SAVED) */
	const void *a, *b; /* (samples, pixels, channels) */
	const void *weight; /* (samples); NULL: 1 */
	int64_t pixels, channels;
	enum moment_loss_kind kind;
	double epsilon;
};
K_DECLARE_SUM(moment_loss);
#endif

#ifndef KERNELS_ACTIVATION_H
#define KERNELS_ACTIVATION_H
#include "kernels/kernel.h"
enum activation_kind {
	ACTIVATION_LEAKY,   /* x where x > 0, slope * x elsewhere (0 = ReLU) */
	ACTIVATION_TANH,
	ACTIVATION_SIGMOID, /* 1 / (1 + exp(-x)) */
	ACTIVATION_GELU,    /* x Phi(x), Phi the normal distribution (the erf form, no tanh approximation) */
	ACTIVATION_SILU     /* x sigmoid(x) */
};
/* y = act(x).  Tiles. */
struct activation_args {
	void *y;       /* (rows, channels) */
	const void *x; /* same */
	int64_t channels;
	enum activation_kind kind;
	double slope; /* >= 0 */
};
K_DECLARE(activation);
#endif

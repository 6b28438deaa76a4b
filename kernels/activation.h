#ifndef KERNELS_ACTIVATION_H
#define KERNELS_ACTIVATION_H
#include "kernels/kernel.h"
enum activation_kind { ACTIVATION_LEAKY, ACTIVATION_TANH };
/* leaky: y = x where x > 0, slope * x elsewhere (0 = ReLU); tanh: y = tanh(x).  Tiles. */
struct activation_args {
	void *y;       /* (rows, channels) */
	const void *x; /* same */
	int64_t channels;
	enum activation_kind kind;
	double slope; /* >= 0 */
};
K_DECLARE(activation);
#endif

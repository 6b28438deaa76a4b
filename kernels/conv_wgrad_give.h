#ifndef KERNELS_CONV_WGRAD_GIVE_H
#define KERNELS_CONV_WGRAD_GIVE_H
#include "kernels/kernel.h"
/* dweight = term, or += it: a weight gradient in the activations' storage, whose rows may be wider.  Map over the weights. */
struct conv_wgrad_give_args {
	void *dweight;	  /* k_master (rows, channels) */
	const void *term; /* (rows or more, term_channels) */
	int64_t channels, term_channels, accumulate; /* accumulate: 1 adds to dweight */
};
K_DECLARE(conv_wgrad_give);
#endif

#ifndef KERNELS_CONV_WGRAD_GIVE_H
#define KERNELS_CONV_WGRAD_GIVE_H
#include "kernels/kernel.h"
/* dweight = term, or += it: a weight gradient in the activations' storage.  Map over the weights. */
struct conv_wgrad_give_args {
	void *dweight;	    /* k_master */
	const void *term;
	int64_t accumulate; /* 1 adds to dweight */
};
K_DECLARE(conv_wgrad_give);
#endif

#ifndef KERNELS_CONV_WGRAD_ADD_H
#define KERNELS_CONV_WGRAD_ADD_H
#include "kernels/kernel.h"
/* dweight += term, a weight gradient in the activations' storage, whose rows may be wider.  Map over the weights. */
struct conv_wgrad_add_args {
	void *dweight;	  /* k_master (rows, channels) */
	const void *term; /* (rows or more, term_channels) */
	int64_t channels, term_channels;
};
K_DECLARE(conv_wgrad_add);
#endif

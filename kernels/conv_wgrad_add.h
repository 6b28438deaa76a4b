#ifndef KERNELS_CONV_WGRAD_ADD_H
#define KERNELS_CONV_WGRAD_ADD_H
#include "kernels/kernel.h"
/* dweight += term, a weight gradient in the activations' storage.  Map over the n weights. */
struct conv_wgrad_add_args {
	void *dweight;	  /* k_master (n) */
	const void *term; /* (n) */
};
K_DECLARE(conv_wgrad_add);
#endif

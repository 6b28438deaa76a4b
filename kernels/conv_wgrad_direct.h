#ifndef KERNELS_CONV_WGRAD_DIRECT_H
#define KERNELS_CONV_WGRAD_DIRECT_H
#include "kernels/kernel.h"
/*
 * dweight += the weight gradient of a convolution, term by term in double: for the shapes (one input channel
 * in bfloat16 is the likeliest) for which an installed cuDNN has no deterministic engine.  Sum of
 * conv_wgrad_direct_groups() groups of n * oh * ow terms, a group being CONV_WGRAD_DIRECT_BLOCK output
 * channels of one kernel element.  Tensors below 2^31 elements.
 */
enum { CONV_WGRAD_DIRECT_BLOCK = 8 };
struct conv_wgrad_direct_args {
	void *dweight;	/* k_master (cout, kh, kw, cin), added to */
	const void *x;	/* (n, h, w, cin), zero outside */
	const void *dy; /* (n, oh, ow, cout) */
	int64_t h, w, cin, oh, ow, cout, kh, kw, stride, pad;
};
K_DECLARE_SUM(conv_wgrad_direct);
static inline int64_t conv_wgrad_direct_groups(const struct conv_wgrad_direct_args *a)
{
	return a->kh * a->kw * a->cin * ((a->cout + CONV_WGRAD_DIRECT_BLOCK - 1) / CONV_WGRAD_DIRECT_BLOCK);
}
#endif

#ifndef KERNELS_CONV_WGRAD_DIRECT_H
#define KERNELS_CONV_WGRAD_DIRECT_H
#include "host/run/plugin.h"
#include "kernels/kernel.h"
/*
 * dweight = the weight gradient of a convolution, or += it, term by term in double: for the shapes (one input channel
 * in bfloat16, a depthwise or a 3-D one) for which an installed cuDNN has no deterministic engine.  Sum of
 * conv_wgrad_direct_groups() groups of n * od * oh * ow terms, a group being up to CONV_WGRAD_DIRECT_BLOCK output
 * channels of one kernel element.  Tensors below 2^31 elements.
 */
enum { CONV_WGRAD_DIRECT_BLOCK = 8 };
struct conv_wgrad_direct_args {
	void *dweight;	/* k_master (cout, kd, kh, kw, cin / groups), or the storage of x where `term` is 1 */
	const void *x;	/* (n, d, h, w, cin), zero outside */
	const void *dy; /* (n, od, oh, ow, cout) */
	struct plugin_conv_shape s;
	int64_t accumulate, term; /* accumulate: 1 adds to dweight */
};
K_DECLARE_SUM(conv_wgrad_direct);
static inline int64_t conv_wgrad_direct_groups(const struct conv_wgrad_direct_args *a)
{
	const int64_t each = a->s.cout / a->s.groups;
	const int64_t blocks = (each + CONV_WGRAD_DIRECT_BLOCK - 1) / CONV_WGRAD_DIRECT_BLOCK;
	return a->s.kernel[0] * a->s.kernel[1] * a->s.kernel[2] * (a->s.cin / a->s.groups) * a->s.groups * blocks;
}
/* Terms of each sum. */
static inline int64_t conv_wgrad_direct_count(const struct conv_wgrad_direct_args *a)
{
	return a->s.n * a->s.out[0] * a->s.out[1] * a->s.out[2];
}
#endif

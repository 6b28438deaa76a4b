#ifndef KERNELS_DEPTHWISE_WGRAD_H
#define KERNELS_DEPTHWISE_WGRAD_H
#include "kernels/kernel.h"
/*
 * dweight[c, t] = or += sum over the samples and the pixels o of y of x[s, o * stride - pad + t * dilation, c] *
 * dy[s, o, c], an axis at a time, x being zero outside: the gradient of the weights of a depthwise convolution.
 * Channel sum of depthwise_wgrad_rows() "samples", each up to DEPTHWISE_WGRAD_TAPS neighbouring taps of a row of the
 * kernel, and depthwise_wgrad_count() terms, each a run of DEPTHWISE_WGRAD_RUN pixels of a line of y: a run is summed
 * in k_real, the runs in k_acc.
 */
enum { DEPTHWISE_WGRAD_TAPS = 8, DEPTHWISE_WGRAD_RUN = 16 };
struct depthwise_wgrad_args {
	void *dweight;	/* k_master (channels, kernel[0], kernel[1]) */
	const void *x;	/* (samples, in[0], in[1], channels) */
	const void *dy; /* (samples, out[0], out[1], channels) */
	int64_t in[2], out[2], kernel[2], stride[2], pad[2], dilation[2]; /* of lines, then along a line */
	int64_t channels, accumulate; /* accumulate: 1 adds to dweight */
};
K_DECLARE_SUM(depthwise_wgrad);
K_HELPER int64_t depthwise_wgrad_blocks(int64_t kernel_w) /* of taps, in a row of the kernel */
{
	return (kernel_w + DEPTHWISE_WGRAD_TAPS - 1) / DEPTHWISE_WGRAD_TAPS;
}
K_HELPER int64_t depthwise_wgrad_runs(int64_t out_w)
{
	return (out_w + DEPTHWISE_WGRAD_RUN - 1) / DEPTHWISE_WGRAD_RUN;
}
K_HELPER int64_t depthwise_wgrad_rows(const struct depthwise_wgrad_args *a)
{
	return a->kernel[0] * depthwise_wgrad_blocks(a->kernel[1]);
}
K_HELPER int64_t depthwise_wgrad_count(const struct depthwise_wgrad_args *a, int64_t samples)
{
	return samples * a->out[0] * depthwise_wgrad_runs(a->out[1]);
}
#endif

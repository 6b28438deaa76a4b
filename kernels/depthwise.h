#ifndef KERNELS_DEPTHWISE_H
#define KERNELS_DEPTHWISE_H
#include "kernels/kernel.h"
/*
 * y[s, o, c] = sum over the taps t of x[s, (o * stride - pad + t * dilation) / spread, c] * weight[t, c], an axis at a
 * time; positions outside x, and such that spread does not divide, count as zero.  A convolution of one channel each
 * has spread 1.  The gradient of its data is the same sum over dy, the taps in reverse: spread is the convolution's
 * stride, stride 1, pad (kernel - 1) * dilation - pad, which may be negative.  Sums in k_real, tap by tap in the order
 * they are stored.
 *
 * Tiles over samples * out[0] * depthwise_runs() rows, a row being a run of DEPTHWISE_RUN pixels of a line of y: the
 * weights are read once for the run, and x slides along it.  On the GPU x, y and weight are multiples of 16 bytes.
 */
enum { DEPTHWISE_RUN = 4 };
struct depthwise_args {
	void *y;	    /* (samples, out[0], out[1], channels) */
	const void *x;	    /* (samples, in[0], in[1], channels) */
	const void *weight; /* k_master (kernel[0], kernel[1], channels): depthwise_taps.h */
	int64_t in[2], out[2], kernel[2], stride[2], spread[2], pad[2], dilation[2]; /* of lines, then along a line */
	int64_t channels;
};
K_DECLARE(depthwise);
K_HELPER int64_t depthwise_runs(int64_t out_w)
{
	return (out_w + DEPTHWISE_RUN - 1) / DEPTHWISE_RUN;
}
#endif

/*
 * A planned convolution, 2-D or 3-D, dilated, grouped: an operator with a body of its own on each backend.  (n, d, h,
 * w, c) activations, weights (cout, kd, kh, kw, cin / groups), zero padding.  A transposed convolution is the backward-data pass of the convolution
 * that maps its output to its input, so there is no fourth function.
 */
#ifndef GAN_NN_CONV_H
#define GAN_NN_CONV_H
#include <stdbool.h>
#include <stddef.h>
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif

/* The passes to plan, or-ed together. */
enum { CONV_FORWARD = 1, CONV_BACKWARD_DATA = 2, CONV_BACKWARD_WEIGHT = 4 };
/* With them: backward_weight adds to dweight instead of writing it, or writes it in the weights' storage (GPU only). */
enum { CONV_WEIGHT_ADDS = 8, CONV_WEIGHT_TERM = 16 };

struct conv_backend {
	/* One context serves all convolutions of a network: the library's engine and stream. */
	int (*start)(void **context, const struct device *device);
	void (*stop)(void *context); /* accepts NULL */
	/* workspace_bytes: what each pass needs at most.  shape->elem is filled in by the backend. */
	int (*open)(void **conv, void *context, const struct plugin_conv_shape *shape, unsigned passes,
		size_t *workspace_bytes);
	void (*close)(void *conv); /* accepts NULL */
	int (*forward)(void *conv, void *y, const void *x, const void *weight, void *workspace);
	int (*backward_data)(void *conv, void *dx, const void *dy, const void *weight, void *workspace);
	/* dweight: k_master, but see CONV_WEIGHT_TERM. */
	int (*backward_weight)(void *conv, void *dweight, const void *x, const void *dy, void *workspace);
};
extern const struct conv_backend conv_ref, conv_onednn, conv_cuda;
const struct conv_backend *conv_backend_of(const struct device *device);
/* floor((size + 2 pad - ((kernel - 1) dilation + 1)) / stride) + 1, or 0 when the kernel does not fit. */
int64_t conv_output_size(int64_t size, int64_t kernel, int64_t stride, int64_t pad, int64_t dilation);
/* Elements of one tensor of a convolution. */
int64_t conv_x_count(const struct plugin_conv_shape *s);
int64_t conv_y_count(const struct plugin_conv_shape *s);
int64_t conv_weight_count(const struct plugin_conv_shape *s);

#ifdef __cplusplus
}
#endif
#endif

/* Depthwise 2-D convolutions, one filter a channel, by kernels of our own: on the GPU, where cuDNN takes tens of times
 * what reading and writing the tensors does. */
#ifndef GAN_NN_CONV_DEPTHWISE_H
#define GAN_NN_CONV_DEPTHWISE_H
#include <stdbool.h>
#include <stddef.h>
#include "host/run/device.h"
#ifdef __cplusplus
extern "C" {
#endif

bool conv_depthwise_is(const struct plugin_conv_shape *s);
size_t conv_depthwise_workspace_bytes(const struct device *d, const struct plugin_conv_shape *s);
/* As the functions of struct conv_backend.  On the GPU every pointer but dweight is a multiple of 16 bytes. */
int conv_depthwise_forward(const struct device *d, const struct plugin_conv_shape *s, void *y, const void *x,
	const void *weight, void *workspace);
int conv_depthwise_backward_data(const struct device *d, const struct plugin_conv_shape *s, void *dx, const void *dy,
	const void *weight, void *workspace);
int conv_depthwise_backward_weight(const struct device *d, const struct plugin_conv_shape *s, void *dweight,
	const void *x, const void *dy, bool accumulate);

#ifdef __cplusplus
}
#endif
#endif
